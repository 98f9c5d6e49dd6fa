"""reconcile.yml as it is written: its name, its parts, and how what is wrong with one is told. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.load.nodes import Mapping, Scalar, Sequence
from reconcile.model import Finding, Origin, Severity

if TYPE_CHECKING:
    from reconcile.load.nodes import Node

FILE_NAME = "reconcile.yml"


def wrong(message: str, line: int) -> Finding:
    """Something that is wrong with reconcile.yml, on that line."""
    return Finding(Severity.ERROR, "project", message, origin=Origin(FILE_NAME, line))


def line_at(node: Node, path: tuple[str | int, ...]) -> int:
    """The line of the deepest part of the path that exists."""
    line = node.line
    for part in path:
        if isinstance(node, Mapping) and part in node.entries:
            line, node = node.entries[str(part)]
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            line = node.line
    return line


def entry(node: Node | None, name: str) -> Node | None:
    """What stands under that key, if anything does."""
    found = node.entries.get(name) if isinstance(node, Mapping) else None
    return found.node if found else None


def text(node: Node | None, default: str = "") -> str:
    """A single value as it is written."""
    return node.text if isinstance(node, Scalar) else default
