"""Whether the instance is still what a plan was made against, address by address, and if not, what has changed."""

from __future__ import annotations

import json
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from reconcile.diff import as_compared, compare, digest, equal, explain, normalise
from reconcile.model import (
    ABSENT,
    UNREADABLE,
    Action,
    FieldChange,
    Finding,
    Match,
    Memory,
    Ref,
    Severity,
    Unreadable,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.model import Change, Fields, Json, Kind, Live, Object, Tagged

_FRESH = Memory()
_LONG = 60
_BEFORE = 20  # characters of what two long values have in common that are shown


class Staleness(StrEnum):
    """How a change stands to the instance as it is now."""

    FRESH = "fresh"
    DONE = "done"
    STALE = "stale"


class Took(StrEnum):
    """Whether the instance shows what a change was to bring about."""

    YES = "yes"
    NO = "no"
    UNSEEN = "unseen"  # nothing of it can be read back


def took(kind: Kind, change: Change, live: Live, memory: Memory = _FRESH) -> Took:
    """Whether a change of which nobody knows what became has been carried out, as far as that can be read."""
    if kind.name not in live.objects:
        return Took.UNSEEN
    left = remaining(kind, change, live, memory)
    if left is None:
        return Took.YES
    if left is change or not all(isinstance(item.before, Unreadable) for item in left.fields):
        return Took.NO
    meant, unread = ({item.path[0] for item in one.fields} for one in (change, left))
    return Took.UNSEEN if meant <= unread else Took.YES


def judge(kind: Kind, change: Change, live: Live, memory: Memory = _FRESH) -> Staleness:
    """Hold one change against the instance: an object that is already as wanted is done, not stale."""
    objects = live.objects.get(kind.name)
    if objects is None:
        return Staleness.STALE if change.live_digest else Staleness.FRESH
    found = _find(change, objects)
    if _as_planned(kind, change, found):
        return Staleness.FRESH
    return Staleness.STALE if remaining(kind, change, live, memory) else Staleness.DONE


def remaining(kind: Kind, change: Change, live: Live, memory: Memory = _FRESH) -> Change | None:
    """What of a change the instance does not show yet, as far as it can be read; None where that is nothing."""
    objects = live.objects.get(kind.name)
    if kind.name in live.missing:
        return None
    found = _find(change, objects) if objects is not None else None
    if change.action is Action.DELETE:
        return change if found else None
    if change.action is Action.REVERT:
        reverted = found is not None and found.fields.get(kind.overridden[0]) != kind.overridden[1]
        return None if reverted else change
    if found is None and objects is not None:
        return change
    fields = _left(kind, change, found, memory)
    return replace(change, fields=fields) if fields else None


def stale_findings(kind: Kind, change: Change, live: Live, memory: Memory = _FRESH) -> Iterator[Finding]:
    """What has changed about the object of a stale change: what it was when this was planned, and what it is now."""
    objects = live.objects.get(kind.name)
    for message in _reasons(kind, change, objects, memory):
        yield Finding(Severity.REFUSAL, "stale", message, change.address, change.origin)


def _find(change: Change, objects: Mapping[str, Object]) -> Object | None:
    by_key = objects.get(change.key)
    if change.action is Action.CREATE or by_key is not None:
        return by_key
    return next((item for item in objects.values() if change.id and item.id == change.id), None)


def _as_planned(kind: Kind, change: Change, found: Object | None) -> bool:
    if change.action is Action.CREATE:
        return found is None
    return found is not None and digest(kind, found.fields) == change.live_digest


def _left(kind: Kind, change: Change, found: Object | None, memory: Memory) -> tuple[FieldChange, ...]:
    """Every field of a body that the object does not have, or that neither a call nor a receipt tells it to have."""
    body = dict(_read_form(kind, change.body))
    wanted = {
        name: value
        for name, value in body.items()
        if name in kind.fields
        and not (found and name == kind.key and found.key == change.key)  # it was found by its key
        and not _rewritten(kind, change, name, value, found, memory)
    }
    unknown = (FieldChange((name,), UNREADABLE, body[name]) for name in body if name not in kind.fields)
    differences = (*compare(kind, wanted, found.fields if found else None), *unknown)
    return tuple(item for item in differences if not _vouched(change, item, memory))


def _vouched(change: Change, item: FieldChange, memory: Memory) -> bool:
    """Whether a receipt says that a field which cannot be read back was sent."""
    unread = isinstance(item.before, Unreadable)
    return unread and memory.recall(change.address, item.path, item.after).match is Match.SAME


def _rewritten(
    kind: Kind, change: Change, name: str, value: Tagged, found: Object | None, memory: Memory
) -> bool:
    """Whether a field is in the form that the service is known to give to this value."""
    if found is None or name not in found.fields or not isinstance(value, Value):
        return False
    got, wanted = as_compared(kind, name, found.fields[name], value.value)
    return memory.rewritten(change.address, name, wanted, got)


def _read_form(kind: Kind, body: Fields) -> Iterator[tuple[str, Tagged]]:
    """The fields of a body as they are read: a reference under its own name, and as a key."""
    by_id = {reference.written_as: name for name, reference in kind.references.items()}
    for name, value in body.items():
        if isinstance(value, Ref) and name in by_id:
            yield by_id[name], Value(value.address.partition("/")[2])
        else:
            yield name, value


def _reasons(
    kind: Kind, change: Change, objects: Mapping[str, Object] | None, memory: Memory
) -> Iterator[str]:
    if objects is None:
        yield "could be read when this was planned, and cannot be read now"
        return
    found = _find(change, objects)
    if found is None:
        yield "was there when this was planned, and is gone"
    elif change.action is Action.CREATE:
        yield "was not there when this was planned, and is there now"
        yield from map(_planned, _left(kind, change, found, memory))
    else:
        yield from _moves(kind, change, found)


def _planned(item: FieldChange) -> str:
    if isinstance(item.before, Unreadable):
        return f"{_name(item)} cannot be read back"
    planned, now = _shortened(item.after, item.before)
    return f"{_name(item)} is planned as {planned}, and is {now}"


def _moves(kind: Kind, change: Change, found: Object) -> Iterator[str]:
    """What an object was and is, field by field, as far as the plan knows what it was."""
    if change.id and found.id != change.id:
        yield f"was removed and made again: its id was {change.id}, and is {found.id}"
        return
    moved = tuple(_since(kind, _before(change), found.fields))
    for item in moved:
        before, now = _shortened(item.before, item.after)
        yield f"{_name(item)} was {before} when this was planned, and is {now}"
    if not moved:
        yield "changed since this was planned, in a field that this version does not know"


def _before(change: Change) -> Mapping[str, Json]:
    """What the object was; one that goes is described by its fields alone."""
    gone = {str(item.path[0]): item.before for item in change.fields if change.action is Action.DELETE}
    return {name: item.value for name, item in {**gone, **change.live}.items() if isinstance(item, Value)}


def _since(kind: Kind, before: Mapping[str, Json], now: Mapping[str, Json]) -> Iterator[FieldChange]:
    for name in sorted({*before, *now} & kind.fields.keys()):
        if name not in now:
            yield FieldChange((name,), Value(before[name]), ABSENT)
        elif name not in before:
            yield FieldChange((name,), ABSENT, Value(now[name]))
        else:
            one, other = (normalise(kind.fields[name], side[name]) for side in (before, now))
            yield from () if equal(one, other) else explain((name,), one, other)


def _name(item: FieldChange) -> str:
    return ".".join(map(str, item.path))


def _shortened(*sides: Tagged) -> tuple[str, ...]:
    """Two values in one line each; of long ones, the part where they begin to differ."""
    texts = [json.dumps(side.value, ensure_ascii=False) if isinstance(side, Value) else "" for side in sides]
    same = next((at for at, pair in enumerate(zip(*texts, strict=False)) if len(set(pair)) > 1), 0)
    start = max(same - _BEFORE, 0) if max(map(len, texts)) > _LONG else 0
    return tuple(_excerpt(text, start) or "not there" for text in texts)


def _excerpt(text: str, start: int) -> str:
    part = text[start : start + _LONG]
    return f"{'…' if start else ''}{part}{'…' if start + _LONG < len(text) else ''}"
