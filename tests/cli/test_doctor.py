"""`doctor` on what goes wrong: each trouble has an answer of its own, with what to do about it."""

from __future__ import annotations

import json
import re
import socket
import subprocess
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from reconcile import catalogue
from reconcile.cli.examine import state
from reconcile.cli.visit import _ahead
from reconcile.model import Level
from tests.cli.conftest import COMMAND
from tests.unprivileged import unprivileged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Said, Shell

KEY = "sk_live_abcdefgh12345678"
LISTS = "redirect_urls: [a://b]\n"
GATED = "allowlist: [ada@acme.example]\n"


def production(shell: Shell, url: str, resources: str = LISTS, more: str = "") -> None:
    shell.project(
        resources, f"prod: {{type: production, api_url: '{url}', secret_key: '${{env:KEY}}'{more}}}"
    )


def lines(said: Said) -> dict[str, str]:
    """Sign and message of each line by its topic, its remedy behind it."""
    joined = re.sub(r"\n {13}→ ", " → ", said.out)
    found = re.findall(r"^([✓!✗·]) (\w+) +(.*)$", joined, re.MULTILINE)
    return {topic: f"{sign} {text}" for sign, topic, text in found}


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("KEY", KEY)
    return KEY


@contextmanager
def simulator(*words: str) -> Iterator[str]:
    """The address of a simulator in a process of its own."""
    command = [*COMMAND, "simulate", "--type", "production", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        try:
            yield f"{found[0]}/v1"
        finally:
            process.terminate()


@contextmanager
def answering(status: int, document: Any, **headers: str) -> Iterator[str]:
    """The address of a server that answers everything in one way."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = json.dumps(document).encode()
            self.send_response_only(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Nobody listens."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


# --- the seven ---


def test_no_file(shell: Shell) -> None:
    said = shell("doctor -e prod")

    assert said.code == 1
    assert "✗ project    no reconcile.yml in" in said.out
    assert "→ make one with `reconcile init`, or say where with -C DIR" in said.out
    assert said.out.endswith("1 problem.\n")


@pytest.mark.parametrize("name", ["reconcile.yml", "clerk.yml"])
def test_bad_yaml(shell: Shell, name: str) -> None:
    production(shell, "http://127.0.0.1:9/v1")
    shell.write(name, "version: 1\n\tresources: [x\n")

    said = shell("doctor -e prod")

    topic = "project" if name == "reconcile.yml" else "files"
    assert said.code == 1
    assert lines(said)[topic].startswith(f"✗ {name}:2: a tab stands where YAML wants spaces")
    assert " → mend " in lines(said)[topic]


def test_a_wrong_key(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "sk_live_ofanotherapplication")
    monkeypatch.setenv("RIGHT", KEY)
    with simulator("--key-env", "RIGHT") as url:
        production(shell, url)
        said = shell("doctor -e prod")

    assert said.code == 1
    assert "✗ key        KEY is refused (401 clerk_key_invalid)" in said.out
    assert lines(said)["reach"].startswith("✓ http://127.0.0.1:")
    assert "copy the key of this instance again" in said.out
    assert lines(said)["kinds"] == "· not looked at, because of the key"
    assert "ofanotherapplication" not in said.out + said.err


def test_the_key_of_another_instance(shell: Shell, served: str, key: str) -> None:
    production(shell, served, more=", instance: ins_2wT7cXq9LhVbR4nKzYd1mPs6EaJ")

    said = shell("doctor -e prod")

    assert said.code == 1
    assert "✗ environment prod is pinned to ins_2wT7cXq9LhVbR4nKzYd1mPs6EaJ" in lines(said)["instance"]
    assert "→ nothing was shown and nothing was sent: use the right key, or change `instance`" in said.out
    assert lines(said)["kinds"] == "· not looked at, because of the instance"
    assert key not in said.out


def test_a_server_that_is_down(shell: Shell, key: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    production(shell, f"http://127.0.0.1:{port}/v1")

    said = shell("doctor -e prod")

    assert said.code == 1
    assert lines(said)["reach"] == (
        f"✗ http://127.0.0.1:{port}/v1: nobody listens there → start the server there, or correct api_url of the environment"
    )
    assert lines(said)["clock"] == "· not looked at, because of the server"
    assert key not in said.out


def test_a_server_that_is_slow(shell: Shell, key: str) -> None:
    assert key
    with socket.create_server(("127.0.0.1", 0)) as listener:
        production(shell, f"http://127.0.0.1:{listener.getsockname()[1]}/v1")

        said = shell("doctor -e prod --timeout 0.2")

    assert said.code == 1
    assert "no answer within 0.2 s → try again, or wait longer with --timeout" in lines(said)["reach"]


def test_an_instance_whose_plan_lacks_something(shell: Shell, key: str) -> None:
    assert key
    with simulator("--features", "none") as url:
        production(shell, url, GATED)
        said = shell("doctor -e prod")
        production(shell, url, GATED, more=", on_gated: skip")
        skipping = shell("doctor -e prod")
        production(shell, url, LISTS)
        unused = shell("doctor -e prod")

    assert said.code == 1
    assert "✗ kinds      allowlist: needs a paid plan (allowlist)\n" in said.out
    assert "→ upgrade the plan, write `on_gated: skip`, or take allowlist out of the files" in said.out
    assert (skipping.code, unused.code) == (0, 0)
    assert "! kinds      allowlist: needs a paid plan (allowlist)\n" in skipping.out
    assert "✓ kinds      allowlist: needs a paid plan (allowlist); no file declares it\n" in unused.out


# --- and when all is well ---


def test_all_is_well(shell: Shell, served: str, key: str) -> None:
    production(shell, served)
    assert shell("apply -e prod --yes").code == 0

    said = shell("doctor -e prod")

    assert said.code == 0
    found = lines(said)
    assert list(found) == [
        *(
            "project",
            "files",
            "variables",
            "key",
            "reach",
            "tls",
            "clock",
            "version",
            "instance",
            "kinds",
            "state",
        )
    ]
    assert {topic: text[0] for topic, text in found.items() if text[0] != "✓"} == {"instance": "!"}
    assert "→ write `instance: ins_" in found["instance"]
    assert "not asked, as no GET reads them: instance_settings, restrictions" in found["kinds"]
    assert said.out.endswith("1 warning.\n")
    assert key not in said.out
    assert f"KEY: sk_live_… of {len(key)} characters, for an instance of type production" in found["key"]


def test_json_follows_its_schema(shell: Shell, served: str, key: str) -> None:
    assert key
    validator = Draft202012Validator(catalogue.schema("doctor"))
    assert shell("doctor --format json").code == 1
    validator.validate(shell("doctor --format json").document)
    production(shell, served)
    for line in ("doctor --format json", "doctor -e prod --format json"):
        said = shell(line)
        validator.validate(said.document)
        assert (said.code, said.document["healthy"]) == (0, True)


def test_it_can_be_read_as_a_comment_and_as_a_page(shell: Shell) -> None:
    comment, page = shell("doctor --format markdown"), shell("doctor --format html")

    assert (comment.code, page.code) == (1, 1)
    assert comment.out.startswith("<!-- reconcile:doctor: -->\n\n### doctor\n\n`1 problem.`")
    assert "| `✗ project` |" in comment.out
    assert page.out.startswith("<!doctype html>")
    assert "✗ project</td>" in page.out


def test_nothing_but_get_is_sent_and_each_question_once(shell: Shell, key: str) -> None:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            line = self.rfile.readline().decode()
            while self.rfile.readline().strip():
                pass
            if line:
                asked.append(line.rsplit(" ", 1)[0])
                self.wfile.write(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self.close_connection = True

    assert key
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        production(shell, f"http://127.0.0.1:{server.server_port}/v1")
        said = shell("doctor -e prod")
        server.shutdown()

    assert asked == ["GET /v1/instance"]
    assert (
        "what answers is in trouble, or is not Clerk's API (GET /v1/instance: 503 Busy"
        in lines(said)["reach"]
    )


def test_the_built_in_simulator_is_looked_at_and_not_made(shell: Shell) -> None:
    shell.project(LISTS)

    assert "the built-in simulator has none yet; the first plan makes it" in shell("doctor -e local").out
    assert not (shell.folder / ".reconcile").exists()
    assert shell("apply -e local --yes").code == 0
    said = shell("doctor -e local")
    assert (said.code, said.out.endswith("All is well.\n")) == (0, True)
    shell.write(".reconcile/embedded/local.json", "{")
    said = shell("doctor -e local")
    assert said.code == 1
    assert lines(said)["reach"].startswith("✗ ")


# --- smaller troubles ---


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "KEY is not set → set it where you run this"),
        ("sk_live_", "KEY is too short to be a whole key"),
        ("pk_live_abcdefgh12345678", "KEY holds a publishable key"),
        ("ak_abcdefgh12345678", "KEY holds a key of the Platform API"),
        ("Bearer sk_live_abcdefgh12345678", "KEY holds a whole header"),
        (" sk_live_abcdefgh12345678", "KEY has white space around it"),
        ("sk_live_abcdefgh12345678\n", "KEY has white space around it"),
        ('"sk_live_abcdefgh12345678"', "KEY has quotes around it"),
        ("sk_live_abcdéfgh12345678", "KEY holds a character that no key has"),
        ("something-else-altogether", "starts with neither sk_test_ nor sk_live_"),
        ("sk_test_abcdefgh12345678", "its secret key is that of a development instance"),
    ],
)
def test_the_shape_of_a_key_is_told_and_the_key_is_not(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, text: str, problem: str
) -> None:
    monkeypatch.setenv("KEY", text)
    production(shell, "http://127.0.0.1:9/v1")

    said = shell("doctor -e prod")

    assert said.code == 1
    assert lines(said)["key"].startswith("✗ ")
    assert problem in lines(said)["key"]
    assert lines(said)["reach"] == "· not looked at, because of the key"
    assert not re.search("abcd.fgh|something-else", said.out + said.err)
    everywhere = shell("doctor")
    assert (everywhere.code, lines(everywhere)["key"][0]) == (0, "!")


def test_secrets_and_variables_are_told_by_name(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, served: str, key: str
) -> None:
    assert key
    token = "jwt_templates: {a: {claims: {x: '${var.app}'}, custom_signing_key: true, signing_algorithm: HS256, signing_key: '${env:SIGN}'}}"
    production(shell, served, token)

    said = shell("doctor -e prod")
    assert "variable app has no value" in lines(said)["files"]
    assert lines(said)["variables"] == "· not looked at, because of the files"
    monkeypatch.setenv("RECONCILE_VAR_app", "x")
    said = shell("doctor -e prod")
    assert lines(said)["variables"].startswith(
        "✗ SIGN is not set, which clerk.yml:1 needs → set it where you run this"
    )
    monkeypatch.setenv("SIGN", "a value that is secret")
    said = shell("doctor -e prod")
    assert lines(said)["variables"] == "✓ ${var}: app (RECONCILE_VAR_app); secrets, all set: SIGN"
    assert "a value that is secret" not in said.out


def test_an_unknown_environment_is_a_matter_of_the_command_line(shell: Shell) -> None:
    production(shell, "http://127.0.0.1:9/v1")
    said = shell("doctor -e prid")
    assert (said.code, "there is no environment 'prid'" in said.err) == (64, True)


def test_what_is_no_api_of_clerk_is_told(shell: Shell, key: str) -> None:
    assert key
    with answering(200, "<html>") as url:
        production(shell, url)
        said = shell("doctor -e prod")
    assert lines(said)["reach"].startswith(f"✗ {url}: what answers is not Clerk's API → check api_url")
    with answering(200, {"id": "ins_1", "environment_type": "staging"}) as url:
        production(shell, url)
        said = shell("doctor -e prod")
    assert lines(said)["instance"].startswith(
        "✗ environment prod has type production, and the instance says it is"
    )
    production(shell, "https://127.0.0.1:9/v1")
    assert "nobody listens there" in lines(shell("doctor -e prod"))["reach"]


def test_a_clock_that_is_wrong_is_told(shell: Shell, key: str) -> None:
    assert key
    document = {"id": "ins_1", "environment_type": "production", "data": [], "total_count": 0}
    with answering(200, document, Date="Sat, 01 Jan 2000 00:00:00 GMT") as url:
        production(shell, url)
        said = shell("doctor -e prod")
    assert re.match(r"! this machine is \d+ s ahead of the server → set its clock", lines(said)["clock"])
    with answering(200, document, Date="at noon") as url:
        production(shell, url)
        said = shell("doctor -e prod")
    assert lines(said)["clock"] == "· the server does not say what time it is there"


def test_seconds_are_counted_from_the_middle_of_the_call() -> None:
    assert _ahead("Sat, 01 Jan 2000 00:00:10 GMT", 946684800.0) == 10
    assert _ahead("", 0.0) is None


def test_a_proxy_or_an_authority_that_cannot_be_used_is_told(
    shell: Shell, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert key
    production(shell, "https://api.clerk.com/v1")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere.pem")

    assert "✗ SSL_CERT_FILE: /nowhere.pem cannot be read" in lines(shell("doctor -e prod"))["reach"]


def test_a_state_folder_that_git_keeps_is_told(shell: Shell) -> None:
    shell.project(LISTS)
    assert shell("apply -e local --yes").code == 0
    subprocess.run(["git", "init", "-q", str(shell.folder)], check=True)  # noqa: S607 - the git of this machine

    said = shell("doctor -e local")
    assert "! state      .reconcile/ is not ignored by git\n             → add it to .gitignore" in said.out
    shell.write(".gitignore", ".reconcile/\n")
    assert "is not ignored" not in shell("doctor -e local").out


def test_receipts_are_counted_and_gates_remembered(shell: Shell, key: str) -> None:
    assert key
    with simulator("--features", "none") as url:
        production(
            shell,
            url,
            "restrictions: {block_email_subaddresses: true}\nemail_templates: {invitation: {subject: x}}\n",
        )
        assert shell("apply -e prod --yes").code in {1, 3}
        said = shell("doctor -e prod")
        (path,) = (shell.folder / ".reconcile" / "receipts").iterdir()
        path.write_text("{", encoding="utf-8")
        damaged = shell("doctor -e prod")

    assert f"✓ state      {path}: " in said.out
    assert re.search(r"! kinds      .*: at .*Z the plan of the instance did not include", said.out)
    assert (damaged.code, "is damaged or cannot be read" in lines(damaged)["state"]) == (1, True)


def test_a_place_where_no_state_folder_can_be_made_is_in_the_way() -> None:
    with unprivileged() as folder:
        folder.chmod(0o500)

        (found,) = state(folder / ".reconcile", folder, "ins_1", None)

        assert (found.level, found.message) == (Level.PROBLEM, f"{folder} cannot be written")
        assert found.remedy == "change its owner, or name another with --state-dir"
