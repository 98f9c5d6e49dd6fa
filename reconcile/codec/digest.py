"""One line that stands for what a plan does, the same each time the same commit is planned."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from reconcile.codec.values import encode_fields, encode_value
from reconcile.diff import canonical
from reconcile.model import Secret, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.model import Change, Json, Plan


def plan_digest(plan: Plan) -> str:
    """Covers instance, changes and bodies: no origin, no finding, and the same with or without a receipt.

    What cannot be read back counts the same whether it is about to be sent or was sent before; otherwise a
    fresh machine would see another plan than the one that holds the receipts.
    """
    rows: dict[str, Json] = {
        "instance": [plan.instance.id, plan.instance.environment_type],
        "changes": [_row(change) for change in plan.changes if not _all_unreadable(change)],
        "unreadable": "\n".join(sorted({canonical(row) for row in _unreadable(plan)})),
    }
    return "sha256:" + hashlib.sha256(canonical(rows).encode()).hexdigest()


def _all_unreadable(change: Change) -> bool:
    """Whether all of a change is about fields that cannot be read: sent for want of a receipt, or against one."""
    return bool(change.fields) and all(isinstance(field.before, Unreadable) for field in change.fields)


def _row(change: Change) -> Json:
    unreadable = {str(field.path[0]) for field in change.fields if isinstance(field.before, Unreadable)}
    hidden = {name for name, value in change.body.items() if name in unreadable or isinstance(value, Secret)}
    body = {name: value for name, value in change.body.items() if name not in hidden}
    return [change.address, change.action.value, change.id, change.live_digest, encode_fields(body)]


def _unreadable(plan: Plan) -> Iterator[list[Json]]:
    for change in plan.changes:
        for field in change.fields:
            if isinstance(field.before, Unreadable):
                yield [change.address, list(field.path), encode_value(field.after)]
    for item in plan.unverified:
        yield [item.address, list(item.path), encode_value(item.value)]
