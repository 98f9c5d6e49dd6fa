"""The tags by which overlays say what becomes of what stands below them, and nodes without these tags. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.load.nodes import Entry, Mapping, Scalar, Sequence, plain_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.load.nodes import Node

APPEND, REMOVE, REPLACE, UNSET = "!append", "!remove", "!replace", "!unset"
VERBS = frozenset({APPEND, REMOVE, REPLACE, UNSET})


def leaves(node: Node, path: tuple[str, ...], line: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """The paths to all that a map holds, with their lines; whatever is no map, or empty, is its own leaf."""
    if not isinstance(node, Mapping) or not node.entries:
        yield path, line
        return
    for name, entry in node.entries.items():
        yield from leaves(entry.node, (*path, name), entry.line)


def empty(node: Node) -> bool:
    """Whether nothing is written there."""
    return isinstance(node, Scalar) and plain_value(node) is None


def inside(node: Node) -> Iterator[Node]:
    """A node and all that it holds, all the way down."""
    yield node
    match node:
        case Sequence(items):
            for item in items:
                yield from inside(item)
        case Mapping(entries):
            for entry in entries.values():
                yield from inside(entry.node)
        case _:
            pass


def cleaned(node: Node) -> Node:
    """A node without the tags of overlays, all the way down."""
    match node:
        case Scalar():
            return untagged(node) if node.tag in VERBS else node
        case Sequence(items, line, tag):
            return Sequence(tuple(map(cleaned, items)), line, None if tag in VERBS else tag)
        case Mapping(entries, line, tag):
            inner = {name: Entry(entry.line, cleaned(entry.node)) for name, entry in entries.items()}
            return Mapping(inner, line, None if tag in VERBS else tag)


def untagged(node: Node) -> Node:
    """A node without its own tag."""
    match node:
        case Scalar():
            return node._replace(tag=None)
        case Sequence(items, line):
            return Sequence(items, line)
        case Mapping(entries, line):
            return Mapping(entries, line)
