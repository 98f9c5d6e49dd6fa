"""Where objects go that no file has yet: to their like, into a file that a pattern of `resources` will match, or nowhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from reconcile.edit.spots import Leaf, Members, within
from reconcile.edit.wish import Stuck
from reconcile.load.files import relative

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from reconcile.edit.desk import Desk, Pages
    from reconcile.model import Field, Kind

_ODD = re.compile(r"[^A-Za-z0-9_-]+")
_WILD = re.compile(r"[*?\[]")
_SCHEMA_LINE = re.compile(r"# yaml-language-server: .*")


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern of `resources` matches a file; `**` crosses folders, and nothing hidden is matched."""
    parts = name.split("/")
    return not any(part.startswith(".") for part in parts) and _matches(pattern.split("/"), parts)


def _matches(pattern: Sequence[str], parts: Sequence[str]) -> bool:
    if not pattern or not parts:
        return not pattern and not parts
    if pattern[0] == "**":
        return _matches(pattern[1:], parts) or _matches(pattern, parts[1:])
    return fnmatchcase(parts[0], pattern[0]) and _matches(pattern[1:], parts[1:])


@dataclass(frozen=True, slots=True)
class Homes:
    """The places of a project where new things may stand; `patterns` are those of `resources`."""

    pages: Pages
    patterns: tuple[str, ...]

    def section(self, kind: Kind) -> Path | None:
        """The first file that has a section of this kind, those that every environment reads before overlays."""
        for layer in self.pages.layers:
            for file in layer:
                root = self.pages.root_of(file)
                if isinstance(root, Members) and root.get(kind.section):
                    return file
        return None

    def new_section(self, kind: Kind) -> Path:
        """The file for a section that no file has: a new one, or the only one; raises Stuck where none would be read."""
        for pattern in self.patterns:
            for name in _names(pattern, kind.section):
                path = self.pages.root / name
                if matches(pattern, name) and not path.exists():
                    return path
        for pattern in self.patterns:
            if not _WILD.search(pattern) and not (self.pages.root / pattern).exists():
                return self.pages.root / pattern
        literal = [path for path in self.pages.project.resources if path.is_file()]
        if literal:
            return literal[-1]
        raise Stuck(
            f"no pattern of resources matches a file for {kind.section}; add `resources/**/*.yml` to `resources` in "
            "reconcile.yml"
        )

    def head(self, file: Path) -> str:
        """How a new file begins: as its neighbours do, where they name a schema for editors."""
        for other in self.pages.project.resources:
            if other.parent == file.parent and (found := _SCHEMA_LINE.match(self.pages.page(other).text)):
                return f"{found[0]}\n\n"
        schema = self.pages.root / ".vscode" / "resources.json"
        if schema.is_file():
            return f"# yaml-language-server: $schema={relative(file.parent, schema)}\n\n"
        return ""

    def body(self, desk: Desk, file: Path, kind: Kind, key: str, field: Field) -> Path:
        """A file for a long text: beside those of its like, or in `bodies/`, under a name that is free."""
        folder = self._bodies(file, kind, field) or file.parent / "bodies"
        ending = "html" if field.preview == "html" else f"{field.name}.txt"
        stem = _ODD.sub("_", key).strip("_") or "text"
        taken = {path.name.lower() for path in desk.texts if path.parent == folder}
        for number in range(1, 10_000):
            name = f"{stem}{'' if number == 1 else f'_{number}'}.{ending}"
            if name.lower() not in taken and not (folder / name).exists():
                return folder / name
        raise Stuck(f"no name is free for {stem} in {self.pages.name(folder)}")

    def list_file(self, desk: Desk, file: Path, kind: Kind) -> Path:
        """A file for a long list of entries."""
        path = file.parent / "lists" / f"{kind.section}.txt"
        if path.exists() or path in desk.lists:
            raise Stuck(f"{self.pages.name(path)} is there already; move it away")
        return path

    def _bodies(self, file: Path, kind: Kind, field: Field) -> Path | None:
        """The folder that a field of this kind comes from elsewhere in the file."""
        root = self.pages.root_of(file) if self.pages.known(file) else None
        section = root.get(kind.section) if isinstance(root, Members) else None
        for one in within(section.node) if section else ():
            member = one.get(field.name) if isinstance(one, Members) else None
            if member and isinstance(member.node, Leaf) and member.node.tag == "!file":
                return self.pages.beside(file, member.node).parent
        return None


def _names(pattern: str, section: str) -> Iterable[str]:
    """Names that a file for a section might have by a pattern: in its first folder without wild cards."""
    fixed: list[str] = []
    for part in PurePosixPath(pattern).parts[:-1]:
        if _WILD.search(part):
            break
        fixed.append(part)
    folder = "/".join(fixed)
    last = PurePosixPath(pattern).name
    for name in (f"{section}.yml", f"{section}.yaml", last.replace("*", section)):
        if not _WILD.search(name) and _WILD.search(pattern):
            yield f"{folder}/{name}" if folder else name
