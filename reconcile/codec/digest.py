"""One line that stands for what a plan does, the same each time the same commit is planned."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from reconcile.codec.values import encode_fields, encode_value
from reconcile.diff import canonical
from reconcile.model import Unreadable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from reconcile.model import Change, Fields, Json, Plan

    Unread = Mapping[str, Collection[str]]  # by address, the fields that cannot be read back


def plan_digest(plan: Plan) -> str:
    """Covers instance, changes and bodies: no origin, no finding, and the same with or without a receipt.

    What cannot be read back, and what goes along with it, counts the same whether it is about to be sent or was
    sent before; otherwise a fresh machine would see another plan than the one that holds the receipts. A masked copy
    has the digest of what it shows.
    """
    if plan.copy_of:
        return plan.copy_of
    unread = _unread(plan)
    changes = [change for change in plan.changes if not _all_unreadable(change)]
    among = {change.address for change in changes}
    rows: dict[str, Json] = {
        "instance": [plan.instance.id, plan.instance.environment_type],
        "changes": [_row(change, unread) for change in changes],
        "unreadable": _joined(_unreadable(plan)),
        "carried": _joined(row for row in _carried(plan, unread) if row[0] not in among),
    }
    return "sha256:" + hashlib.sha256(canonical(rows).encode("utf-8", "surrogatepass")).hexdigest()


def _joined(rows: Iterator[list[Json]]) -> str:
    """Rows in an order of their own, each once."""
    return "\n".join(sorted({canonical(row) for row in rows}))


def _all_unreadable(change: Change) -> bool:
    """Whether all of a change is about fields that cannot be read: sent for want of a receipt, or against one."""
    return bool(change.fields) and all(isinstance(field.before, Unreadable) for field in change.fields)


def _unread(plan: Plan) -> Unread:
    sent = [
        (change.address, field.path)
        for change in plan.changes
        for field in change.fields
        if isinstance(field.before, Unreadable)
    ]
    names: dict[str, set[str]] = {}
    for address, path in [*sent, *((item.address, item.path) for item in plan.unverified)]:
        names.setdefault(address, set()).add(str(path[0]))
    return names


def _row(change: Change, unread: Unread) -> Json:
    body = _told(change.address, change.body, unread)
    return [change.address, change.action.value, change.id, change.live_digest, encode_fields(body)]


def _told(address: str, body: Fields, unread: Unread) -> Fields:
    """A body without what has a row of its own, because it cannot be read back."""
    hidden = unread.get(address, ())
    return {name: value for name, value in body.items() if name not in hidden}


def _unreadable(plan: Plan) -> Iterator[list[Json]]:
    for change in plan.changes:
        for field in change.fields:
            if isinstance(field.before, Unreadable):
                yield [change.address, list(field.path), encode_value(field.after)]
    for item in plan.unverified:
        yield [item.address, list(item.path), encode_value(item.value)]


def _carried(plan: Plan, unread: Unread) -> Iterator[list[Json]]:
    """What goes along with fields that cannot be read back, where nothing else of the object changes."""
    bodies = [(change.address, change.body) for change in plan.changes if _all_unreadable(change)]
    bodies += [(item.address, item.carried) for item in plan.unverified]
    for address, body in bodies:
        yield [address, encode_fields(_told(address, body, unread))]
