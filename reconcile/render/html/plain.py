"""The changes as plain text, for a page whose script does not run. Bounded, and honest about it. No I/O here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, assert_never

from reconcile.model import Absent, Ref, Secret, Unreadable, Value
from reconcile.render.html.content import path_text
from reconcile.render.lines import hunks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.model import Change, FieldChange, Tagged

CHANGES = 1_000
_LINES = 120
_WIDTH = 400


@dataclass(frozen=True, slots=True)
class PlainChange:
    """One change in words."""

    sign: str
    action: str
    address: str
    text: str


def plain(change: Change, sign: str) -> PlainChange:
    """A change with the lines of its fields, cut where they are many."""
    lines = list(islice((line for item in change.fields for line in _field(item)), _LINES + 1))
    cut = ["… more lines, which the page shows where scripts may run"] if len(lines) > _LINES else []
    return PlainChange(
        sign, change.action.value, change.address, "\n".join([*map(_short, lines[:_LINES]), *cut])
    )


def _short(line: str) -> str:
    return line if len(line) <= _WIDTH else f"{line[:_WIDTH]}… ({len(line):,} characters)"


def _field(item: FieldChange) -> Iterator[str]:
    name, before, after = path_text(item.path), item.before, item.after
    old, new = _lines(before), _lines(after)
    if old is not None and new is not None:
        yield f"{name}:"
        yield from _difference(old, new)
    elif isinstance(before, Absent):
        yield f"{name}: {_words(after)}"
    elif isinstance(before, Unreadable):
        yield f"{name}: {_words(after)} (cannot be read back, will be sent)"
    else:
        yield f"{name}: {_words(before)} → {_words(after)}"


def _lines(side: Tagged) -> str | None:
    shown = side.value if isinstance(side, Value) else None
    return shown if isinstance(shown, str) and "\n" in shown else None


def _difference(old: str, new: str) -> Iterator[str]:
    for hunk in hunks(old, new):
        yield f"  @@ line {hunk.lines[0].before or hunk.lines[0].after} @@"
        yield from (f"  {line.sign}{line.text}" for line in hunk.lines)


def _words(side: Tagged) -> str:
    match side:
        case Value(value):
            return json.dumps(value, ensure_ascii=False)
        case Secret(name, _):
            return f"(secret from {name})"
        case Ref(address):
            return f"(id of {address})"
        case Absent():
            return "(nothing)"
        case Unreadable():
            return "(cannot be read)"
        case _:
            assert_never(side)
