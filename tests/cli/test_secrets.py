"""No secret gets out: not in what is printed, not in what is left behind, not even when the server says it aloud."""

from __future__ import annotations

import json
import stat
import subprocess
from contextlib import contextmanager
from html import escape, unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus

import pytest
from click import Choice, Context

from reconcile.cli.app import COMMANDS, Commands, app
from reconcile.clock import SystemClock
from tests.cli.conftest import COMMAND, Said
from tests.lab import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.cli.conftest import Shell

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


Saying = tuple[str, dict[str, str], str]


def loudly(said: str) -> str:
    """What was heard, in every way in which a text may hold it."""
    nested = json.dumps({"request": json.dumps({"heard": said})})
    return " ".join(
        (said, json.dumps(said), nested, quote(said), quote(said, safe=""), quote_plus(said), escape(said))
    )


def refusing(**words: Any) -> str:
    return json.dumps({"errors": [{"code": "form_param_invalid", "message": "no", **words}]})


SAYINGS: Mapping[str, Callable[[str], Saying]] = {
    "message": lambda said: ("422 Unprocessable", {}, refusing(long_message=loudly(said))),
    "code": lambda said: ("422 Unprocessable", {}, refusing(code=said, meta={"param_name": loudly(said)})),
    "feature": lambda said: (
        "402 Payment Required",
        {},
        refusing(meta={"unsupported_features": [said, loudly(said)]}),
    ),
    "trace": lambda said: ("422 Unprocessable", {"cf-ray": loudly(said)}, refusing(meta={})),
    "status": lambda said: (f"422 {said}", {}, "{}"),
    "page": lambda said: ("503 Unavailable", {"Retry-After": said}, f"<html>{loudly(said)}</html>"),
    "redirect": lambda said: ("302 Found", {"Location": f"http://127.0.0.1:9/{quote(said)}"}, ""),
    "limit": lambda said: ("429 Too Many", {"Retry-After": "3600"}, refusing(message=said)),
    "object": lambda said: (
        "200 OK",
        {},
        json.dumps({"id": said, "name": loudly(said), "claims": {"role": said}}),
    ),
    "noise": lambda said: ("", {}, loudly(said)),
}
"""How a server may repeat what it heard: an error, an answer, or no HTTP at all."""


class Tattler(BaseHTTPRequestHandler):
    """A server that answers every write, and where it is told to every read, with all that it was told."""

    saying: Callable[[str], Saying]
    reads: bool
    told: list[str]

    def do_GET(self) -> None:
        if self.reads and (self.path != "/v1/instance" or self.saying is not SAYINGS["object"]):
            self._tattle("")
        else:
            found = INSTANCE if self.path == "/v1/instance" else {"data": [], "total_count": 0}
            self._answer("200 OK", {}, json.dumps(found))

    def do_POST(self) -> None:
        self._tattle(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _tattle(self, body: str) -> None:
        heard = f"{body} {json.loads(body)['signing_key']}" if body else ""
        said = f"{self.headers['Authorization']} {heard}"
        self.told.append(said)
        self._answer(*type(self).saying(said))

    def _answer(self, status: str, headers: Mapping[str, str], content: str) -> None:
        length = {"Content-Type": "application/json", "Content-Length": str(len(content.encode()))}
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in {**headers, **length}.items())]
        head = "\r\n".join((*lines, "", "")) if status else ""
        self.wfile.write(f"{head}{content}".encode())

    def log_message(self, *_: Any) -> None:
        """Nobody listens."""


@contextmanager
def tattling(saying: str, *, reads: bool = False) -> Iterator[tuple[str, list[str]]]:
    """Where such a server is, and what it said."""
    words = {"saying": staticmethod(SAYINGS[saying]), "reads": reads, "told": []}
    handler = type("Here", (Tattler,), words)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1", handler.told  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()


def held(text: str) -> list[str]:
    """The secrets that a text holds in one form or another."""
    plain = (
        unquote(text),
        unquote_plus(text),
        unescape(text),
        text.replace('\\"', '"'),
        text.replace("\\", ""),
        unescape(text).replace("\\", ""),
    )
    return [secret for secret in (KEY, SIGNING_KEY) for one in (text, *plain) if secret in one]


