"""Where variables are filled in: whoever wants to change a value has to know that it is made of others. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.load.nodes import Mapping as MapNode
from reconcile.load.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.load.nodes import Node
    from reconcile.model import Path


def filled(path: Path, node: Node) -> Iterator[tuple[Path, str]]:
    """The values below a path that variables are filled into."""
    if isinstance(node, Scalar):
        if node.tag is None and "${var." in node.text.replace("$${", ""):
            yield path, node.text
        return
    parts = (
        ((name, entry.node) for name, entry in node.entries.items())
        if isinstance(node, MapNode)
        else enumerate(node.items)
    )
    for part, inner in parts:
        yield from filled((*path, part), inner)
