"""The proof after an apply: read and plan again until nothing is pending, or the bounded wait is over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.errors import AnswerError, ServiceError, StoppedError
from reconcile.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reconcile.clock import Clock
    from reconcile.model import Change, Outcome, Plan

PATIENCE = 20.0
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 2.0
_SENT = frozenset({Status.DONE, Status.UNCONFIRMED})


def settle(
    plan_again: Callable[[], Plan],
    outcomes: Iterable[Outcome],
    clock: Clock,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[Plan | None, tuple[Outcome, ...]]:
    """Wait until reads show what was written; reads trail behind writes by some seconds.

    Returns the last plan, and the outcomes with `unconfirmed` for what was answered as done and is still pending, and
    `done` for what was not answered and shows all the same. The plan is None where nothing could be read any more:
    then nothing is confirmed that was done. Once `stopped` says so, nothing more is waited for, and where that leaves
    nothing to read, outcomes stay as they were answered.
    """
    outcomes = tuple(outcomes)
    sent = {outcome.address for outcome in outcomes if outcome.status in _SENT}
    try:
        plan = _patiently(plan_again, sent, clock, stopped)
    except StoppedError:
        return None, outcomes
    except ServiceError as error:
        return None, tuple(_unread(outcome, error) for outcome in outcomes)
    pending = {change.address: change for change in plan.changes}
    return plan, tuple(_confirmed(outcome, pending) for outcome in outcomes)


def _patiently(
    plan_again: Callable[[], Plan], sent: set[str], clock: Clock, stopped: Callable[[], bool]
) -> Plan:
    deadline, pause = clock.now() + PATIENCE, _FIRST_PAUSE
    while True:
        last = clock.now() >= deadline or stopped()
        plan = _try(plan_again, last=last)
        if plan is not None and (last or not any(change.address in sent for change in plan.changes)):
            return plan
        clock.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def _try(plan_again: Callable[[], Plan], *, last: bool) -> Plan | None:
    """The plan, or None while pages of one list still show different moments."""
    try:
        return plan_again()
    except AnswerError:
        if last:
            raise
        return None


def _confirmed(outcome: Outcome, pending: Mapping[str, Change]) -> Outcome:
    """What reads have to say about an outcome."""
    change = pending.get(outcome.address)
    if outcome.status is Status.DONE and change is not None:
        reason = (
            f"the write was answered as done, and after {PATIENCE:.0f} s reads still show {_what(change)} "
            "as it was not meant; plan again"
        )
        return replace(outcome, status=Status.UNCONFIRMED, reason=reason, touched=True)
    if outcome.status is Status.UNCONFIRMED and change is None:
        reason = "the answer to the write was lost, and reads show that it took"
        return replace(outcome, status=Status.DONE, reason=reason, touched=False)
    return outcome


def _what(change: Change) -> str:
    """The fields that are still pending."""
    return ", ".join(dict.fromkeys(str(item.path[0]) for item in change.fields)) or "this"


def _unread(outcome: Outcome, error: ServiceError) -> Outcome:
    if outcome.status is not Status.DONE:
        return outcome
    reason = f"the write was answered as done, and could not be read again: {error}"
    return replace(outcome, status=Status.UNCONFIRMED, reason=reason, touched=True)
