"""One section of one file: the three forms in which people write objects of a kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconcile.load import files
from reconcile.load.entries import Entries
from reconcile.load.filled import filled
from reconcile.load.interpolate import Mistake
from reconcile.load.nodes import Entry, Line, Scalar, Sequence, source_of
from reconcile.load.nodes import Mapping as MapNode
from reconcile.model import Declared, Finding, Origin, Severity, Value
from reconcile.validate.explain import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.load.nodes import Node, Source
    from reconcile.load.only import Scope
    from reconcile.load.values import Values
    from reconcile.model import Kind, Path, Tagged

_ANYTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Part:
    """What one file says about one kind."""

    origin: Origin
    objects: tuple[Declared, ...] = ()
    prune: bool = False
    prune_origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one section of the file `source`; what is wrong with it is added to `findings`."""

    source: Source
    kind: Kind
    schema: Mapping[str, Any]
    values: Values
    scope: Scope
    findings: list[Finding]

    def at(self, line: int) -> Origin:
        """The place of a line, in this file or in the overlay that it came from."""
        if type(line) is int:
            return Origin(self.source.name, line)
        return Origin(source_of(line, self.source).name, int(line))

    def section(self, node: Node, line: int) -> Part:
        """The objects and options of this section."""
        if self.kind.singleton:
            return self._singleton(node, line)
        return self._list(node, line) if self.kind.entries else self._map(node, line)

    # --- the three forms ---

    def _singleton(self, node: Node, line: int) -> Part:
        origin = self.at(line)
        if not isinstance(node, MapNode):
            self.wrong(node, "is a map of settings", self.kind.section)
            return Part(origin)
        return Part(origin, (self.declared("", node, line),))

    def _map(self, node: Node, line: int) -> Part:
        origin = self.at(line)
        if not isinstance(node, MapNode):
            self.wrong(node, f"is a map by {self.kind.key}", self.kind.section)
            return Part(origin)
        options = {name[1:]: entry for name, entry in node.entries.items() if name.startswith(".")}
        objects = tuple(self._member(name, e) for name, e in node.entries.items() if not name.startswith("."))
        return self._with_options(Part(origin, objects), options, dotted=True)

    def _list(self, node: Node, line: int) -> Part:
        origin = self.at(line)
        if not isinstance(node, MapNode):
            return Part(origin, tuple(self.entries(node)))
        entries = node.entries.get(self.kind.entries)
        options = {name: entry for name, entry in node.entries.items() if name != self.kind.entries}
        objects = tuple(self.entries(entries.node)) if entries else ()
        return self._with_options(Part(origin, objects), options, dotted=False)

    def _with_options(self, part: Part, options: Mapping[str, Entry], *, dotted: bool) -> Part:
        prune, place = False, None
        dot = "." if dotted else ""
        known = {"prune"} | ({self.kind.entries} if self.kind.entries else set())
        for name, (line, node) in options.items():
            if name != "prune":
                self.say(f"unknown option {dot}{name}; {suggest(name, known)}", line, self.kind.section)
            elif self.kind.fixed:
                self.say(
                    "templates cannot be pruned; write `state: default` under one to revert it",
                    line,
                    self.kind.section,
                )
            else:
                value = self.value(node, {"type": "boolean"}, self.kind.section)
                place = self.at(line)
                prune = value == Value(value=True)
                if not isinstance(value, Value) or not isinstance(value.value, bool):
                    self.say(f"{dot}prune must be true or false", line, self.kind.section)
        return Part(part.origin, part.objects, prune, place)

    # --- one object ---

    def admitted(self, node: MapNode, address: str) -> MapNode | None:
        """The fields of an object that stands in this environment; None for one that does not."""
        return self.scope.admitted(node, lambda message, line: self.say(message, line, address))

    def _member(self, key: str, entry: Entry) -> Declared:
        line, node = entry
        if isinstance(node, Scalar) and node.plain and not node.text:
            node = MapNode({}, line)
        if not isinstance(node, MapNode):
            self.wrong(node, "is a map of fields", self.kind.address(key))
            node = MapNode({}, line)
        return self.declared(self.kind.normalise(key), node, line)

    def entries(self, node: Node) -> Iterator[Declared]:
        """The objects of a list section."""
        return Entries(self, self.kind).of(node)

    def declared(self, key: str, node: MapNode, line: int) -> Declared:
        """One object with its fields."""
        address = self.kind.address(key)
        fields: dict[str, Tagged] = {}
        lines: dict[Path, Origin] = {}
        properties = self.schema["properties"]
        for name, entry in node.entries.items():
            lines[(name,)] = self.at(entry.line)
            if name in {"state", "renamed_from"} and self._meta(name):
                continue
            value = self.value(entry.node, properties.get(name, _ANYTHING), address, name)
            if value is not None:
                fields[name] = value
                self._places((name,), entry.node, lines)
        self._check_names(fields, lines, address)
        return Declared(
            key,
            self.at(line),
            fields,
            lines,
            default=self._default(node, address),
            renamed_from=self._renamed(node),
            filled=dict(filled((), node)),
        )

    def _check_names(self, fields: dict[str, Tagged], lines: Mapping[Path, Origin], address: str) -> None:
        """The key is not a field: it is written where the object starts."""
        if self.kind.key in fields:
            line = lines[(self.kind.key,)].line
            self.say(f"{self.kind.key}: is the name that this entry already has; remove it", line, address)
            del fields[self.kind.key]

    def _meta(self, name: str) -> bool:
        return self.kind.fixed if name == "state" else self.kind.renameable

    def _default(self, node: MapNode, address: str) -> bool:
        entry = node.entries.get("state")
        if entry is None or not self.kind.fixed:
            return False
        if not isinstance(entry.node, Scalar) or entry.node.text != "default":
            self.say("state: the only state is `default`, which reverts the template", entry.line, address)
        elif len(node.entries) > 1:
            self.say(
                "state: default stands alone; remove the other fields or the state",
                entry.line,
                address,
            )
        return True

    def _renamed(self, node: MapNode) -> str:
        entry = node.entries.get("renamed_from")
        if entry is None or not self.kind.renameable:
            return ""
        return entry.node.text if isinstance(entry.node, Scalar) else ""

    def _places(self, path: Path, node: Node, lines: dict[Path, Origin]) -> None:
        """Note where the parts of a value stand: members of maps, and entries that an overlay put into a list."""
        if isinstance(node, MapNode):
            for name, entry in node.entries.items():
                lines[(*path, name)] = self.at(entry.line)
                self._places((*path, name), entry.node, lines)
        elif isinstance(node, Sequence) and any(isinstance(item.line, Line) for item in node.items):
            for index, item in enumerate(node.items):
                lines[(*path, index)] = self.at(item.line)

    def value(self, node: Node, schema: Mapping[str, Any], address: str, name: str = "") -> Tagged | None:
        """The value of one field; None where it is wrong and said so."""
        try:
            return self.values.read(node, schema, sensitive=self._sensitive(name))
        except (Mistake, files.Refused) as wrong:
            self.say(": ".join(part for part in (name, wrong.message) if part), node.line, address)
            return None

    def _sensitive(self, name: str) -> bool:
        field = self.kind.fields.get(name)
        return field is not None and field.sensitive

    # --- messages ---

    def say(self, message: str, line: int, address: str) -> None:
        """Report a mistake on that line."""
        self.findings.append(Finding(Severity.ERROR, "section", message, address, self.at(line)))

    def wrong(self, node: Node, wanted: str, address: str) -> None:
        """Report a node that is of another shape than what is wanted."""
        self.say(
            f"this {wanted}, and here stands {files.shape(node)}; see `reconcile schema`", node.line, address
        )
