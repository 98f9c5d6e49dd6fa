"""Files that are to change together, and a process that is killed in between: the next one ends what it has begun.

    .reconcile/writing.json   {"ready": true, "moves": [{"new": ".1f3c.0.new", "file": "clerk/jwt.yml", "before": digest}]}

It is there while several files are written. Until `ready`, nothing has changed, and what was prepared goes again; from
then on, everything new stands beside its file and only has to take its place. Whoever writes has a lock on it.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from reconcile.errors import FilesError
from reconcile.load.files import Refused, inside, read_bytes, relative
from reconcile.model import Finding, Origin, Severity
from reconcile.state.holding import RECORD, take_kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

_LARGEST = 32 * 1024 * 1024
_NEW = re.compile(r"\.[0-9a-f]+\.[0-9]+\.new")


class Move(NamedTuple):
    """What is to become of one file: `new` takes its place, or it goes; `before` is a digest of it as it was."""

    path: Path
    new: Path | None
    before: str | None


def digest(content: bytes) -> str:
    """What tells whether a file is as it was."""
    return sha256(content).hexdigest()


@contextmanager
def recorded(root: Path, moves: Sequence[Move]) -> Iterator[Callable[[], None]]:
    """Keep a record of what is about to change; call what comes once all that is new stands beside its file.

    Raises FilesError where another run is writing.
    """
    record = root / RECORD
    fresh = not record.parent.exists()
    record.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(record, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _check_alone(handle)
        try:
            _keep(handle, root, moves, ready=False)
            yield lambda: _keep(handle, root, moves, ready=True)
        finally:
            record.unlink(missing_ok=True)
    finally:
        os.close(handle)
        if fresh:
            with suppress(OSError):  # somebody else has put something there
                record.parent.rmdir()


def _check_alone(handle: int) -> None:
    if not take_kept(handle):
        message = "another run is writing the files of this project; run this again once it has ended"
        raise FilesError([Finding(Severity.ERROR, "edit", message, origin=Origin(RECORD))])


def ended(root: Path) -> tuple[str, ...]:
    """End what a run has begun that was killed while it wrote; the names of the files that took their place now.

    A file that somebody has changed since stays as it is.
    """
    record = root / RECORD
    try:
        handle = os.open(record, os.O_RDWR)
    except OSError:
        return ()
    try:
        if not take_kept(handle):
            return ()
        ready, moves = _read(handle, root)
        done = [move for move in moves if ready and _moved(move)]
        for move in moves:
            if move.new:
                move.new.unlink(missing_ok=True)
        record.unlink(missing_ok=True)
    finally:
        os.close(handle)
    return tuple(relative(root, move.path) for move in done)


def _keep(handle: int, root: Path, moves: Sequence[Move], *, ready: bool) -> None:
    rows = [
        {"file": relative(root, one.path), "new": one.new.name if one.new else None, "before": one.before}
        for one in moves
    ]
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    with os.fdopen(os.dup(handle), "wb") as file:
        file.write(json.dumps({"ready": ready, "moves": rows}).encode())
    os.fsync(handle)


def _read(handle: int, root: Path) -> tuple[bool, list[Move]]:
    """What a record says; of one that cannot be read, nothing: its run was killed before it changed anything."""
    with os.fdopen(os.dup(handle), "rb") as file:
        try:
            found: dict[str, Any] = json.loads(file.read(_LARGEST))
            return found["ready"] is True, [_move(root, row) for row in found["moves"]]
        except (ValueError, KeyError, TypeError, RecursionError, Refused):
            return False, []


def _move(root: Path, row: dict[str, Any]) -> Move:
    path = inside(root, root, str(row["file"]))
    name, before = row["new"], row["before"]
    if name is not None and not _NEW.fullmatch(name):
        raise ValueError(name)
    return Move(path, path.with_name(name) if name else None, before)


def _moved(move: Move) -> bool:
    """Put one file in its place, unless it is there already or has been changed by somebody since."""
    try:
        now = digest(read_bytes(move.path)) if move.path.exists() else None
    except Refused:
        return False
    if move.path.is_symlink() or now != move.before:
        return False
    if move.new is None:
        move.path.unlink()
        return True
    try:
        move.new.replace(move.path)
    except FileNotFoundError:
        return False
    return True
