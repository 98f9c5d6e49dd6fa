"""A change as lines of a diff: field by field, and long texts line by line with what stands around the difference."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reconcile.model import Absent, Action, Unreadable, Value
from reconcile.render.alike import alike
from reconcile.render.lines import hunks
from reconcile.render.markdown.quote import short, shown
from reconcile.render.words import in_words, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.model import Change, FieldChange, Json, Kind, Path, Tagged
    from reconcile.render.lines import Hunk, Line

_LONG = 60  # characters from which on a value gets lines of its own
_WIDE = 400  # characters of a line that are shown; of a longer one, those around the first difference
_AROUND = 100  # characters before that difference


def change_lines(change: Change) -> Iterator[str]:
    """What happens to one object."""
    if change.action is Action.REVERT:
        yield "! back to the service's own"
        return
    for field in change.fields:
        yield from _field(field)
        if same := alike(field.before, field.after):
            yield f"! {_name(field.path)} {same}"


def entry_line(kind: Kind, change: Change) -> str:
    """What happens to one entry of a list: its key, and beside it what else was said about it."""
    if change.action is Action.DELETE:
        return f"- {short(change.key)}"
    others = [
        f"{_name(item.path)}: {_told(item.after)}" for item in change.fields if item.path != (kind.key,)
    ]
    return f"+ {short(change.key)}" + (f"  ({', '.join(others)})" if others else "")


def _field(field: FieldChange) -> Iterator[str]:
    name = _name(field.path)
    before, after = side_by_side(field.before, field.after)
    if _is_long(before) or _is_long(after):
        yield f"@@ {name} @@{_word(before, after)}"
        yield from _long(before, after)
        return
    if isinstance(before, Unreadable):
        yield f"! {name}: {_told(after)}"
        return
    if not isinstance(before, Absent):
        yield f"- {name}: {_told(before)}"
    if not isinstance(after, Absent):
        yield f"+ {name}: {_told(after)}"


def _name(path: Path) -> str:
    return short(".".join(map(str, path)))


def _word(before: Tagged, after: Tagged) -> str:
    """What is to be said of the side that has no lines."""
    sides = ((before, "was"), (after, "will be"))
    told = [f"{word} {_told(side)}" for side, word in sides if not isinstance(side, (Value, Absent))]
    return f" {', '.join(told)}" if told else ""


def _long(before: Tagged, after: Tagged) -> Iterator[str]:
    """Two values line by line; where one of them has none, the other as it is."""
    if not isinstance(after, Value):
        yield from (f"- {_clip(line)}" for line in _text(before).split("\n"))
    elif not isinstance(before, Value):
        sign = "!" if isinstance(before, Unreadable) else "+"
        yield from (f"{sign} {_clip(line)}" for line in _text(after).split("\n"))
    else:
        for number, hunk in enumerate(hunks(_text(before), _text(after))):
            yield from _hunk(hunk, first=not number)


def _hunk(hunk: Hunk, *, first: bool) -> Iterator[str]:
    if not first or hunk.skipped:
        yield f"@@ line {hunk.lines[0].after or hunk.lines[0].before} @@"
    yield from (f"{line.sign} {_clip(line.text, line)}" for line in hunk.lines)


def _clip(text: str, line: Line | None = None) -> str:
    """A line as it is; of a very long one the part that matters, and how much is missing."""
    if len(text) <= _WIDE:
        return shown(text)
    start = max(0, line.marks[0].start - _AROUND) if line and line.marks else 0
    end = start + _WIDE
    head = f"({start:,} characters) …" if start else ""
    tail = f"… ({len(text) - end:,} characters)" if end < len(text) else ""
    return f"{head}{shown(text[start:end])}{tail}"


def _is_long(tagged: Tagged) -> bool:
    if not isinstance(tagged, Value):
        return False
    value = tagged.value
    if isinstance(value, str):
        return "\n" in value or len(value) > _LONG
    return isinstance(value, (list, dict)) and len(_json(value)) > _LONG


def _text(tagged: Tagged) -> str:
    """A value as lines: a text as it is, anything else as JSON over several lines."""
    value = tagged.value if isinstance(tagged, Value) else None
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2)


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _told(tagged: Tagged) -> str:
    """A value in a few words."""
    return in_words(tagged, lambda value: short(_json(value)), short)
