from __future__ import annotations

from reconcile.model import Action, Plan, Unverified, Value
from reconcile.plan import summarise
from tests.plan.things import INSTANCE, change


def test_objects_are_counted_by_what_happens_to_them() -> None:
    actions = (Action.CREATE, Action.CREATE, Action.UPDATE, Action.DELETE, Action.REVERT, Action.ASSERT)
    plan = Plan(
        "local",
        INSTANCE,
        changes=tuple(change(str(number), action) for number, action in enumerate(actions)),
        unverified=(Unverified("thing/a", ("secret",), Value("x"), "then"),),
        in_sync=("thing/x", "thing/y"),
        unmanaged=("thing/z",),
    )

    count = summarise(plan)

    assert (count.create, count.update, count.replace, count.delete) == (2, 1, 0, 1)
    assert (count.revert, count.assert_, count.unverified, count.noop, count.unmanaged) == (1, 1, 1, 2, 1)
