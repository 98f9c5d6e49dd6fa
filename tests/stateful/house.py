"""A project and an instance in this process: commands that come to their end, are disturbed, or are cut off."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import tempfile
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from reconcile import catalogue
from reconcile.cli import opening, run, session
from reconcile.cli.git import source
from reconcile.model import Source
from reconcile.redact import Redactor
from reconcile.simulator import Options, Simulator, Store
from reconcile.simulator.client import Client as Backdoor
from reconcile.simulator.faults import Faults
from reconcile.simulator.transport import SimulatorTransport
from reconcile.state import journal, receipts
from tests.lab import KEYS, FakeClock, known
from tests.matrix.stage import LAG, repeatable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconcile.catalogue import Catalogue
    from reconcile.load import Environment
    from reconcile.simulator.faults import Fault

MEMORY = Path("/dev/shm")  # noqa: S108 - where it is there, nobody waits for a disk
KEY = KEYS["development"]
PROJECT = """\
version: 1
resources: [clerk.yml]
environments:
  local: {api_url: embedded, reads: probe}
policy: {delivery_consumer: ours, max_delete: 100%}
"""
QUIET = "--yes --allow-delete --allow-notify 99 --parallelism 1 --all"


class CutOffError(BaseException):
    """This process is no more."""


@dataclass(frozen=True)
class Said:
    """What a command did: its exit code, None where it was cut off, and what it printed."""

    code: int | None
    out: str
    err: str


@dataclass
class House:
    """One project folder, one instance whose reads trail behind its writes, and what a command needs beside them."""

    folder: Path
    clock: FakeClock
    simulator: Simulator
    environ: dict[str, str] = field(default_factory=lambda: {"SIGNING": "the first signing key"})
    left: int = 0  # boundaries until the process is cut off; 0: it is not

    # --- the instance ---

    @property
    def data(self) -> dict[str, Any]:
        """All that the instance holds."""
        return self.simulator.store.data

    @property
    def api(self) -> Backdoor:
        """A client of the simulator's own."""
        return Backdoor(self.simulator, KEY)

    def sent(self, since: int) -> list[tuple[str, str, Any]]:
        """What was asked of the instance since some moment."""
        return [(method, path, body) for method, path, body, _ in list(self.simulator.log)[since:]]

    # --- commands ---

    def __call__(self, line: str, faults: Iterable[Fault] = (), *, cut_at: int = 0) -> Said:
        """Run a command; with faults, or cut off at a boundary if it comes so far."""
        self.simulator.faults = Faults(list(faults)) if faults else None
        self.left = cut_at
        out, err = io.StringIO(), io.StringIO()
        with repeatable(1), redirect_stdout(out), redirect_stderr(err):
            try:
                code: int | None = run([*line.split(), "-C", str(self.folder)])
            except CutOffError:
                code = None
        self.simulator.faults, self.left = None, 0
        return Said(code, out.getvalue(), err.getvalue())

    def reached(self) -> None:
        """A boundary: something that lasts is about to be done."""
        self.left -= 1
        if self.left == 0:
            raise CutOffError

    def wait(self) -> None:
        """Let every reader see what was written."""
        self.clock.sleep(LAG + 1)

    def write(self, wishes: dict[str, Any]) -> None:
        """What the files say from now on; JSON is YAML."""
        (self.folder / "clerk.yml").write_text(json.dumps(wishes, ensure_ascii=False), encoding="utf-8")


class _Way(httpx.BaseTransport):
    """The way to the instance, with a boundary before each write and after its effect."""

    def __init__(self, house: House) -> None:
        self._inner = SimulatorTransport(house.simulator)
        self._reached = house.reached

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return self._inner.handle_request(request)
        self._reached()
        answer = self._inner.handle_request(request)
        self._reached()
        return answer


class _System:
    """The module `os` for what is kept in files: no waiting for disks, and boundaries before and within lines."""

    def __init__(self, house: House) -> None:
        self._house = house

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def fsync(self, _: int) -> None:
        """Nothing here has to survive the machine."""

    def write(self, handle: int, line: bytes) -> int:
        self._house.reached()
        half = len(line) // 2
        os.write(handle, line[:half])
        self._house.reached()
        return half + os.write(handle, line[half:])


class _Catalogue:
    """The module `catalogue`, which reads its files once: a command does so each time."""

    def load(self) -> Catalogue:
        return known()

    def schema(self, name: str) -> dict[str, Any]:
        return _schema(name)


def _no_commit(_: Path) -> Source:
    """Nobody asks git, which is another process and takes its own time."""
    return Source()


@cache
def _schema(name: str) -> dict[str, Any]:
    return catalogue.schema(name)


@contextmanager
def opened() -> Iterator[House]:
    """A house with a fresh instance."""
    folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    clock, rng, options = FakeClock(), random.Random(7), Options(rate_limit=False, lag=LAG)  # noqa: S311 - repeatable
    house = House(folder, clock, Simulator(Store.new(options, rng), options, clock, rng))
    (folder / "reconcile.yml").write_text(PROJECT)

    def way(_environment: Environment, _state: Path) -> tuple[httpx.BaseTransport, str]:
        return _Way(house), KEY

    def world() -> opening.World:
        return usual(house.environ, clock, rng, Redactor(), transport=way)

    usual = opening.World
    system = _System(house)
    places = (journal, receipts)
    vars(opening)["World"] = world
    vars(opening)["catalogue"] = _Catalogue()
    for module in places:
        vars(module)["os"] = system
    vars(session)["source"] = _no_commit
    try:
        yield house
    finally:
        vars(opening)["World"] = usual
        vars(opening)["catalogue"] = catalogue
        for module in places:
            vars(module)["os"] = os
        vars(session)["source"] = source
        shutil.rmtree(folder, ignore_errors=True)
