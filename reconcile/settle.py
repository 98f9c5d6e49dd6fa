"""The proof after an apply: read and plan again until nothing is pending, or the bounded wait is over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reconcile.clock import Clock
    from reconcile.model import Outcome, Plan

PATIENCE = 20.0
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 2.0


def settle(
    plan_again: Callable[[], Plan], outcomes: Iterable[Outcome], clock: Clock
) -> tuple[Plan, tuple[Outcome, ...]]:
    """Wait until reads show what was written; reads trail behind writes by some seconds.

    Returns the last plan, and the outcomes with `unconfirmed` for what was answered as done and is still pending.
    """
    outcomes = tuple(outcomes)
    done = {outcome.address for outcome in outcomes if outcome.status is Status.DONE}
    deadline, pause = clock.now() + PATIENCE, _FIRST_PAUSE
    plan = plan_again()
    while _pending(plan, done) and clock.now() < deadline:
        clock.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
        plan = plan_again()
    pending = _pending(plan, done)
    return plan, tuple(
        _unconfirmed(outcome) if outcome.address in pending else outcome for outcome in outcomes
    )


def _pending(plan: Plan, done: set[str]) -> set[str]:
    return {change.address for change in plan.changes} & done


def _unconfirmed(outcome: Outcome) -> Outcome:
    reason = f"the write was answered as done, and reads still show the old state after {PATIENCE:.0f} s; plan again"
    return replace(outcome, status=Status.UNCONFIRMED, reason=reason)
