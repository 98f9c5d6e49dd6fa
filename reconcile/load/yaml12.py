"""YAML files as nodes that know their line, read by the core schema of YAML 1.2. No I/O here.

The nodes are built from the parser's events: that is several times faster than PyYAML's own loaders, keeps the text
of every value as it was written, and leaves nothing to a constructor that could turn text into something else.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reconcile.load.builder import Builder
from reconcile.load.encoding import decode
from reconcile.load.events import BEST_PARSER, EventSource
from reconcile.load.nodes import Entry, Mapping, Node, Problem, Scalar, Sequence, Unreadable, plain_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Entry", "Mapping", "Node", "Problem", "Scalar", "Sequence", "plain_value", "read"]


def read(
    raw: bytes, *, tags: frozenset[str], parser: Callable[[str], EventSource] = BEST_PARSER
) -> tuple[Node | None, tuple[Problem, ...]]:
    """The content of one file, and all that is wrong with it, by line.

    The node is None for a file that is empty or that the parser gave up on. With any other Problem it is still there,
    so that its values can be checked too: the first of two equal keys counts, an unknown tag is left out, an alias
    of nothing is its own text. `tags` are the local tags (`!file`) that a value may carry.
    """
    try:
        text, problems = decode(raw)
    except Unreadable as stop:
        return None, (stop.problem,)
    builder = Builder(text, tags, problems)
    with _no_cyclic_collection():
        builder.consume(parser(text))
    return builder.root(), tuple(sorted(dict.fromkeys(builder.problems), key=lambda problem: problem.line))


@contextmanager
def _no_cyclic_collection() -> Iterator[None]:
    """Nodes hold no cycles, and looking for some among many nodes takes longer than making the nodes."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
