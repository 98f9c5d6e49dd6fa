"""How an apply ends, as people and shells see it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Shell

KEYED = """\
jwt_templates:
  a: {claims: {}, custom_signing_key: true, signing_algorithm: HS256, signing_key: "${env:SIGNING}"}
"""
KEYS = {"development": "sk_test_abcdefgh12345678", "production": "sk_live_abcdefgh12345678"}


@contextmanager
def serving(
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    resources: str,
    *words: str,
    kind: str = "development",
    more: str = "",
) -> Iterator[None]:
    """A simulator in a process of its own, and a project for it; a production instance has no paid features."""
    command = [*COMMAND, "simulate", "--type", kind, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found is not None
        monkeypatch.setenv("KEY", KEYS[kind])
        monkeypatch.setenv("SIGNING", "a-signing-key")
        environment = f"type: {kind}, api_url: '{found[0]}/v1', secret_key: '${{env:KEY}}'{more}"
        shell.project(resources, f"web: {{{environment}}}")
        try:
            yield
        finally:
            process.terminate()
        assert process.wait(timeout=20) == 0


@contextmanager
def misbehaving(shell: Shell, faults: str, monkeypatch: pytest.MonkeyPatch, resources: str) -> Iterator[None]:
    """An instance with faults."""
    shell.write("faults.yml", faults)
    with serving(shell, monkeypatch, resources, "--faults", str(shell.folder / "faults.yml")):
        yield


@pytest.mark.parametrize("deaf", ["stdout", "stderr"])
def test_a_run_comes_to_its_end_also_where_nobody_hears_of_it(shell: Shell, deaf: str) -> None:
    shell.project("redirect_urls: ['a://b', 'c://d', 'e://f']\n")
    heard, nobody = os.pipe()
    os.close(heard)
    words = ["apply", "-e", "local", "--yes", "--format", "json"]
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, deaf: nobody}

    ran = subprocess.run([*COMMAND, *words], cwd=shell.folder, check=False, text=True, **streams)  # type: ignore[call-overload]
    os.close(nobody)

    assert ran.returncode == 0
    (run,) = json.loads(shell("runs --format json").out)["runs"]
    assert (run["state"], run["outcomes"]) == ("complete", {"done": 3})
    assert deaf == "stderr" or "not all of stdout could be written" in ran.stderr


def test_a_stream_that_is_closed_is_no_trouble(shell: Shell) -> None:
    shell.project("redirect_urls: ['a://b']\n")
    program = f'exec "$0" -c "{COMMAND[-1]}" apply -e local --yes >&- 2>&-'

    ran = subprocess.run(["/bin/sh", "-c", program, COMMAND[0]], cwd=shell.folder, check=False)

    assert ran.returncode == 0
    assert shell("plan -e local --detailed-exitcode").code == 0


def test_a_missing_plan_is_a_failure_and_the_next_plan_says_it_first(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(shell, monkeypatch, KEYED, kind="production"):
        said = shell("apply -e web --yes")
        assert said.code == 1
        assert "needs a paid plan that includes custom_jwt_signing_key" in said.err

        said = shell("plan -e web")
        assert said.code == 0
        assert re.search(r"warning: clerk\.yml:2: jwt_template/a: needs a paid plan: at 20\d\d-", said.out)


def test_what_took_beside_it_makes_it_a_part(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(shell, monkeypatch, f"{KEYED}redirect_urls: ['a://b']\n", kind="production"):
        assert shell("apply -e web --yes").code == 3


def test_where_the_project_may_do_without_it_is_told_and_no_failure(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = f"{KEYED}redirect_urls: ['a://b']\nallowlist: [a@b.example]\n"
    with serving(shell, monkeypatch, wanted, kind="production", more=", on_gated: skip"):
        said = shell("apply -e web --yes")
    assert said.code == 0
    assert "· create jwt_template/a: needs a paid plan" in said.err
    assert "Apply: 1 done, 1 skipped." in said.err
    assert "allowlist: left as they are, because this needs a paid plan" in said.out


def test_a_list_that_cannot_be_read_for_want_of_a_plan_ends_it(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(shell, monkeypatch, "allowlist: [a@b.example]\n", kind="production"):
        said = shell("plan -e web")
    assert said.code == 1
    assert "402" in said.err
    assert "(allowlist)" in said.err


def test_what_a_service_says_when_it_refuses_commands_no_terminal(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = (
        r'{"errors": [{"code": "x", "message": "\u001b]0;title\u0007 \u202eback\u200b", "long_message": ""}]}'
    )
    rules = f"faults:\n  - {{method: GET, path: /redirect_urls, status: 422, body: '{said}'}}\n"
    with misbehaving(shell, rules, monkeypatch, "redirect_urls: ['a://b']\n"):
        plain = shell("plan -e web")
        assert plain.code == 1
        assert r"\x1b]0;title\x07 \u202eback\u200b" in plain.err


def test_what_cannot_be_read_back_is_listed_as_unconfirmed(shell: Shell) -> None:
    shell.project("restrictions: {blocklist: true}\nredirect_urls: ['a://b']\n")
    said = shell("apply -e local --yes")
    assert said.code == 0
    assert (
        "Unconfirmed: the service took these and no call returns them\n  restrictions: blocklist" in said.err
    )

    document = shell("apply -e local --yes --format json --reassert").document
    assert [(row["address"], row["path"]) for row in document["unverified"]] == [
        ("restrictions", ["blocklist"])
    ]


def test_a_field_that_the_service_changes_is_named_until_its_form_is_accepted(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = "email_templates: {passkey_added: {subject: hello}}\n"
    faults = "faults: [{method: PUT, times: all, rewrite: {subject: upper}}]\n"
    with misbehaving(shell, faults, monkeypatch, wanted):
        said = shell("apply -e web --yes")
        assert said.code == 3
        assert "subject did not take: sent 'hello', the service answered 'HELLO'" in said.err

        said = shell("apply -e web --yes --accept-rewrites", "email_template/*")
        assert said.code == 0
        assert "subject: the service's own form is accepted" in said.err
        assert shell("plan -e web --detailed-exitcode").code == 0


def test_a_service_that_falls_silent_after_the_writes_confirms_nothing_and_hides_nothing(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = "faults: [{method: GET, path: /redirect_urls, from: 2, times: all, status: 403}]\n"
    with misbehaving(shell, faults, monkeypatch, "redirect_urls: ['a://b']\n"):
        said = shell("apply -e web --yes --format json")
    assert said.code == 3
    assert said.document["pending"] is None
    assert [row["status"] for row in said.document["outcomes"]] == ["unconfirmed"]
