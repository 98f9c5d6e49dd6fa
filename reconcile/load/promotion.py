"""`promote` of reconcile.yml: what is called differently in each environment, and what may stay. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.load.manifest import FILE_NAME
from reconcile.load.nodes import Mapping, Scalar, Sequence
from reconcile.model import Counterpart, Origin
from reconcile.validate.explain import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from reconcile.load.nodes import Node


def counterparts(
    node: Node | None, known: Collection[str], say: Callable[[str, int], None]
) -> Iterator[Counterpart]:
    """The rows of `promote.map`; an environment that does not exist is said."""
    for row in _items(node, "map"):
        texts: dict[str, str] = {}
        for name, (line, text) in row.entries.items() if isinstance(row, Mapping) else ():
            if name in known:
                texts[name] = text.text if isinstance(text, Scalar) else ""
            else:
                say(f"promote.map: there is no environment {name!r}; {suggest(name, known)}", line)
        yield Counterpart(texts, Origin(FILE_NAME, row.line))


def kept(node: Node | None) -> Iterator[tuple[str, Origin]]:
    """What `promote.keep` names, and where."""
    for item in _items(node, "keep"):
        yield item.text if isinstance(item, Scalar) else "", Origin(FILE_NAME, item.line)


def _items(node: Node | None, name: str) -> tuple[Node, ...]:
    entry = node.entries.get(name) if isinstance(node, Mapping) else None
    return entry.node.items if entry and isinstance(entry.node, Sequence) else ()
