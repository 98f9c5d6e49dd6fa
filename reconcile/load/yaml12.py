"""YAML files as nodes that know their line, read by the core schema of YAML 1.2. No I/O here.

The nodes are built from the parser's events: that is several times faster than PyYAML's own loaders, keeps the text
of every value as it was written, and leaves nothing to a constructor that could turn text into something else.
"""

from __future__ import annotations

import gc
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import yaml

from reconcile.load.builder import Builder
from reconcile.load.encoding import LINE_END, decode
from reconcile.load.events import BEST_PARSER, EventSource
from reconcile.load.nodes import (
    Entry,
    Mapping,
    Node,
    Problem,
    Scalar,
    Sequence,
    Unreadable,
    plain_value,
)
from reconcile.load.verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Entry", "Mapping", "Node", "Problem", "Scalar", "Sequence", "plain_value", "read"]

_CLOSING = frozenset("]},")
_CLOSED_TAG = re.compile(r"![a-z]+(?=[\]},])")


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
    text = apart(text, tags, parser)
    builder = Builder(text, tags, problems)
    with _no_cyclic_collection():
        builder.consume(parser(text))
    return builder.root(), tuple(sorted(dict.fromkeys(builder.problems), key=lambda problem: problem.line))


def apart(text: str, tags: frozenset[str], parser: Callable[[str], EventSource] = BEST_PARSER) -> str:
    """The text with a space behind each tag that stands alone before a bracket or comma.

    `{name: !unset}` is fine by YAML 1.2, and the parsers that follow 1.1 want `{name: !unset }`. Only they know which
    of such characters are not part of a text, so the space goes where they stop.
    """
    for _ in () if tags.isdisjoint(VERBS) else _CLOSED_TAG.findall(text):
        place = _stops_at(text, parser)
        before = text[:place]
        if place is None or not before.endswith(tuple(tags)) or text[place] not in _CLOSING:
            break
        text = f"{before} {text[place:]}"
    return text


def _stops_at(text: str, parser: Callable[[str], EventSource]) -> int | None:
    """Where a parser cannot go on, or has taken a bracket for a part of a tag, as an index into the text."""
    events = parser(text)
    starts = [0, *(end.end() for end in LINE_END.finditer(text))]
    try:
        while type(event := events.get_event()) is not yaml.StreamEndEvent:
            tag = getattr(event, "tag", None) or ""
            if closing := re.search(r"[\],]", tag):
                begin = starts[event.start_mark.line] + event.start_mark.column
                return text.index(tag, begin) + closing.start()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return None if mark is None else min(starts[mark.line] + mark.column, len(text) - 1)
    return None


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
