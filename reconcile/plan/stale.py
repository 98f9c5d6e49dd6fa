"""Whether the instance is still what a plan was made against, address by address."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from reconcile.diff import compare, digest
from reconcile.model import Action, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Change, Kind, Live, Object


class Staleness(StrEnum):
    """How a change stands to the instance as it is now."""

    FRESH = "fresh"
    DONE = "done"
    STALE = "stale"


def judge(kind: Kind, change: Change, live: Live) -> Staleness:
    """Hold one change against the instance: an object that is already as wanted is done, not stale."""
    objects = live.objects.get(kind.name)
    if objects is None:
        return Staleness.FRESH
    found = _find(change, objects)
    if change.action is Action.DELETE and found is None:
        return Staleness.DONE
    if found is None:
        return Staleness.FRESH if change.action is Action.CREATE else Staleness.STALE
    if change.live_digest and digest(kind, found.fields) == change.live_digest:
        return Staleness.FRESH
    return Staleness.DONE if _as_wanted(kind, change, found) else Staleness.STALE


def _find(change: Change, objects: Mapping[str, Object]) -> Object | None:
    by_key = objects.get(change.key)
    if change.action is Action.CREATE or by_key is not None:
        return by_key
    return next((item for item in objects.values() if change.id and item.id == change.id), None)


def _as_wanted(kind: Kind, change: Change, found: Object) -> bool:
    if change.action is Action.DELETE:
        return False
    if change.action is Action.REVERT:
        return found.fields.get(kind.overridden[0]) != kind.overridden[1]
    wanted = {name: value for name, value in change.body.items() if name in kind.fields}
    rest = [
        field for field in compare(kind, wanted, found.fields) if not isinstance(field.before, Unreadable)
    ]
    return (
        not rest
        and len(wanted) == len(change.body)
        and not any(kind.fields[name].write_only for name in wanted)
    )
