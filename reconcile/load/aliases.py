"""What `&name` marks and `*name` repeats, and how much all the repeating comes to. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconcile.load.nodes import Mapping, Node, Problem, Scalar, Sequence, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 64
"""Levels of nesting, those reached through an alias included."""

MOST_ALIASED = 1_000_000
"""Nodes that the aliases of one file may stand for: enough for people, too few for a file made to exhaust memory."""


class _Measured(NamedTuple):
    """How large and deep a list or map is with its aliases written out; holding it keeps its id from being reused."""

    node: Node
    size: int
    depth: int


class Aliases:
    """The marked nodes of one file by name; a later mark of the same name replaces an earlier one."""

    def __init__(self) -> None:
        self._marked: dict[str, Node | None] = {}  # None while the list or map is open
        self._measured: dict[int, _Measured] = {}
        self._total = 0

    def __contains__(self, name: str) -> bool:
        return name in self._marked

    def open(self, name: str | None) -> None:
        """Note that a marked list or map begins: until it is closed, it cannot be repeated."""
        if name is not None:
            self._marked[name] = None

    def close(self, name: str | None, node: Node) -> None:
        """Note a marked node, unless something inside of it has taken its name."""
        if name is not None and self._marked.get(name) is None:
            self._marked[name] = node

    def resolve(self, name: str) -> Node | None:
        """The node of that name, if it is complete."""
        return self._marked.get(name)

    def count(self, node: Node, line: int, levels: int) -> None:
        """Add one repetition, `levels` deep in the file; raises Unreadable when it is one too many or too deep."""
        size, depth = self._measure(node)
        self._total += size
        if self._total > MOST_ALIASED:
            message = (
                f"the aliases of this file stand for more than {MOST_ALIASED:,} values; write fewer of them"
            )
            raise Unreadable(Problem(line, message))
        if levels + depth > DEEPEST:
            raise too_deep(line)

    def _measure(self, node: Node) -> tuple[int, int]:
        # no deeper than the file is nested: what an earlier alias stands for has been measured then
        if isinstance(node, Scalar):
            return 1, 0
        known = self._measured.get(id(node))
        if known is None:
            inner = [self._measure(child) for child in _children(node)]
            size, depth = (
                1 + sum(size for size, _ in inner),
                1 + max((depth for _, depth in inner), default=0),
            )
            known = self._measured[id(node)] = _Measured(node, size, depth)
        return known.size, known.depth


def too_deep(line: int) -> Unreadable:
    """Says that lists and maps are nested too deeply on this line."""
    return Unreadable(Problem(line, f"more than {DEEPEST} levels of lists and maps; write it with fewer"))


def _children(node: Sequence | Mapping) -> Iterator[Node]:
    return iter(node.items) if isinstance(node, Sequence) else (entry.node for entry in node.entries.values())