def assert_kept(shell: Shell, *said: Said) -> None:
    """Neither key is in anything that was printed or written, nor in the name of a file; and what is ours is private."""
    for one in said:
        assert held(one.out) == held(one.err) == []
    for path in shell.folder.rglob("*"):
        assert held(str(path)) == []
        if path.is_file():
            assert held(path.read_text("utf-8", "replace")) == []
        if path.is_file() and (".reconcile" in path.parts or path.name == "plan.json"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both secrets are set, and nobody waits."""
    clock = FakeClock()
    monkeypatch.setattr(SystemClock, "now", lambda _: clock.now())
    monkeypatch.setattr(SystemClock, "sleep", lambda _, seconds: clock.sleep(seconds))
    monkeypatch.setenv("CLERK_KEY", KEY)
    monkeypatch.setenv("SIGNING_KEY", SIGNING_KEY)


def at(url: str) -> str:
    return f'dev: {{api_url: "{url}", secret_key: "${{env:CLERK_KEY}}"}}\nlocal: {{api_url: embedded}}'


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("manner", ["--format text", "--format text -v -v", "--format json -v -v"])
@pytest.mark.parametrize("saying", SAYINGS)
def test_a_server_that_repeats_secrets_after_a_write_is_not_repeated(
    shell: Shell, saying: str, manner: str
) -> None:
    with tattling(saying) as (url, told):
        shell.project(WANTED, at(url))
        planned = shell(f"plan -e dev --out plan.json {manner}")
        saved = shell(f"apply plan.json {manner}")
        shown = shell(f"show plan.json {manner.partition(' -v')[0]}")
        applied = shell(f"apply -e dev --yes {manner}")
    assert (planned.code, shown.code) == (0, 0)
    assert saved.code in {1, 3}, saved.err
    assert applied.code in {1, 3}, applied.err
    assert KEY in told[0]
    assert SIGNING_KEY in told[0]
    assert_kept(shell, planned, saved, shown, applied)


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("saying", ["message", "code", "feature", "trace", "status", "limit"])
def test_what_was_taken_out_has_its_name_in_its_place(shell: Shell, saying: str) -> None:
    with tattling(saying) as (url, _):
        shell.project(WANTED, at(url))
        said = shell("apply -e dev --yes")
    assert "[secret SIGNING_KEY]" in said.err
    assert "[secret CLERK_KEY]" in said.err or "[secret key]" in said.err


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("manner", ["--format text", "--format json -v -v"])
@pytest.mark.parametrize("saying", SAYINGS)
def test_a_server_that_repeats_secrets_after_a_read_is_not_repeated(
    shell: Shell, saying: str, manner: str
) -> None:
    with tattling(saying, reads=True) as (url, told):
        shell.project(WANTED, at(url))
        lines = ("plan -e dev --out plan.json", "apply -e dev --yes", "pull -e dev")
        said = [shell(f"{line} {manner}") for line in lines]
    assert {one.code for one in said} <= {1, 5}
    assert KEY in told[0]
    assert not (shell.folder / "plan.json").exists()
    assert_kept(shell, *said)


LINES = {
    "init": "init new",
    "validate": "validate",
    "config": "config -e dev",
    "schema": "schema",
    "completion": "completion bash",
    "plan": "plan -e local --out plan.json",
    "show": "show plan.json",
    "apply": "apply -e local --yes",
    "drift": "drift -e local",
    "compare": "compare local files:local",
    "promote": "promote local other",
    "snapshot": "snapshot -e local --out live.json",
    "adopt": "adopt -e local *",
    "pull": "pull -e local",
    "runs": "runs",
    "rollback": "rollback -e local --yes --allow-delete",
    "doctor": "doctor -e local",
}
"""A line for each command that ends by itself, in an order in which each finds what it needs."""


def manners(name: str) -> list[str]:
    """Every format of a command, with all that it can be made to tell."""
    command = app.get_command(Context(app), name)
    assert command is not None
    options = {word: one for one in command.params for word in one.opts}
    more = [word for word in ("--all", "-v -v") if word.split()[0] in options]
    given = options["--format"].type if "--format" in options else None
    forms = [f"--format {form}" for form in given.choices] if isinstance(given, Choice) else [""]
    return [" ".join([form, *more]) for form in forms]


@pytest.mark.usefixtures("keys")
def test_no_command_tells_a_secret_in_any_format_at_any_verbosity(shell: Shell) -> None:
    assert {*LINES, "simulate"} == COMMANDS.keys()  # which has a test of its own, because it does not end
    shell.project(WANTED, at("http://127.0.0.1:9/v1") + "\nother: {api_url: embedded}")
    said = [
        shell(f"{line}{number or ''} {manner}" if name == "init" else f"{line} {manner}")
        for name, line in LINES.items()
        for number, manner in enumerate(manners(name))
    ]
    assert not [one.err for one in said if one.code]
    assert_kept(shell, *said)


@pytest.mark.parametrize("verbosity", ["", " -v -v"])
def test_a_simulator_that_repeats_secrets_keeps_none(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, verbosity: str
) -> None:
    monkeypatch.setenv("CLERK_KEY", KEY)
    monkeypatch.setenv("SIGNING_KEY", SIGNING_KEY)
    shell.write("faults.yml", "faults: [{method: POST, nth: 1, status: 422, body: echo}]")
    line = "simulate --port 0 --key-env CLERK_KEY --state instance.json --faults faults.yml"
    with subprocess.Popen(
        [*COMMAND, *line.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=shell.folder
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        shell.project(WANTED, at(f"{url}/v1"))
        said = [
            shell(f"{line}{verbosity}")
            for line in ("apply -e dev --yes", "apply -e dev --yes", "plan -e dev")
        ]
        process.terminate()
        out, err = process.communicate(timeout=20)
    assert [one.code for one in said] == [1, 0, 0], said
    assert "Nothing to do" in said[2].out
    assert "supabase" in (shell.folder / "instance.json").read_text("utf-8")
    assert_kept(shell, *said, Said(0, out, err))


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


def burst(*_: Any, **__: Any) -> Any:
    """Something goes wrong with both keys at hand, because something else did."""
    try:
        INSTANCE[KEY]
    except KeyError as error:
        error.add_note(quote(SIGNING_KEY))
        raise RuntimeError(f"Bearer {KEY}", SIGNING_KEY, json.dumps(SIGNING_KEY)) from error


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("verbosity", ["", " -v -v"])
@pytest.mark.parametrize("place", ["reconcile.observe.observe", "reconcile.apply.sender.Sender.carry_out"])
def test_an_error_that_nobody_foresaw_tells_no_secret(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, place: str, verbosity: str
) -> None:
    monkeypatch.setattr(place, burst)
    shell.project(WANTED, "local: {api_url: embedded}")
    monkeypatch.setattr("reconcile.simulator.embedded.secret_key", lambda _: KEY)
    said = shell(f"apply -e local --yes{verbosity}")
    assert said.code == 1
    assert "RuntimeError" in said.err
    assert ("Traceback" in said.err) == bool(verbosity)
    assert "[secret SIGNING_KEY]" in said.err
    assert_kept(shell, said)


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("line", "forms"),
    [
        ("plan -e local", ("json", "markdown", "html")),
        ("drift -e local", ("json", "markdown")),
        ("pull -e local", ("json", "markdown", "html")),
        ("compare local other", ("json", "markdown")),
        ("apply -e local --yes", ("json", "markdown", "html")),
    ],
)
def test_no_report_holds_a_secret_that_the_instance_returns(
    shell: Shell, line: str, forms: tuple[str, ...]
) -> None:
    shell.project(WANTED, "local: {api_url: embedded}\nother: {api_url: embedded}")
    for name in ("local", "other"):
        assert shell(f"apply -e {name} --yes").code == 0
    state = shell.state()
    for row in state["objects"]["jwt_templates"].values():
        row["claims"] = {"role": SIGNING_KEY}
    shell.tamper(state)
    shell.write("clerk.yml", WANTED.replace("role: user", "role: mine"))

    shell(line, *(word for form in forms for word in ("--report", f"{form}=reports/{form}")))

    reports = {form: (shell.folder / "reports" / form).read_text("utf-8") for form in forms}
    assert [form for form, text in reports.items() if held(text)] == []
    assert "[secret SIGNING_KEY]" in "".join(reports.values())


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
    assert "(clerk.yml:2: jwt_template/supabase: claims)" in said.err
    assert 'claims.role: "[secret SIGNING_KEY]"' in said.out
    assert not (shell.folder / "plan.json").exists()


@pytest.mark.usefixtures("keys")
def test_a_plan_is_not_saved_where_the_instance_holds_a_secret_and_the_one_before_it_stays(
    shell: Shell,
) -> None:
    shell.project(WANTED.replace("role: user", "role: admin"), "local: {api_url: embedded}")
    shell("apply -e local --yes")
    state = shell.state()
    for row in state["objects"]["jwt_templates"].values():
        row["claims"] = {"role": [SIGNING_KEY]}
    shell.tamper(state)
    shell.write("plan.json", "as it was")

    said = shell("plan -e local --out plan.json")

    assert (said.code, (shell.folder / "plan.json").read_text("utf-8")) == (5, "as it was")
    assert "jwt_template/supabase: claims" in said.err
    assert held(said.out) == held(said.err) == []
    assert sorted(path.name for path in shell.folder.iterdir() if path.is_file()) == [
        "clerk.yml",
        "plan.json",
        "reconcile.yml",
    ]
