"""The entries of a list section: bare ones, those of a list file, and maps with fields beside the key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconcile.load import files
from reconcile.load.filled import filled
from reconcile.load.nodes import Mapping as MapNode
from reconcile.load.nodes import Scalar, Sequence
from reconcile.model import Declared, Origin, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.load.nodes import Node
    from reconcile.load.section import Reader
    from reconcile.model import Kind, Tagged


@dataclass(frozen=True, slots=True)
class Entries:
    """Reads the list of a section, for the reader of that section."""

    reader: Reader
    kind: Kind

    def of(self, node: Node) -> Iterator[Declared]:
        """The objects that such a list declares."""
        if isinstance(node, Scalar) and node.tag == "!lines":
            yield from self._lines(node)
        elif isinstance(node, Sequence):
            for item in node.items:
                if isinstance(item, Scalar) and item.text and item.tag is None and "$" not in item.text:
                    yield self._bare(item.text, self.reader.at(item.line))
                else:
                    yield from self._entry(item)
        elif not (isinstance(node, Scalar) and node.plain and not node.text):
            self.reader.wrong(node, f"is a list of {self.kind.entries}", self.kind.section)

    def _bare(self, text: str, origin: Origin) -> Declared:
        key = self.kind.normalise(text)
        return Declared(text if key == text else key, origin)

    def _lines(self, node: Scalar) -> Iterator[Declared]:
        """The entries of a list file; they know their place in that file."""
        try:
            path, content = self.reader.values.file(node)
            name = files.relative(self.reader.values.root, path)
            for line, entry in files.lines(content):
                yield self._bare(entry, Origin(name, line))
        except files.Refused as refused:
            self.reader.say(f"!lines {node.text}: {refused.message}", node.line, self.kind.section)

    def _entry(self, item: Node) -> Iterator[Declared]:
        if isinstance(item, Scalar) and item.tag == "!lines":
            yield from self._lines(item)
        elif isinstance(item, Scalar):
            key = self._key(item)
            if key is not None:
                yield replace(self._bare(key, self.reader.at(item.line)), filled=dict(filled((), item)))
        elif isinstance(item, MapNode) and self.kind.key in item.entries:
            here = self.reader.admitted(item, self.kind.section)
            yield from self._long(here) if here is not None else ()
        else:
            self.reader.wrong(item, f"is text, or a map with {self.kind.key}", self.kind.section)

    def _long(self, item: MapNode) -> Iterator[Declared]:
        """An entry that is a map: its key, and fields beside it."""
        key_node = item.entries[self.kind.key].node
        rest = MapNode({n: e for n, e in item.entries.items() if n != self.kind.key}, item.line)
        key = self._key(key_node) if isinstance(key_node, Scalar) else None
        if key is not None:
            one = self.reader.declared(self.kind.normalise(key), rest, item.line)
            yield replace(one, filled={**dict(filled((), key_node)), **one.filled})

    def _key(self, item: Scalar) -> str | None:
        """The text of a list entry; None where it is wrong and said so."""
        value: Tagged | None = Value(item.text)
        if "$" in item.text:
            value = self.reader.value(item, {"type": "string"}, self.kind.section)
        if value is None:
            return None
        if isinstance(value, Value) and isinstance(value.value, str) and value.value:
            return value.value
        self.reader.say("an entry is empty; remove it or write its text", item.line, self.kind.section)
        return None
