"""Changed files onto the disk: all of them or none, as far as a file system can promise that."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

from reconcile.errors import FilesError
from reconcile.load.files import Refused, inside, read_bytes, relative
from reconcile.model import Finding, Origin, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_USUAL = 0o644


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
    wrong = [finding for edit in edits if (finding := _objection(root, edit))]
    if wrong:
        raise FilesError(wrong)
    beside: list[tuple[Path, Path]] = []
    try:
        for path, content in ((edit.path, edit.after) for edit in edits):
            beside += [] if content is None else [(_beside(path, content), path)]
        if moved := [finding for edit in edits if (finding := _moved(root, edit))]:
            raise FilesError(moved)
        while beside:
            new, path = beside[0]
            new.replace(path)
            beside.pop(0)
    finally:
        for new, _ in beside:
            new.unlink(missing_ok=True)
    for edit in edits:
        if edit.after is None:
            edit.path.unlink()
    _sync({edit.path.parent for edit in edits})


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
    return _moved(root, edit)


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


def _beside(path: Path, content: bytes) -> Path:
    """The content in a new file next to its place, with the permissions of what it replaces."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else _USUAL
    handle, name = mkstemp(dir=path.parent, prefix=".", suffix=f".{path.name}")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())
    return path.with_name(Path(name).name)


def _sync(folders: Iterable[Path]) -> None:
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _finding(name: str, message: str) -> Finding:
    return Finding(Severity.ERROR, "edit", message, origin=Origin(name))
