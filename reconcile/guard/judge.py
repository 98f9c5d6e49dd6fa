"""All guards over one plan. A plan that was judged before is judged anew. No I/O here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.guard import deletes, lockout, touched
from reconcile.guard.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reconcile.model import Desired, Finding, Kind, Live, Plan, Rules

_GUARDS: Mapping[str, tuple[Callable[[Scene], Iterator[Finding]], ...]] = {
    "lock-out": (lockout.nobody_admitted, lockout.nothing_left),
    "protected": (touched.protected,),
    "protected-environment": (deletes.in_a_protected_environment,),
    "allow-delete": (deletes.too_many_for_the_caller,),
    "emptied": (deletes.emptied,),
    "max-delete": (deletes.too_many,),
    "max-change": (touched.too_many,),
    "delivery": (touched.handed_over,),
    "notify": (touched.messages,),
}
GUARD_RULES = frozenset(_GUARDS)


def guard(plan: Plan, kinds: Mapping[str, Kind], desired: Desired, live: Live, rules: Rules) -> Plan:
    """The plan with a refusal for each thing that it must not do, judged on what is there after it."""
    scene = Scene(plan, kinds, desired, live, rules)
    found = (finding for guards in _GUARDS.values() for one in guards for finding in one(scene))
    return replace(plan, findings=(*unguarded(plan).findings, *found))


def unguarded(plan: Plan) -> Plan:
    """The plan as it was before any guard saw it: what they said holds for the moment at which they said it."""
    return replace(plan, findings=tuple(item for item in plan.findings if item.rule not in GUARD_RULES))
