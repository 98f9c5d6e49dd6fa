"""Texts with `${var.NAME}` in them that have to say something else: which variables can stay. No I/O here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.edit.spelling import escaped
from reconcile.load.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.load.nodes import Node
    from reconcile.model import Json

_HOLE = re.compile(r"\$\$\{|\$\{var\.([A-Za-z_][A-Za-z0-9_-]*)\}")
_SHORTEST = 4
"""Characters of a value from which on finding it in a text is no accident."""


def holds_variable(text: str) -> bool:
    """Whether any variable stands in a text."""
    return any(found[1] for found in _HOLE.finditer(text))


def with_variables(written: str, variables: Mapping[str, Node], wanted: Json) -> str | None:
    """The wanted text with the variables of the written one in it; None where it is not clear where they belong.

    Clear is where each value stands in the wanted text exactly once, in the same order, as a word of its own.
    """
    if not isinstance(wanted, str):
        return None
    parts, place = [], 0
    for hole, value in _values(written, variables):
        found = wanted.find(value)
        if len(value) < _SHORTEST or found < place or wanted.count(value) != 1:
            return None
        if not _alone(wanted, found, found + len(value)):
            return None
        parts += [str(escaped(wanted[place:found])), hole]
        place = found + len(value)
    return "".join([*parts, str(escaped(wanted[place:]))])


def _values(written: str, variables: Mapping[str, Node]) -> Iterator[tuple[str, str]]:
    for found in _HOLE.finditer(written):
        if found[1]:
            node = variables.get(found[1])
            yield found[0], node.text if isinstance(node, Scalar) else ""


def _alone(text: str, start: int, end: int) -> bool:
    """Whether neither a letter nor a digit goes on where a value begins or ends."""
    before, behind = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() and text[start].isalnum()) and not (
        behind.isalnum() and text[end - 1].isalnum()
    )
