"""Where a process can be cut off: every boundary on its way is counted, and at one of them signals come."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

import httpx

from reconcile.cli import opening
from reconcile.client import transport_for
from reconcile.state import journal
from tests.lab import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from reconcile.load import Environment


_BETWEEN = 0.05  # seconds between two signals: of two that come at once, a process sees one


@dataclass
class Boundaries:
    """Counts the boundaries of this process, and writes down each before it is passed."""

    state: Path  # the folder whose files count
    log: Path
    at: int = 0  # the boundary at which signals come; 0: none
    signals: Sequence[int] = ()
    passed: int = 0
    _lock: Lock = field(default_factory=Lock)

    def install(self) -> None:
        """Stand in the way of whatever lasts: files, lines of journals, calls."""
        sys.addaudithook(self._audited)
        vars(journal)["os"] = _Lines(self.reached)
        clock = FakeClock()  # nobody waits
        clock.time = time.time()
        vars(opening)["World"] = partial(opening.World, clock=clock, transport=self._way)

    def reached(self, what: str) -> None:
        """This process is about to do something that lasts."""
        with self._lock:
            self.passed += 1
            here = self.passed
            with self.log.open("a", encoding="utf-8") as log:
                log.write(f"{what}\n")
        if here == self.at:
            for number in self.signals:
                os.kill(os.getpid(), number)
                time.sleep(_BETWEEN)

    def _audited(self, event: str, words: tuple[Any, ...]) -> None:
        """The interpreter tells of every file before it touches it."""
        if event in _FILES:
            for what, path in _FILES[event](words):
                if str(path).startswith(str(self.state)):
                    self.reached(f"{what} {_plain(str(path).removeprefix(str(self.state)))}")

    def _way(self, environment: Environment, _state: Path) -> tuple[httpx.BaseTransport, str]:
        way = transport_for(environment.api_url, os.environ)
        return _Calls(way, self.reached), os.environ[environment.secret_key]


class _Calls(httpx.BaseTransport):
    """The usual way to a server, with a boundary before each call that changes something there."""

    def __init__(self, way: httpx.BaseTransport, reached: Callable[[str], None]) -> None:
        self._way = way
        self._reached = reached

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET" and request.read() != b"{}":
            self._reached(f"call {request.method} {_route(request.url.path)}")
        return self._way.handle_request(request)

    def close(self) -> None:
        self._way.close()


class _Lines:
    """The module `os` as the journal sees it: a boundary before each line, and one in the middle of it."""

    def __init__(self, reached: Callable[[str], None]) -> None:
        self._reached = reached

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def write(self, handle: int, line: bytes) -> int:
        kind = line.decode().partition('"line": "')[2].partition('"')[0]
        self._reached(f"line {kind}")
        half = len(line) // 2
        os.write(handle, line[:half])
        self._reached(f"half of a line {kind}")
        return half + os.write(handle, line[half:])


def _opened(words: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    path, _, flags = words
    writing = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
    if writing and not os.path.exists(path):  # noqa: PTH110 - it may be a number
        yield "make", path


def _folder(words: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    if not os.path.isdir(words[0]):  # noqa: PTH112 - it may be a text
        yield "make folder", words[0]


_FILES: dict[str, Callable[[tuple[Any, ...]], Iterator[tuple[str, Any]]]] = {
    "open": _opened,
    "os.mkdir": _folder,
    "os.rename": lambda words: iter([("put in place", words[1])]),
    "os.remove": lambda words: iter([("remove", words[0])]),
}
"""What the interpreter tells, and what it is called here."""


def _plain(path: str) -> str:
    """A path in the state folder without what differs from run to run."""
    parts = path.strip("/").split("/")
    if parts[0] == "runs" and len(parts) > 1:
        parts[1] = "RUN"
    if parts[-1].startswith("."):
        parts[-1] = parts[-1][1:].rpartition(".")[0] + " for now"
    return "/".join(
        "ID" if "_" in part and part[-1].isalnum() and any(map(str.isdigit, part)) else part for part in parts
    )


def _route(path: str) -> str:
    """A path of the API without the ids of this instance."""
    return "/".join("ID" if "_" in part and any(map(str.isdigit, part)) else part for part in path.split("/"))
