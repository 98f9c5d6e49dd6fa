"""Locks of the system on open files: it lets go of them when a process ends, however it ends.

Where the system has no such locks (Windows), or the file system has none, nothing is ever held.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


RECORD = ".reconcile/writing.json"
"""In a project, what several files are about to become; whoever is writing them has its lock."""


def take(handle: int) -> bool:
    """Take the lock of an open file; False where somebody else has it."""
    return _taken(handle, "LOCK_EX")


def take_kept(handle: int) -> bool:
    """The same for a file that goes with its run; False as well where it went after it was opened here."""
    return take(handle) and os.fstat(handle).st_nlink > 0


def taken(path: Path) -> bool:
    """Whether somebody has the lock of a file, which only has to be readable for that."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _taken(handle, "LOCK_SH")
    except OSError:  # pragma: no cover - a file system without locks
        return False
    finally:
        os.close(handle)


def _taken(handle: int, how: str) -> bool:
    try:
        import fcntl  # noqa: PLC0415 - not every system has it
    except ImportError:  # pragma: no cover - another system
        return True
    try:
        fcntl.flock(handle, getattr(fcntl, how) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
