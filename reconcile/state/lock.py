"""One run at a time for each instance and state folder.

    STATE/locks/<name>.lock     {"about": "apply of production", "pid": 1, "host": …, "since": seconds, "at": "…Z"}

The system holds the lock and lets go of it when the process ends, however it ends; what stands in the file only says
who it is. So no lock is ever left behind, and a file that nobody holds means nothing. Where the system has no such
locks (Windows), none is taken.
"""

from __future__ import annotations

import json
import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from reconcile.errors import BusyError
from reconcile.state.holding import take
from reconcile.state.journal import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from reconcile.clock import Clock

_PAUSE = 0.5


@contextmanager
def held(
    path: Path, about: str, clock: Clock, patience: float, stopped: Callable[[], bool]
) -> Iterator[None]:
    """Hold a lock; raises BusyError where another run holds it for longer than `patience` seconds.

    `about` says what this run is, for those who have to wait for it.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = clock.now() + patience
        while not take(handle):
            if clock.now() >= deadline or stopped():
                raise BusyError(_busy(handle, clock.now()))
            clock.sleep(_PAUSE)
        _sign(handle, about, clock.now())
        yield
    finally:
        os.close(handle)


def _sign(handle: int, about: str, now: float) -> None:
    row = {"about": about, "pid": os.getpid(), "host": socket.gethostname(), "since": now, "at": stamp(now)}
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, json.dumps(row).encode())


def _busy(handle: int, now: float) -> str:
    """Who has the lock, since when, and what to do."""
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        row: dict[str, Any] = json.loads(os.read(handle, 4096))
        age = max(0, round(now - float(row["since"])))
        who = f"{row['about']}, process {row['pid']} on {row['host']}, since {row['at']} ({age} s)"
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        who = "another run, which has not said who it is"
    return (
        f"nothing was sent: this instance is in use by {who}; "
        "wait for it to end, for example with --lock-timeout 300"
    )
