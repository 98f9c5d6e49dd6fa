"""Changed files onto the disk: all of them or none."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING

from reconcile.edit.torn import Move, digest, recorded
from reconcile.errors import FilesError
from reconcile.load.files import Refused, inside, read_bytes, relative
from reconcile.model import Finding, Origin, Severity
from reconcile.state.holding import RECORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

_USUAL = 0o644
_WRITABLE = 0o222
_NAMING = frozenset({".yml", ".yaml"})
"""How the files end that name others with `!file` and `!lines`."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One file as it was read and as it is to be; `before` is None for a file that is new, `after` for one that goes."""

    path: Path
    before: bytes | None
    after: bytes | None


def write(root: Path, edits: Sequence[Edit]) -> None:
    """Write all edits, once nothing speaks against any of them; raises FilesError before anything is changed.

    Everything is written beside its file first, and then renamed. A file that is not as it was read is left alone, and
    so are all others.
    """
    if not edits:
        return
    _check((*(_objection(root, edit) for edit in edits), _closed(root, root / RECORD)))
    moves = _moves(edits)
    with recorded(root, moves) as ready:
        _carry_out(root, edits, moves, ready)
    _sync({edit.path.parent for edit in edits})


def _moves(edits: Sequence[Edit]) -> list[Move]:
    """Where each file is prepared, in the order in which they take their places: what others name before these."""
    name = token_hex(4)
    order = sorted(edits, key=lambda one: (one.after is None, one.path.suffix in _NAMING, one.path))
    return [
        Move(
            edit.path,
            edit.path.with_name(f".{name}.{number}.new") if edit.after is not None else None,
            digest(edit.before) if edit.before is not None else None,
        )
        for number, edit in enumerate(order)
    ]


def _carry_out(root: Path, edits: Sequence[Edit], moves: Sequence[Move], ready: Callable[[], None]) -> None:
    by_path = {edit.path: edit for edit in edits}
    done: list[Edit] = []
    try:
        for move in moves:
            if move.new:
                _prepare(move.new, move.path, by_path[move.path].after or b"")
        _check(_moved(root, edit) for edit in edits)
        ready()
        for move in moves:
            _replace(move)
            done.append(by_path[move.path])
    except BaseException:
        for edit in reversed(done):
            _bring_back(edit)
        raise
    finally:
        for move in moves:
            if move.new:
                move.new.unlink(missing_ok=True)


def _check(found: Iterable[Finding | None]) -> None:
    if wrong := [finding for finding in found if finding]:
        raise FilesError(wrong)


def _replace(move: Move) -> None:
    if move.new is None:
        move.path.unlink()
    else:
        move.new.replace(move.path)


def _bring_back(edit: Edit) -> None:
    """A file as it was before, because another one could not be replaced; as far as that can be done."""
    with suppress(OSError):
        if edit.before is None:
            edit.path.unlink()
        else:
            new = edit.path.with_name(f".{token_hex(4)}.0.new")
            _prepare(new, edit.path, edit.before)
            new.replace(edit.path)


def _objection(root: Path, edit: Edit) -> Finding | None:
    """Why a file may not be written: it is outside of the project, hidden, behind a link, or has changed."""
    name = relative(root, edit.path)
    try:
        inside(root, root, name)
    except Refused as refused:
        return _finding(name, refused.message)
    if any(folder.is_symlink() for folder in (edit.path, *_up(root, edit.path))):
        return _finding(
            name, "is a link, or stands behind one; nothing was written: change what it leads to by hand"
        )
    if edit.path.exists() and not (edit.path.stat().st_mode & _WRITABLE and os.access(edit.path, os.W_OK)):
        return _finding(name, "is read-only; nothing was written: make it writable, and run it again")
    return _closed(root, edit.path) or _moved(root, edit)


def _closed(root: Path, path: Path) -> Finding | None:
    """Why nothing can take its place beside a file: nobody may write to the folder in which it would."""
    folder = next(one for one in path.parents if one.is_dir())
    if os.access(folder, os.W_OK | os.X_OK):
        return None
    name = "the folder of the project" if folder == root else f"the folder {relative(root, folder)}"
    return _finding(
        relative(root, path),
        f"{name} is read-only; nothing was written: make it writable, and run it again",
    )


def _up(root: Path, path: Path) -> Iterable[Path]:
    return (folder for folder in path.parents if folder != root and folder.is_relative_to(root))


def _moved(root: Path, edit: Edit) -> Finding | None:
    """Why a file is not what it was when it was read."""
    name = relative(root, edit.path)
    if edit.before is None:
        return (
            _finding(name, "has come to be meanwhile; nothing was written: run it again")
            if edit.path.exists()
            else None
        )
    try:
        now = read_bytes(edit.path)
    except Refused as refused:
        return _finding(name, refused.message)
    if now != edit.before:
        return _finding(name, "was changed by somebody meanwhile; nothing was written: run it again")
    return None


def _prepare(new: Path, path: Path, content: bytes) -> None:
    """The content in a new file next to its place, with the permissions of what it replaces."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with new.open("xb") as file:
        file.write(content)
        file.flush()
        _like(path, file.fileno())
        os.fsync(file.fileno())


def _like(path: Path, handle: int) -> None:
    """Give a new file the permissions of the one that it replaces, and its owner where that may be done."""
    if not path.exists():
        os.fchmod(handle, _USUAL)
        return
    old, new = path.stat(), os.fstat(handle)
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        with suppress(OSError):
            os.fchown(handle, old.st_uid, old.st_gid)
    os.fchmod(handle, stat.S_IMODE(old.st_mode))


def _sync(folders: Iterable[Path]) -> None:
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _finding(name: str, message: str) -> Finding:
    return Finding(Severity.ERROR, "edit", message, origin=Origin(name))
