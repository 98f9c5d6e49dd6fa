"""Changed files onto the disk: all of them or none, as far as a file system can promise that."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
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
_WRITABLE = 0o222


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
    _check(_objection(root, edit) for edit in edits)
    beside: dict[Path, Path] = {}
    done: list[Edit] = []
    try:
        for edit in edits:
            if edit.after is not None:
                beside[edit.path] = _beside(edit.path, edit.after)
        _check(_moved(root, edit) for edit in edits)
        for edit in sorted(edits, key=lambda one: one.after is None):
            _replace(edit, beside)
            done.append(edit)
    except BaseException:
        for edit in reversed(done):
            _bring_back(edit)
        raise
    finally:
        for new in beside.values():
            new.unlink(missing_ok=True)
    _sync({edit.path.parent for edit in edits})


def _check(found: Iterable[Finding | None]) -> None:
    if wrong := [finding for finding in found if finding]:
        raise FilesError(wrong)


def _replace(edit: Edit, beside: dict[Path, Path]) -> None:
    if edit.after is None:
        edit.path.unlink()
    else:
        beside[edit.path].replace(edit.path)
        del beside[edit.path]


def _bring_back(edit: Edit) -> None:
    """A file as it was before, because another one could not be replaced; as far as that can be done."""
    with suppress(OSError):
        if edit.before is None:
            edit.path.unlink()
        else:
            _beside(edit.path, edit.before).replace(edit.path)


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
    handle, name = mkstemp(dir=path.parent, prefix=".", suffix=".new")
    new = path.with_name(Path(name).name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            _like(path, file.fileno())
            os.fsync(file.fileno())
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return new


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
