"""A simulator whose state lives in a file: what one process writes, the next one and its neighbours read."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reconcile.simulator.store import Store, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconcile.simulator.core import Simulator
    from reconcile.simulator.values import Request, Response

_READS = ("GET", "HEAD", "OPTIONS")


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Nobody else writes the state at `path` meanwhile, in this process or another."""
    handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    """Wait for the lock on an open file; closing the file gives it back."""
    try:
        import fcntl  # noqa: PLC0415 - not on every platform
    except ImportError:  # pragma: no cover - Windows
        import msvcrt  # noqa: PLC0415

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        fcntl.flock(handle, fcntl.LOCK_EX)


class StateFile:
    """Answers requests from the state in a file and saves it after every write that changed it."""

    def __init__(self, simulator: Simulator, path: Path) -> None:
        self._simulator = simulator
        self._path = path
        self._lock = threading.Lock()

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        with self._lock:
            if request.method in _READS and self._simulator.faults is None:  # a fault may write beside a read
                self._refresh()
                return self._simulator.handle(request)
            with exclusive(self._path):
                self._refresh()
                return self._write(request)

    def _write(self, request: Request) -> Response:
        """Answer a request that may change the state."""
        store = self._simulator.store
        before = store.revision
        response = self._simulator.handle(request)
        if store.revision != before:
            store.save(self._path)
        return response

    def _refresh(self) -> None:
        """Take over what somebody else has written."""
        known = self._simulator.store.version
        if known is not None and self._path.exists() and version_of(self._path.stat()) != known:
            self._simulator.store = Store.load(self._path)
