"""Files that belong to the project, and the refusal of all others.

A path that is written in a file may not leave the project, follow a link out of it, or touch a dot-file: a pull
request must not be able to read the machine that plans it.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from reconcile.bounded import read_bounded
from reconcile.load.nodes import Mapping, Node, Scalar, Sequence, Source
from reconcile.load.verbs import VERBS
from reconcile.load.yaml12 import read
from reconcile.model import Finding, Origin, Severity
from reconcile.validate.leaks import leaks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIMIT = 32 * 1024 * 1024
TAGS = frozenset({"!file", "!lines"})
OVERLAY_TAGS = TAGS | VERBS

Content: TypeAlias = "Callable[[Path], bytes]"
"""What a file holds: by default what is on the disk, elsewhere what is about to be written."""


@dataclass(frozen=True, slots=True)
class Refused(Exception):  # noqa: N818 - never leaves this package
    """Why a file is not read; what to do."""

    message: str


def read_bytes(path: Path) -> bytes:
    """The content of a file, unless it is missing, no file, or too large."""
    try:
        return read_bounded(path, LIMIT)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise Refused(f"is larger than {LIMIT >> 20} MiB; split it") from error
        raise Refused(f"cannot be read ({error.strerror}); check the path and its permissions") from error


def read_nodes(
    root: Path, path: Path, tags: frozenset[str] = TAGS, content: Content = read_bytes
) -> tuple[Node | None, list[Finding]]:
    """One YAML file of the project as nodes, with everything that is wrong with it."""
    name = relative(root, path)
    try:
        raw = content(path)
    except Refused as refused:
        return None, [Finding(Severity.ERROR, "file", refused.message, origin=Origin(name))]
    node, problems = read(raw, tags=tags)
    wrong = [Finding(Severity.ERROR, "yaml", p.message, origin=Origin(name, p.line)) for p in problems]
    return node, [*wrong, *leaks(raw.decode("utf-8", "replace"), name)]


def source(root: Path, path: Path) -> Source:
    """A file as the nodes that come from it know it."""
    return Source(relative(root, path), path.parent)


def relative(root: Path, path: Path) -> str:
    """How messages name a file: relative to the project, with forward slashes."""
    return Path(os.path.relpath(path, root)).as_posix()


def inside(root: Path, folder: Path, written: str) -> Path:
    """The file that `written` means beside `folder`; raises Refused where it is not the project's own."""
    if not written or PurePosixPath(written).is_absolute() or "\0" in written or "\\" in written:
        raise Refused(
            f"{written!r} is no relative path with forward slashes; write one that starts beside this file"
        )
    path = Path(os.path.normpath(folder / written))
    if not path.is_relative_to(root):
        raise Refused(f"{written} leaves the project; keep the file inside the folder of reconcile.yml")
    if any(part.startswith(".") for part in path.relative_to(root).parts):
        raise Refused(f"{written} is a dot-file or in a dot-folder, which files may not name; move it")
    if not path.resolve().is_relative_to(root.resolve()):
        raise Refused(f"{written} is a link out of the project; keep the file itself inside")
    return path


def matching(root: Path, pattern: str) -> list[Path]:
    """The files that a pattern of `resources` matches, in a stable order."""
    inside(root, root, pattern)
    found = (path for path in root.glob(pattern) if path.is_file())
    return sorted(inside(root, root, relative(root, path)) for path in found if not _hidden(root, path))


def _hidden(root: Path, path: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def text(path: Path, content: Content = read_bytes) -> str:
    """A text file, every character of it; only a byte order mark is dropped."""
    raw = content(path)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Refused(f"{path.name}:{line} is not UTF-8; save the file as UTF-8") from error


def lines(content: str) -> Iterator[tuple[int, str]]:
    """The entries of a list file with their lines: one a line; a line that starts with `#` is a comment."""
    for number, line in enumerate(content.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        entry = line.strip(" \t")
        if entry and not entry.startswith("#"):
            yield number, entry


def shape(node: Node) -> str:
    """What a node is, in the words of messages."""
    match node:
        case Scalar():
            return "a single value"
        case Sequence():
            return "a list"
        case Mapping():
            return "a map"
