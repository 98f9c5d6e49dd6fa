"""No secret gets out: not in what is printed, not in what is left behind, not even when the server says it aloud."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from reconcile.cli.app import Commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Said, Shell

KEY = "sk_test_thekeyofthisinstance"
SIGNING_KEY = 'correct "horse" battery staple'
WANTED = """\
jwt_templates:
  supabase:
    custom_signing_key: true
    signing_algorithm: HS256
    signing_key: "${env:SIGNING_KEY}"
    claims: {role: user}
"""
INSTANCE = {"object": "instance", "id": "ins_1", "environment_type": "development"}


class Tattler(BaseHTTPRequestHandler):
    """A server that answers every write with an error in which it repeats all that it was told."""

    def do_GET(self) -> None:
        self._answer(200, INSTANCE if self.path == "/v1/instance" else {"data": [], "total_count": 0})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        said = f"{self.headers['Authorization']} {body} {json.loads(body)['signing_key']}"
        self._answer(422, {"errors": [{"code": "form_param_invalid", "message": "no", "long_message": said}]})

    def _answer(self, status: int, document: Any) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nobody listens."""


@contextmanager
def tattling() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Tattler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


def assert_kept(shell: Shell, *said: Said) -> None:
    """Neither key is in anything that was printed or written."""
    texts = [text for one in said for text in (one.out, one.err)]
    texts += [path.read_text("utf-8", "replace") for path in shell.folder.rglob("*") if path.is_file()]
    for text in texts:
        assert KEY not in text
        assert SIGNING_KEY not in text
        assert json.dumps(SIGNING_KEY)[1:-1] not in text


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("verbosity", ["", " -v", " -v -v"])
def test_a_server_that_says_secrets_aloud_is_not_repeated(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, form: str, verbosity: str
) -> None:
    monkeypatch.setenv("CLERK_KEY", KEY)
    monkeypatch.setenv("SIGNING_KEY", SIGNING_KEY)
    with tattling() as url:
        shell.project(WANTED, f'dev: {{api_url: "{url}", secret_key: "${{env:CLERK_KEY}}"}}')
        planned = shell(f"plan -e dev --out plan.json --format {form}{verbosity}")
        applied = shell(f"apply -e dev --yes --format {form}{verbosity}")
    assert (planned.code, applied.code) == (0, 1)
    assert "[secret SIGNING_KEY]" in applied.out + applied.err
    assert_kept(shell, planned, applied)


def test_an_error_that_nobody_foresaw_is_one_line_without_secrets(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("so much for that")

    monkeypatch.setattr(Commands, "get_command", burst)
    said = shell("plan -e local")
    assert said.code == 1
    assert said.err.startswith("error: this is a bug in reconcile: ZeroDivisionError at ")
    assert "Traceback" not in said.err
    traced = shell("plan -e local -v")
    assert "Traceback" in traced.err
    assert "ZeroDivisionError: so much for that" in traced.err


def test_a_secret_that_is_not_set_is_told_before_any_call(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SIGNING_KEY", raising=False)
    monkeypatch.setenv("CLERK_KEY", KEY)
    shell.project(WANTED, 'dev: {api_url: "http://127.0.0.1:9/v1", secret_key: "${env:CLERK_KEY}"}')
    said = shell("plan -e dev")
    assert said.code == 65
    assert "clerk.yml:5: " in said.err
    assert "SIGNING_KEY is not set" in said.err


def test_a_plan_with_a_secret_where_none_belongs_is_shown_without_it_and_not_saved(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNING_KEY", "correct horse battery staple")
    shell.project(WANTED.replace("role: user", "role: correct horse battery staple"))

    said = shell("plan -e local --out plan.json")

    assert said.code == 5
    assert "plan.json was not written: [secret SIGNING_KEY] would stand in it" in said.err
    assert 'claims.role: "[secret SIGNING_KEY]"' in said.out
    assert not (shell.folder / "plan.json").exists()
