"""A server in a process of its own, a project beside it, and commands that run as processes and may be cut off."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import re
import shutil
import signal
import subprocess
import sys
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

import reconcile
from reconcile.cli import run
from reconcile.client import transport_for
from reconcile.simulator.store import Store
from tests.crash.boundaries import Boundaries
from tests.crash.scene import ENVIRON, FIRST, PROJECT, SECOND, SECRET_KEY, STRANGERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

KILL = (signal.SIGKILL,)
COMMAND = [sys.executable, "-c", "from reconcile.cli import main; main()"]
APPLY = "apply -e web --yes --allow-delete --allow-notify 1 --parallelism"
ROLLBACK = "rollback {run} -e web --yes --allow-delete --parallelism 1"
_LAZY = ("deepdiff", "_strptime", "importlib.metadata")  # what runs import when they need it


@dataclass(frozen=True)
class Said:
    """What became of one process: its exit code (negative: killed by that signal), what it said, what it passed."""

    code: int
    out: str
    err: str
    passed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scene:
    """A project with its state folder, and an instance, kept to begin from again and again."""

    folder: Path
    instance: Path


class Stage:
    """One project that talks to one server."""

    def __init__(self, folder: Path, address: str, state: Path) -> None:
        self.project = folder / "project"
        self.state = self.project / ".reconcile"
        self._notes = folder
        self._address = address
        self._served = state

    # --- the instance ---

    def instance(self) -> dict[str, Any]:
        """What the server really holds, once it has answered whatever it was asked."""
        self.ask("GET", "/instance")
        found: dict[str, Any] = json.loads(self._served.read_bytes())
        return found

    def ask(self, method: str, path: str, body: Any = None) -> None:
        """Ask the server for something, as anybody with the key may."""
        headers = {"authorization": f"Bearer {SECRET_KEY}", "clerk-api-version": "2026-05-12"}
        with httpx.Client(transport=transport_for(self._address, {}), headers=headers) as client:
            answer = client.request(method, f"{self._address}/v1{path}", json=body)
        assert answer.status_code == 200, answer.text

    def keep(self, folder: Path) -> Scene:
        """Everything as it is now."""
        folder.mkdir(parents=True)
        shutil.copytree(self.project, folder / "project")
        shutil.copyfile(self._served, folder / "instance.json")
        return Scene(folder / "project", folder / "instance.json")

    def back_to(self, scene: Scene) -> None:
        """Everything as it was when it was kept. The server notices that its file is another."""
        shutil.rmtree(self.project, ignore_errors=True)
        shutil.copytree(scene.folder, self.project)
        Store.load(scene.instance).save(self._served)

    def write(self, name: str, text: str) -> None:
        (self.project / name).write_text(text.replace("ADDRESS", self._address), encoding="utf-8")

    # --- commands ---

    def __call__(self, line: str, *, at: int = 0, signals: Sequence[int] = KILL) -> Said:
        """Run a command in a process of its own, which passes boundaries and gets signals at one of them."""
        names = {name: self._notes / name for name in ("out", "err", "passed")}
        for path in names.values():
            path.write_bytes(b"")
        child = os.fork()
        if not child:
            self._play(line.split(), names, at, signals)
        _, status = os.waitpid(child, 0)
        out, err, passed = (path.read_text(encoding="utf-8") for path in names.values())
        return Said(os.waitstatus_to_exitcode(status), out, err, tuple(passed.splitlines()))

    def _play(self, words: list[str], names: dict[str, Path], at: int, signals: Sequence[int]) -> None:
        """The child: it never returns."""
        code = 70
        try:
            os.chdir(self.project)
            os.environ.update(ENVIRON)
            for number, name in ((1, "out"), (2, "err")):
                os.dup2(os.open(names[name], os.O_WRONLY | os.O_APPEND), number)
            Boundaries(self.state, names["passed"], at, signals).install()
            code = run(words)
            sys.stdout.flush()
            sys.stderr.flush()
        except BaseException:  # noqa: BLE001 - it would come out in a second parent
            traceback.print_exc()
        finally:
            os._exit(code)


@contextmanager
def opened(folder: Path) -> Iterator[Stage]:
    """A stage with a server of its own; all modules are loaded, so that processes begin at once."""
    for name in (*(one.name for one in pkgutil.walk_packages(reconcile.__path__, "reconcile.")), *_LAZY):
        importlib.import_module(name)
    state = folder / "served.json"
    words = [*COMMAND, "simulate", "--port", "0", "--no-rate-limit", "--state", str(state)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
            assert found is not None, "the server did not start"
            yield Stage(folder, found[0], state)
        finally:
            server.terminate()
            server.wait(timeout=20)


def set_up(stage: Stage, kept: Path) -> Scene:
    """A first run, something made by hand, and files that want something else; receipts have been lost meanwhile."""
    stage.project.mkdir()
    stage.write("reconcile.yml", PROJECT)
    stage.write("clerk.yml", FIRST)
    said = stage(f"{APPLY} 8")
    assert said.code == 0, said.err
    for path, body in STRANGERS:
        stage.ask("POST", path, body)
    for receipts in (stage.state / "receipts").iterdir():
        receipts.unlink()
    stage.write("clerk.yml", SECOND)
    return stage.keep(kept)
