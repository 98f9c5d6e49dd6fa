"""How much there is to do, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconcile.model import Action

if TYPE_CHECKING:
    from reconcile.model import Plan


@dataclass(frozen=True, slots=True)
class Summary:
    """Objects by what happens to them, and fields that cannot be read back."""

    create: int
    update: int
    replace: int
    delete: int
    revert: int
    assert_: int
    unverified: int
    noop: int
    unmanaged: int


def summarise(plan: Plan) -> Summary:
    """Count the changes of a plan."""
    count = Counter(change.action for change in plan.changes)
    return Summary(
        create=count[Action.CREATE],
        update=count[Action.UPDATE],
        replace=count[Action.REPLACE],
        delete=count[Action.DELETE],
        revert=count[Action.REVERT],
        assert_=count[Action.ASSERT],
        unverified=len(plan.unverified),
        noop=len(plan.in_sync),
        unmanaged=len(plan.unmanaged),
    )
