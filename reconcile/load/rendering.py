"""What everything needs that turns files into wishes for one environment: its values, its locks, and where to complain."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from reconcile.diff import canonical
from reconcile.load.files import Refused, relative
from reconcile.load.interpolate import Mistake
from reconcile.load.only import Scope
from reconcile.load.section import Reader
from reconcile.load.values import Values
from reconcile.model import Declared, Finding, Origin, Section, Severity
from reconcile.validate.leaks import leaks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path as FilePath

    from reconcile.catalogue import Catalogue
    from reconcile.load.environment import Environment
    from reconcile.load.nodes import Node, Source
    from reconcile.load.overlay import Path
    from reconcile.load.project import Project
    from reconcile.load.section import Part
    from reconcile.model import Kind, Secret


@dataclass(frozen=True, slots=True)
class Piece:
    """What one file says about one kind, and the line where it begins."""

    source: Source
    kind: Kind
    line: int
    node: Node


@dataclass(frozen=True, slots=True)
class Rendering:
    """One environment of a project, as its files are read for it; what is wrong is collected in `findings`."""

    project: Project
    environment: Environment
    catalogue: Catalogue
    variables: Mapping[str, Node]
    seal: Callable[[str], Secret]
    findings: list[Finding] = field(default_factory=list)
    _noticed: set[FilePath] = field(default_factory=set)
    _told: set[tuple[str, str, Origin]] = field(default_factory=set)

    def reader(self, piece: Piece) -> Reader:
        """What reads the objects of a piece."""
        values = Values(
            self.project.root, piece.source, self.variables, self.seal, self._notice, self.project.content
        )
        scope = Scope(self.environment.name, self.project.environments)
        schema = self.catalogue.schemas[piece.kind.name]
        return Reader(piece.source, piece.kind, schema, values, scope, self.findings)

    def ground(self, piece: Piece, address: str) -> Ground:
        """What an object of a piece is to an overlay."""
        return Ground(self, self.reader(piece), address)

    def part(self, piece: Piece) -> Part:
        """The objects and options of a piece."""
        return self.reader(piece).section(piece.node, piece.line)

    def say(self, rule: str, message: str, address: str, origin: Origin) -> None:
        """Report a mistake."""
        self.findings.append(Finding(Severity.ERROR, rule, message, address, origin))

    def touch(self, address: str, path: Path, place: Origin, below: Origin | None = None) -> None:
        """Hold what a line of an overlay changes against what the policy locks."""
        names = [".".join((address, *path[:length])) for length in range(len(path) + 1)]
        for pattern, locked in self.project.locked:
            known = (address, pattern, place)
            if known not in self._told and any(fnmatchcase(name, pattern) for name in names):
                self._told.add(known)
                what = ".".join(path) + ": " if path else ""
                where = (
                    f"{below} for every environment" if below else "the files that every environment shares"
                )
                message = (
                    f"{what}no overlay may change what policy.locked names at {locked} ({pattern}); "
                    f"change it at {where}, or take it off that list"
                )
                self.say("locked", message, address, place)
                return

    def _notice(self, path: FilePath, content: str) -> None:
        if path not in self._noticed:
            self._noticed.add(path)
            self.findings.extend(leaks(content, relative(self.project.root, path)))


@dataclass(frozen=True, slots=True)
class Ground:
    """One object of one piece, for an overlay to be laid on."""

    rendering: Rendering
    reader: Reader
    address: str

    def opened(self, node: Node) -> Node:
        """A variable that stands alone, or a `!lines`, as the list or map that it stands for."""
        try:
            return self.reader.values.opened(node)
        except (Mistake, Refused) as wrong:
            self.say(wrong.message, node.line)
            return node

    def rendered(self, node: Node, path: Path) -> str | None:
        """The same text for values that are equal; None where the value is wrong, and that has been said."""
        field = self.reader.schema["properties"].get(path[0], {}) if len(path) == 1 else {}
        try:
            return canonical(self.reader.values.plain(node, field.get("items", {})))
        except (Mistake, Refused) as wrong:
            self.say(wrong.message, node.line)
            return None

    def say(self, message: str, line: int) -> None:
        """Report a mistake on that line."""
        self.rendering.say("overlay", message, self.address, self.place(line))

    def touch(self, path: Path, line: int, below: int | None) -> None:
        """Hold what a line of an overlay changes against what the policy locks."""
        where = self.place(below) if below is not None else None
        self.rendering.touch(self.address, path, self.place(line), where)

    def place(self, line: int) -> Origin:
        """How messages name that line."""
        return self.reader.at(line)


def merge(rendering: Rendering, kind: Kind, parts: Iterable[Part]) -> Section:
    """One section out of several files; the same address or option twice names both places."""
    parts = list(parts)
    objects: dict[str, Declared] = {}
    for declared in (item for part in parts for item in part.objects):
        first = objects.setdefault(declared.key, declared)
        if first is not declared:
            message = f"is already declared at {first.origin}; remove one of them"
            rendering.say("duplicate", message, kind.address(declared.key), declared.origin)
    options = [part.prune_origin for part in parts if part.prune_origin]
    for again in options[1:]:
        message = f"prune is already set at {options[0]}; remove one of them"
        rendering.say("duplicate", message, kind.section, again)
    return Section(parts[0].origin, objects, prune=any(part.prune for part in parts))
