from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

TEN = """\
jwt_templates:
  hasura:
    lifetime: 10
    lifetim: 60
    claims: {sub: x}
  other: {claims: [1], signing_key: plain}
allowlist:
  identifiers:
    - example.com
    - Ada@acme.example
    - ada@acme.example
redirect_urls: ["${var.app}/x", "nope"]
restrictions: {allowlist: yes}
unknown_section: {}
email_templates: {verification_code: {body: !file ../../etc/passwd}}
"""
LOCATED = [
    "clerk.yml:3: jwt_template/hasura: lifetime: 10 is less than 30",
    "clerk.yml:4: jwt_template/hasura: lifetim: unknown field; did you mean lifetime?",
    "clerk.yml:5: jwt_template/hasura: claims.sub:",
    "clerk.yml:6: jwt_template/other: claims: must be a map, not a list",
    "clerk.yml:6: jwt_template/other: signing_key: is a secret",
    "clerk.yml:9: allowlist/example.com: a bare domain is not accepted; write '*@example.com'",
    "clerk.yml:11: allowlist/ada@acme.example: is already declared at clerk.yml:10",
    "clerk.yml:12: redirect_urls: variable app has no value",
    "clerk.yml:12: redirect_url/nope: has no scheme",
    "clerk.yml:13: restrictions: allowlist: must be true or false, not text",
    "clerk.yml:14: unknown section unknown_section",
    "clerk.yml:15: email_template/verification_code: body: ../../etc/passwd leaves the project",
]


@pytest.mark.parametrize("line", ["plan -e local", "apply -e local --yes", "validate"])
def test_all_mistakes_are_told_at_once_each_with_its_place(shell: Shell, line: str) -> None:
    shell.project(TEN)
    said = shell(line)
    assert said.code == 65
    for message in LOCATED:
        assert message in said.err


def test_validate_tells_programs_the_same(shell: Shell) -> None:
    shell.project(TEN)
    rows = shell("validate --format json").document["findings"]
    assert {row["line"] for row in rows if row["severity"] == "error"} >= {3, 4, 5, 6, 9, 11, 12, 13, 14, 15}


def test_validate_needs_no_secrets_and_looks_at_every_environment(shell: Shell) -> None:
    environments = (
        "one: {secret_key: '${env:NOWHERE}', vars: {url: 'a://b'}}\ntwo: {secret_key: '${env:NOWHERE}'}"
    )
    shell.project("redirect_urls: ['${var.url}']\n", environments)
    assert shell("validate -e one").code == 0
    assert shell("validate").code == 65
    assert shell("validate --var url=c://d").code == 0


@pytest.mark.parametrize(
    "line",
    [
        "plan",
        "plan -e nowhere",
        "plan -e local --dry_run",
        "frobnicate",
        "apply --yes",
        "plan -e local --var novalue",
        "",
    ],
)
def test_a_command_line_that_means_nothing_is_exit_64(shell: Shell, line: str) -> None:
    shell.project("redirect_urls: []\n")
    assert shell(line).code == 64


def test_without_a_project_there_is_a_hint_at_init(shell: Shell) -> None:
    said = shell("validate")
    assert said.code == 64
    assert "reconcile init" in said.err


@pytest.mark.parametrize(
    ("environment", "code", "reason"),
    [
        ("{secret_key: '${env:KEY}', api_url: 'https://evil.example/v1'}", 65, "is not Clerk's API"),
        (
            "{secret_key: '${env:KEY}', api_url: 'https://api.clerk.com@evil.example/v1'}",
            65,
            "is not Clerk's API",
        ),
        ("{secret_key: '${env:KEY}', api_url: 'http://me:word@127.0.0.1/v1'}", 65, "is not Clerk's API"),
        ("{secret_key: '${env:KEY}', api_url: 'http://127.0.0.1/v1?to=x'}", 65, "is not Clerk's API"),
        ("{secret_key: '${env:KEY}', api_url: 'http://127.0.0.1/v1#x'}", 65, "is not Clerk's API"),
        ("{secret_key: '${env:KEY}', api_url: 'http://api.clerk.com/v1'}", 65, "is not Clerk's API"),
        (
            "{secret_key: '${env:KEY}', api_url: 'http://127.0.0.1:9/'}",
            65,
            (
                "reconcile.yml:4: environments.local.api_url: http://127.0.0.1:9/ does not end in /v1, as Clerk's API does; "
                "write http://127.0.0.1:9/v1"
            ),
        ),
        (
            "{secret_key: '${env:KEY}', api_url: 'http://[x/v1'}",
            65,
            "is no address (Invalid IPv6 URL); Clerk's",
        ),
        ("{secret_key: '${env:KEY}', api_url: 'http://127.0.0.1:x/v1'}", 65, "is no address (Port could"),
        ("{secret_key: '${env:KEY}', api_url: ' https://api.clerk.com/v1'}", 65, "is no address; Clerk's"),
        ("{secret_key: sk_test_written_down}", 65, "does not have the form"),
        ("{}", 65, "has no secret_key"),
        ("{secret_key: '${env:NOT_SET_ANYWHERE}'}", 65, "NOT_SET_ANYWHERE is not set"),
        ("{secret_key: '${env:KEY}', type: production}", 5, "is that of a development instance"),
        ("{secret_key: '${env:ODD}'}", 5, "neither sk_test_ nor sk_live_"),
        ("{secret_key: '${env:KEY}', colour: red}", 65, "unknown field"),
    ],
)
def test_an_environment_that_cannot_be_right_is_refused_before_anything_is_sent(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, environment: str, code: int, reason: str
) -> None:
    monkeypatch.setenv("KEY", "sk_test_abcdefgh")
    monkeypatch.setenv("ODD", "pk_test_abcdefgh")
    shell.project("redirect_urls: []\n", f"local: {environment}")
    said = shell("plan -e local")
    assert (said.code, reason in said.err) == (code, True), said.err


