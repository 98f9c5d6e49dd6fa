"""One field of a change, before and after: on one line where it fits, as a line diff where it is a long text."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from reconcile.model import Absent, Action, Unreadable, Value
from reconcile.render.alike import alike
from reconcile.render.lines import hunks
from reconcile.render.terminal.style import columns, safe
from reconcile.render.words import in_words, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.model import Change, FieldChange, Json, Path, Tagged
    from reconcile.render.lines import Line, Span
    from reconcile.render.terminal.style import Style

INDENT = "    "
_DEEPER = "      "
_LONG = 60  # characters of a text from which on it is shown line by line
_CUT = 200  # characters of a value that is not compared with another
_TEXT = 12  # lines of a text that is new, or gone
_DIFF = 200  # lines of a diff
_ITEMS = 10  # entries of a list
_LINE = 400  # characters of a line, from which on only what stands around a change is shown
_AROUND = 80  # characters before and after a change in such a line
_MARKED = 400  # characters at both ends of a change in such a line


def field_lines(change: Change, field: FieldChange, style: Style) -> Iterator[str]:
    """The lines of one field."""
    known = change.action not in {Action.CREATE, Action.DELETE}  # otherwise all of it comes, or goes
    for path, before, after in _leaves(field.path, field.before, field.after):
        sign = "+" if isinstance(before, Absent) else "-" if isinstance(after, Absent) else ""
        indent = f"  {sign} " if sign and known else INDENT
        name = indent + safe(".".join(map(str, path)))
        yield from _leaf(change, name, *side_by_side(before, after), style)


def _leaves(path: Path, before: Tagged, after: Tagged) -> Iterator[tuple[Path, Tagged, Tagged]]:
    """What is new or gone as a whole is shown member by member, like what changes."""
    whole, gone = (after, False) if isinstance(before, Absent) else (before, True)
    members = whole.value if isinstance(whole, Value) else None
    if isinstance(before, Absent) is isinstance(after, Absent) or not (isinstance(members, dict) and members):
        yield path, before, after
        return
    for name, value in members.items():
        sides = (Value(value), after) if gone else (before, Value(value))
        yield from _leaves((*path, name), *sides)


def _leaf(change: Change, name: str, before: Tagged, after: Tagged, style: Style) -> Iterator[str]:
    old, new = _text(before), _text(after)
    if isinstance(before, Unreadable):
        note = (
            "" if change.action in {Action.CREATE, Action.ASSERT} else "  (cannot be read back, will be sent)"
        )
        yield f"{name}: {style.paint('!', show(after))}{style.paint('dim', note)}"
    elif old is not None and new is not None and (_is_long(old) or _is_long(new)):
        yield f"{name}:"
        yield from _difference(old, new, style)
    elif new is not None and isinstance(before, Absent) and _is_long(new):
        yield from _whole(name, new, "+", style)
    elif old is not None and isinstance(after, Absent) and _is_long(old):
        yield from _whole(name, old, "-", style)
    else:
        yield from _short(name, before, after, style)
    if same := alike(before, after):
        yield f"{_DEEPER}{style.paint('dim', f'({same})')}"


def _text(tagged: Tagged) -> str | None:
    return tagged.value if isinstance(tagged, Value) and isinstance(tagged.value, str) else None


def _is_long(text: str) -> bool:
    return "\n" in text or len(text) > _LONG


# --- values ---


def _short(name: str, before: Tagged, after: Tagged, style: Style) -> Iterator[str]:
    if isinstance(before, Absent):
        yield from _one(name, after, "+", style)
    elif isinstance(after, Absent):
        yield from _one(name, before, "-", style)
    else:
        old, new = show(before), show(after)
        if style.fits(f"{name}: {old} → {new}"):
            yield f"{name}: {style.paint('-', old)} → {style.paint('+', new)}"
        elif (items := _items(before, after)) is not None:
            yield f"{name}:"
            yield from _entries(*items, style)
        else:
            yield f"{name}:"
            yield f"{_DEEPER}{style.paint('-', f'-{old}')}"
            yield f"{_DEEPER}{style.paint('+', f'+{new}')}"


def _one(name: str, tagged: Tagged, sign: str, style: Style) -> Iterator[str]:
    items = _items(Value([]), tagged)
    if items is None or style.fits(f"{name}: {show(tagged)}"):
        yield f"{name}: {style.paint(sign, show(tagged))}"
        return
    yield f"{name}:"
    yield from _entries(*(items if sign == "+" else items[::-1]), style)


def _items(before: Tagged, after: Tagged) -> tuple[list[str], list[str]] | None:
    """Of two lists, what only the one and only the other holds; None where that would not tell everything."""
    sides = [one.value for one in (before, after) if isinstance(one, Value) and isinstance(one.value, list)]
    if len(sides) < 2:
        return None
    old, new = ([_json(entry) for entry in side] for side in sides)
    gone, added = Counter(old) - Counter(new), Counter(new) - Counter(old)
    if not gone and not added:  # only their order differs
        return None
    return list(gone.elements()), list(added.elements())


def _entries(gone: Sequence[str], added: Sequence[str], style: Style) -> Iterator[str]:
    for sign, entries in (("-", gone), ("+", added)):
        shown = entries if style.every else entries[:_ITEMS]
        yield from (f"{_DEEPER}{style.paint(sign, sign + _shortened(entry))}" for entry in shown)
        if len(shown) < len(entries):
            yield f"{_DEEPER}{style.paint('dim', _more(len(entries) - len(shown)))}"


def _more(count: int, what: str = "more") -> str:
    return f"… and {count:,} {what} (--all lists them)"


def show(tagged: Tagged) -> str:
    """A value on one line."""
    return in_words(tagged, lambda value: _shortened(_json(value)), safe)


def _json(value: Json) -> str:
    return safe(json.dumps(value, ensure_ascii=False))


def _shortened(text: str) -> str:
    return text if len(text) <= _CUT else f"{text[: _CUT - 40]}… ({len(text):,} characters)"


# --- texts ---


def _whole(name: str, text: str, sign: str, style: Style) -> Iterator[str]:
    """The beginning of a text that is new, or gone."""
    if "\n" not in text:
        yield f"{name}: {style.paint(sign, _shortened(_json(text)))}"
        return
    lines = text.split("\n")
    shown = lines if style.every else lines[:_TEXT]
    yield f"{name}:"
    yield from (f"{_DEEPER}{style.paint(sign, sign + _cropped(line, (), style))}" for line in shown)
    if len(shown) < len(lines):
        yield f"{_DEEPER}{style.paint('dim', _more(len(lines) - len(shown), 'more lines'))}"


def _difference(before: str, after: str, style: Style) -> Iterator[str]:
    """A line diff; without colour, what of a line differs stands below it, and takes the place of some context."""
    context = 2 if style.colour else 1
    lines = [
        shown for hunk in hunks(before, after, context) for shown in _hunk(hunk.lines, hunk.skipped, style)
    ]
    yield from lines if style.every else lines[:_DIFF]
    if len(lines) > _DIFF and not style.every:
        yield f"{_DEEPER}{style.paint('dim', _more(len(lines) - _DIFF, 'more lines'))}"


def _hunk(lines: Sequence[Line], skipped: int, style: Style) -> Iterator[str]:
    first = lines[0]
    if skipped:
        yield f"{_DEEPER}{style.paint('dim', f'@@ line {first.before or first.after} @@')}"
    for line in lines:
        yield from _line(line, style)


def _line(line: Line, style: Style) -> Iterator[str]:
    if line.sign == " ":
        yield f"{_DEEPER} {_cropped(line.text, (), style)}"
        return
    shown = _cropped(line.text, line.marks, style)
    if style.colour:
        yield _DEEPER + style.paint(line.sign, line.sign) + _painted(line, style)
        return
    yield f"{_DEEPER}{line.sign}{shown}"
    if line.marks:
        yield f"{_DEEPER}?{_pointers(line, style)}"


def _pieces(text: str, marks: Sequence[Span], style: Style) -> list[tuple[str, bool]]:
    """A line in pieces that are marked or not; of a very long one only what stands around the marks."""
    pieces, end = [], 0
    for start, stop in marks:
        pieces += [(text[end:start], False), (text[start:stop], True)]
        end = stop
    pieces.append((text[end:], False))
    if len(text) <= _LINE or style.every:
        return pieces
    return [
        (_ends(piece, _MARKED, _MARKED) if marked else _ends(piece, *_near(place, len(pieces))), marked)
        for place, (piece, marked) in enumerate(pieces)
    ]


def _near(place: int, count: int) -> tuple[int, int]:
    """How much of a piece that is no change stands next to one, at its beginning and at its end."""
    first, last = place == 0, place == count - 1
    return 0 if first and not last else _AROUND, 0 if last else _AROUND


def _ends(text: str, head: int, tail: int) -> str:
    """The beginning and the end of a text; what is between them is counted."""
    gone = len(text) - head - tail
    return text if gone <= _AROUND else f"{text[:head]}…({gone:,} characters)…{text[len(text) - tail :]}"


def _cropped(text: str, marks: Sequence[Span], style: Style) -> str:
    return "".join(safe(piece) for piece, _ in _pieces(text, marks, style))


def _painted(line: Line, style: Style) -> str:
    return "".join(
        style.paint(f"{line.sign} mark" if marked else line.sign, safe(piece))
        for piece, marked in _pieces(line.text, line.marks, style)
    )


def _pointers(line: Line, style: Style) -> str:
    """Carets below what is marked, in the columns in which it stands."""
    return "".join(
        "^" * columns(safe(piece))
        if marked
        else "".join("\t" if one == "\t" else " " * columns(one) for one in _spaced(safe(piece)))
        for piece, marked in _pieces(line.text, line.marks, style)
    ).rstrip()


def _spaced(text: str) -> list[str]:
    """The text cut at tabs, which keep their own width."""
    parts = text.split("\t")
    return [one for part in parts for one in (part, "\t")][:-1]
