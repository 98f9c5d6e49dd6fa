"""A plan as the page's script reads it: every long text in it once, and differences as line numbers. No I/O here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from reconcile.diff import normalise, text
from reconcile.model import Absent, Ref, Secret, Unreadable, Value
from reconcile.render.alike import alike
from reconcile.render.html.preview import preview
from reconcile.render.lines import hunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.model import Change, Field, FieldChange, Json, Kind, Path, Plan, Tagged
    from reconcile.render.html.preview import Whole
    from reconcile.render.lines import Hunk, Line

_LONG = 80


@dataclass(frozen=True, slots=True)
class _Texts:
    """Long texts, each once; it grows while the content is put together."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, long: str) -> int:
        """The place of a text."""
        return self.numbers.setdefault(long, len(self.numbers))


def content(plan: Plan, kinds: Mapping[str, Kind]) -> dict[str, Json]:
    """Everything that the page shows on demand; long texts are places in `texts`."""
    texts = _Texts()
    changes: list[Json] = [_change(kinds[change.kind], change, texts) for change in plan.changes]
    used = dict.fromkeys(change.kind for change in plan.changes)
    return {
        "kinds": {
            name: {
                "section": kinds[name].section,
                "entries": bool(kinds[name].entries),
                "key": kinds[name].key,
            }
            for name in used
        },
        "changes": changes,
        "unverified": [
            f"{item.address}: {path_text(item.path)}, last sent {item.at}" for item in plan.unverified
        ],
        "unmanaged": list(plan.unmanaged),
        "in_sync": list(plan.in_sync),
        "texts": list(texts.numbers),
    }


def path_text(path: Path) -> str:
    """Where a value stands inside its object."""
    return ".".join(map(str, path))


def _change(kind: Kind, change: Change, texts: _Texts) -> Json:
    changed = {str(item.path[0]) for item in change.fields}
    optional: dict[str, Json] = {
        "origin": str(change.origin or ""),
        "id": change.id,
        "needs": list(change.needs),
        "along": [name for name in change.body if name not in changed],
        "preview": _preview(kind, change, texts),
    }
    return {
        "address": change.address,
        "kind": change.kind,
        "key": change.key,
        "action": change.action.value,
        "fields": [_field(kind.fields.get(str(item.path[0])), item, texts) for item in change.fields],
        **{name: value for name, value in optional.items() if value},
    }


def _field(known: Field | None, change: FieldChange, texts: _Texts) -> Json:
    before, after = (_normal(known, side) for side in (change.before, change.after))
    same = alike(before, after)
    head: dict[str, Json] = {"path": path_text(change.path), **({"alike": same} if same else {})}
    if not (_is_long(before) or _is_long(after)) or isinstance(before, (Secret, Ref)):
        return {**head, "before": _side(before), "after": _side(after)}
    old, new = (side or None for side in _lines(before, after))  # an empty text has no lines
    return {
        **head,
        "old": texts.number(old) if old is not None else None,
        "new": texts.number(new) if new is not None else None,
        "unread": isinstance(before, Unreadable),
        "hunks": [_hunk(one) for one in hunks(old, new)] if old is not None and new is not None else [],
    }


def _normal(known: Field | None, side: Tagged) -> Tagged:
    """A value without what does not count for its field."""
    if known is None or not isinstance(side, Value):
        return side
    return Value(normalise(known, side.value))


def _is_long(side: Tagged) -> bool:
    if not isinstance(side, Value):
        return False
    return len(_json(side.value)) > _LONG or (isinstance(side.value, str) and "\n" in side.value)


def _lines(*sides: Tagged) -> Iterator[str | None]:
    """Both sides as texts of many lines; JSON for both, unless both are texts."""
    values = [side.value for side in sides if isinstance(side, Value)]
    plain = all(isinstance(value, str) for value in values)
    for side in sides:
        if not isinstance(side, Value):
            yield None
        else:
            yield str(side.value) if plain else _json(side.value, indent=2)


def _json(value: Json, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, sort_keys=indent is not None)


def _side(side: Tagged) -> Json:
    match side:
        case Value(value):
            return {"value": _json(value)}
        case Secret(name, _):
            return {"secret": name}
        case Ref(address):
            return {"ref": address}
        case Absent():
            return None
        case Unreadable():
            return {"unread": True}
        case _:
            assert_never(side)


def _hunk(hunk: Hunk) -> Json:
    return {"skipped": hunk.skipped, "lines": [_line(line) for line in hunk.lines]}


def _line(line: Line) -> Json:
    """Numbers of the line on both sides, 0 where it is missing, and from where to where it differs."""
    return [line.before, line.after, *(place for mark in line.marks for place in mark)]


def _preview(kind: Kind, change: Change, texts: _Texts) -> Json:
    found = preview(kind, change)
    if found is None:
        return None
    shown, before, after = found
    return {"as": shown, "before": _whole(before, texts), "after": _whole(after, texts)}


def _whole(whole: Whole | None, texts: _Texts) -> Json:
    if whole is None:
        return None
    return {
        part: texts.number(text(str(value))) if part in _LONG_PARTS else value
        for part, value in whole.items()
    }


_LONG_PARTS = frozenset({"html", "text"})