def test_a_host_is_trusted_only_by_whoever_runs_the_command(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.project(
        "redirect_urls: []\n", "local: {secret_key: '${env:KEY}', api_url: 'https://proxy.example/v1'}"
    )
    assert shell("validate").code == 65
    monkeypatch.setenv("RECONCILE_ALLOW_API_HOST", "proxy.example")
    assert shell("validate").code == 0


@pytest.mark.parametrize(
    "resources",
    [
        "instance: {support_email: '${env:HOME}'}\n",
        "jwt_templates: {a: {claims: {leak: '${env:HOME}'}}}\n",
        "redirect_urls: ['https://a.example/${env:HOME}']\n",
        "email_templates: {invitation: {body: !file ../.git/config}}\n",
        "email_templates: {invitation: {body: !file .env}}\n",
        "blocklist: {identifiers: !lines /etc/hosts}\n",
    ],
)
def test_files_cannot_read_the_machine_that_plans_them(shell: Shell, resources: str) -> None:
    shell.project(resources)
    shell.write(".env", "secret")
    assert shell("plan -e local").code == 65


def test_a_link_out_of_the_project_is_not_followed(shell: Shell) -> None:
    inside = shell.folder / "inside"
    inside.mkdir()
    shell.write("secret.txt", "top secret")
    (inside / "link.txt").symlink_to(shell.folder / "secret.txt")
    shell.write(
        "inside/reconcile.yml", "version: 1\nresources: [a.yml]\nenvironments: {local: {api_url: embedded}}\n"
    )
    shell.write("inside/a.yml", "blocklist: {identifiers: !lines link.txt}\n")
    said = shell("validate -C inside")
    assert (said.code, "a link out of the project" in said.err) == (65, True)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is empty"),
        (b"version: 1\n", "environments"),
        (b"- a\n", "must be a map"),
        (b"version: 1\nversion: 1\n", "reconcile.yml:2"),
        (b"version: 2\nresources: [a]\nenvironments: {}\n", "2 is more than 1"),
        ("version: 1".encode("utf-16"), "UTF-8"),
        (b"version: 1\r\nresources: [none/*.yml]\r\nenvironments: {}\r\n", "matches no file"),
        (b"version: 1\nresources: [../*.yml]\nenvironments: {}\n", "leaves the project"),
    ],
)
def test_a_project_file_that_is_wrong_says_where_and_what_to_do(
    shell: Shell, raw: bytes, reason: str
) -> None:
    (shell.folder / "reconcile.yml").write_bytes(raw)
    said = shell("validate")
    assert (said.code, reason in said.err) == (65, True), said.err


def test_the_effective_configuration_shows_each_value_with_its_place_and_no_secret(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILE_VAR_ttl", "90")
    key = "custom_signing_key: true, signing_algorithm: HS256, signing_key: '${env:SIGNING}'"
    shell.project(f"jwt_templates:\n  one:\n    lifetime: ${{var.ttl}}\n    claims: {{}}\n  two: {{{key}}}\n")
    said = shell("config -e local")
    assert "    lifetime: 90  # clerk.yml:3\n" in said.out
    assert "signing_key: ${env:SIGNING}" in said.out
    document = shell("config -e local --format json").document
    assert document["objects"][0]["fields"]["lifetime"] == {
        "value": 90,
        "origin": {"file": "clerk.yml", "line": 3},
    }


def test_the_effective_configuration_commands_no_terminal(shell: Shell) -> None:
    shell.project('jwt_templates: {a: {claims: {b: "\\x9b2J \\u202eback"}}}\n')
    assert r'{"b": "\x9b2J \u202eback"}' in shell("config -e local").out


def test_a_damaged_instance_of_the_simulator_is_said_and_not_overwritten(shell: Shell) -> None:
    shell.project("redirect_urls: []\n")
    shell.write(".reconcile/embedded/local.json", "{")
    said = shell("plan -e local")
    assert (said.code, "delete it to start with a fresh instance" in said.err) == (1, True)
    assert shell("simulate --state .reconcile/embedded/local.json").code == 64
    assert (shell.folder / ".reconcile/embedded/local.json").read_text() == "{"


def test_a_folder_that_cannot_be_written_is_said_by_its_name(shell: Shell) -> None:
    shell.write("file", "")
    said = shell("schema --out file/below")
    assert (said.code, "file/below" in said.err) == (1, True)


def test_a_port_that_is_taken_is_said(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = shell(f"simulate --port {taken.getsockname()[1]}")
    assert (said.code, "in use" in said.err) == (1, True)
