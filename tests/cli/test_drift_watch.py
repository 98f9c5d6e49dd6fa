"""`drift --watch`: a process that goes on, whatever the server and the files do, until somebody says stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from reconcile import catalogue
from reconcile.cli.asked import Asked
from reconcile.cli.groups import Opening
from reconcile.cli.looking import Looker
from reconcile.cli.opening import World
from reconcile.cli.reach import Reach
from reconcile.cli.watching import Watch, line_of
from reconcile.errors import FilesError, UsageError
from reconcile.redact import Redactor
from reconcile.simulator.transport import SimulatorTransport
from reconcile.validate.explain import problems
from tests.cli.conftest import COMMAND
from tests.lab import KEYS, FakeClock, Lab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx

    from reconcile.load import Environment
    from reconcile.model import Drift
    from reconcile.watch import Round
    from tests.cli.conftest import Shell

FILES = "redirect_urls: {prune: true, urls: [a://x]}\n"
EVERY = 30.0


@dataclass
class Script:
    """A clock on which something happens in each pause, and in the last one somebody says stop."""

    clock: FakeClock
    steps: list[Callable[[], object]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    world: World | None = None
    end: float = 0.0

    def now(self) -> float:
        return self.clock.now()

    def sleep(self, seconds: float) -> None:
        """Waits come in small pieces; what happens, happens once in each pause."""
        if self.clock.time >= self.end:
            self.end = self.clock.time + EVERY
            if not self.steps:
                assert self.world is not None
                self.world.interrupts.stop.set()
            else:
                self.steps.pop(0)()
        self.clock.sleep(seconds)


@dataclass
class Watched:
    """An instance and a project, and somebody who watches both."""

    lab: Lab
    folder: Path
    script: Script
    told: list[Round] = field(default_factory=list)
    reported: list[Drift] = field(default_factory=list)

    def write(self, text: str) -> None:
        (self.folder / "clerk.yml").write_text(text, encoding="utf-8")

    def transport(self, _: Environment, __: Path) -> tuple[httpx.BaseTransport, str]:
        return SimulatorTransport(self.lab.simulator), KEYS["development"]

    def looker(self) -> Looker:
        world = World(environ={}, clock=self.script, redact=Redactor(), transport=self.transport)
        self.script.world = world
        state = self.folder / "state"
        return Looker(Opening(self.folder, Reach(quiet=True), "local", state_dir=state), world, Asked())

    def run(self, *steps: Callable[[], object], health: Path | None = None) -> list[tuple[str, str]]:
        """State and time of each line, while these things happen in the pauses."""
        self.script.steps += steps
        Watch(self.looker(), EVERY, self.told.append, self.reported.append, health).run()
        return [(one.state.value, one.at[11:19]) for one in self.told]


@pytest.fixture
def watched(tmp_path: Path, lab: Lab, clock: FakeClock) -> Watched:
    (tmp_path / "reconcile.yml").write_text(
        "version: 1\nresources: [clerk.yml]\nenvironments: {local: {api_url: embedded}}\n", encoding="utf-8"
    )
    found = Watched(lab, tmp_path, Script(clock))
    found.write(FILES)
    lab.api.post("/redirect_urls", {"url": "a://x"})
    return found


def nothing() -> None:
    """A pause in which nothing happens."""


def test_each_change_of_state_is_one_line_and_nothing_is_told_while_it_stays(watched: Watched) -> None:
    lab = watched.lab

    lines = watched.run(
        nothing,
        lambda: lab.api.post("/redirect_urls", {"url": "theirs://x"}),
        nothing,
        lambda: lab.api.post("/redirect_urls", {"url": "more://x"}),
        lambda: watched.write("redirect_urls: [a://x]\n"),
        nothing,
    )

    assert lines == [
        ("in sync", "08:00:00"),
        ("drift", "08:01:00"),
        ("drift", "08:02:00"),
        ("in sync", "08:02:30"),
    ]
    assert len(watched.reported) == 7


def test_errors_are_a_state_and_end_with_the_next_good_answer(watched: Watched) -> None:
    def rename(name: str) -> Callable[[], object]:
        return lambda: (watched.folder / "reconcile.yml").rename(watched.folder / name)

    def back() -> None:
        (watched.folder / "gone.yml").rename(watched.folder / "reconcile.yml")

    lines = watched.run(
        lambda: watched.write("redirect_urls: [a://x\n"),
        nothing,
        lambda: watched.write(FILES),
        rename("gone.yml"),
        back,
    )

    assert [state for state, _ in lines] == ["in sync", "error", "in sync", "error", "in sync"]
    assert [one.code for one in watched.told] == ["", "files", "", "usage", ""]


def test_what_is_wrong_at_first_ends_it_at_once(watched: Watched) -> None:
    watched.write("redirect_urls: {nonsense: 1}\n")
    with pytest.raises(FilesError):
        watched.run()
    (watched.folder / "reconcile.yml").unlink()
    with pytest.raises(UsageError):
        watched.run()
    assert watched.told == []


def test_a_file_says_in_each_round_how_it_is(watched: Watched, tmp_path: Path) -> None:
    path = tmp_path / "health" / "drift.json"
    kept: list[Any] = []

    def look() -> None:
        kept.append(json.loads(path.read_text(encoding="utf-8")))

    def break_files() -> None:
        look()
        watched.write("redirect_urls: [a://x\n")

    watched.run(look, break_files, look, look, health=path)

    look()
    assert [list(problems(catalogue.schema("watch"), one)) for one in kept] == [[]] * 5
    assert [(one["state"], one["at"][14:19], one["since"][14:19], one["next"][14:19]) for one in kept] == [
        ("in sync", "00:00", "00:00", "00:30"),
        ("in sync", "00:30", "00:00", "01:00"),
        ("error", "01:00", "01:00", "01:30"),
        ("error", "01:30", "01:00", "02:00"),
        ("error", "02:00", "01:00", "02:30"),
    ]
    assert [one["consecutive_failures"] for one in kept] == [0, 0, 1, 2, 3]
    assert kept[-1]["error"]["code"] == "files"
    assert [one.name for one in path.parent.iterdir()] == ["drift.json"]


def test_a_health_file_that_cannot_be_written_is_said_once_and_the_watch_goes_on(
    watched: Watched, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "health" / "drift.json"

    def block() -> None:
        path.unlink()
        path.mkdir()

    def give_way() -> None:
        path.rmdir()

    lines = watched.run(block, nothing, give_way, nothing, block, health=path)

    assert lines == [("in sync", "08:00:00")]
    assert (
        capsys.readouterr().err.count("drift.json cannot be written (Is a directory), and is out of date")
        == 2
    )


def test_no_round_leaves_anything_behind(watched: Watched) -> None:
    """A hundred rounds in which everything happens hold no more than ten."""
    looker = watched.looker()

    def hold(rounds: int) -> int:
        watched.script.steps += [nothing] * rounds
        looker.world.interrupts.stop.clear()
        watch = Watch(looker, EVERY, lambda _: None, lambda _: None)
        watch.run()
        return len(looker.world.redact._heard) + len(looker.world.redact._known)

    assert hold(10) == hold(90)


def test_a_report_that_cannot_be_written_keeps_nobody_from_knowing(
    watched: Watched, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: Drift) -> None:
        raise OSError(28, "No space left on device")

    Watch(watched.looker(), EVERY, watched.told.append, full, tmp_path / "health.json").run()

    assert json.loads((tmp_path / "health.json").read_text(encoding="utf-8"))["state"] == "in sync"
    assert (
        "a report cannot be written (No space left on device), and is out of date" in capsys.readouterr().err
    )


@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_a_line_is_one_line(watched: Watched, form: str) -> None:
    watched.run()

    assert "\n" not in line_of(form, watched.told[0])


# --- the command ---


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--watch 9s", "9s is less than 10s; write one such as 30s, 5m or 1h"),
        ("--watch 0h", "is less than 10s"),
        ("--watch 5", "5 is no interval"),
        ("--watch soon", "soon is no interval"),
        ("--watch -5m", "no interval"),
        ("--watch 30s --format json", "write --report json=PATH"),
        ("--watch 30s --format markdown", "write --report markdown=PATH"),
        ("--health x.json", "--health is for --watch"),
        ("--watch 30s --health .", "--health"),
        ("--watch 30s --health reconcile.yml/x", "cannot be written"),
    ],
)
def test_what_makes_no_sense_is_a_matter_of_usage(shell: Shell, words: str, said: str) -> None:
    shell.project(FILES)

    ran = shell(f"drift -e local {words}")

    assert (ran.code, said in ran.err) == (64, True), ran.err


def running(shell: Shell, *words: str) -> subprocess.Popen[str]:
    environ = {**os.environ, "KEY": KEYS["development"]}
    return subprocess.Popen(
        [*COMMAND, "drift", *words],
        cwd=shell.folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well(shell: Shell, number: signal.Signals) -> None:
    shell.project(FILES)
    with running(shell, "-e", "local", "--watch", "1h", "--format", "jsonl", "--health", "h.json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        row = json.loads(process.stdout.readline())
        process.send_signal(number)
        assert process.wait(timeout=30) == 0
        assert (process.stdout.read(), process.stderr.read()) == ("", "")
    assert row["state"] == "drift"
    kept = json.loads((shell.folder / "h.json").read_text(encoding="utf-8"))
    assert kept["at"] == row["at"]


@contextmanager
def silent() -> Iterator[tuple[str, threading.Event]]:
    """The address of a server that takes calls and never answers, and whether it has taken one."""
    called, over = threading.Event(), threading.Event()

    def accept(server: socket.socket) -> None:
        with ExitStack() as held:
            while not over.is_set():
                held.enter_context(server.accept()[0])
                called.set()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=accept, args=(server,))
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1", called
        over.set()
        socket.create_connection(server.getsockname()).close()
        thread.join()


def test_a_signal_ends_it_also_while_a_server_keeps_it_waiting(shell: Shell) -> None:
    with silent() as (url, called):
        shell.project(FILES, f"dev: {{api_url: '{url}', secret_key: '${{env:KEY}}'}}")
        with running(shell, "-e", "dev", "--watch", "1h", "--timeout", "600") as process:
            assert called.wait(30)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0


def test_whoever_insists_leaves_a_watch_as_well_as_whoever_waits(shell: Shell) -> None:
    with silent() as (url, called):
        shell.project(FILES, f"dev: {{api_url: '{url}', secret_key: '${{env:KEY}}'}}")
        with running(shell, "-e", "dev", "--watch", "1h", "--timeout", "600") as process:
            assert process.stderr is not None
            assert called.wait(30)
            process.send_signal(signal.SIGTERM)
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0
            assert process.stderr.read() == ""


def test_a_server_that_is_not_there_is_a_state(shell: Shell) -> None:
    shell.project(FILES, "dev: {api_url: 'http://127.0.0.1:9/v1', secret_key: '${env:KEY}'}")
    with running(shell, "-e", "dev", "--watch", "1h") as process:
        assert process.stdout is not None
        assert ": error: GET /instance: no answer" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def test_files_that_are_wrong_at_first_end_the_command(shell: Shell) -> None:
    shell.project("redirect_urls: {nonsense: 1}\n")

    assert shell("drift -e local --watch 30s").code == 65
    assert shell("drift -e nowhere --watch 30s").code == 64


def test_a_secret_that_is_heard_of_again_and_again_is_known_once() -> None:
    redact = Redactor()
    for _ in range(100):
        redact.learn("KEY", "a secret of sixteen")
        redact.learn("OTHER", "another secret")

    assert len(redact._heard) == 2
    assert redact("a secret of sixteen") == "[secret KEY]"
    redact.learn("KEY", "a secret of sixteen")
    assert redact._heard == []
