"""The proof after an apply: read and plan again until nothing is pending, or the bounded wait is over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.errors import AnswerError
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
    while (plan := _try(plan_again, last=clock.now() >= deadline)) is None or _pending(plan, done):
        if plan is not None and clock.now() >= deadline:
            break
        clock.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
    pending = _pending(plan, done)
    return plan, tuple(
        _unconfirmed(outcome) if outcome.address in pending else outcome for outcome in outcomes
    )


def _try(plan_again: Callable[[], Plan], *, last: bool) -> Plan | None:
    """The plan, or None while pages of one list still show different moments."""
    try:
        return plan_again()
    except AnswerError:
        if last:
            raise
        return None


def _pending(plan: Plan, done: set[str]) -> set[str]:
    return {change.address for change in plan.changes} & done


def _unconfirmed(outcome: Outcome) -> Outcome:
    reason = f"the write was answered as done, and reads still show the old state after {PATIENCE:.0f} s; plan again"
    return replace(outcome, status=Status.UNCONFIRMED, reason=reason)
