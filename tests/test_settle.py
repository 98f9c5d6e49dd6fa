"""The proof: what reads have to say about outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconcile.errors import AnswerError, UnreachableError
from reconcile.model import ABSENT, Action, FieldChange, Outcome, Plan, Status, Value
from reconcile.settle import PATIENCE, settle
from tests.plan.things import INSTANCE, change

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab import FakeClock

PENDING = Plan("local", INSTANCE, (change("a", fields=(FieldChange(("size",), ABSENT, Value(1)),)),))
CALM = Plan("local", INSTANCE)


def outcome(status: Status, reason: str = "") -> Outcome:
    touched = status is not Status.DONE
    return Outcome("thing/a", Action.UPDATE, status, reason, touched=touched)


def in_turn(*plans: Plan | Exception) -> Callable[[], Plan]:
    """Plans one after the other, the last one for ever; an error is raised."""
    rest = list(plans)

    def again() -> Plan:
        plan = rest.pop(0) if len(rest) > 1 else rest[0]
        if isinstance(plan, Exception):
            raise plan
        return plan

    return again


def test_what_shows_is_done_at_once(clock: FakeClock) -> None:
    began = clock.now()

    assert settle(in_turn(CALM), [outcome(Status.DONE)], clock) == (CALM, (outcome(Status.DONE),))
    assert clock.now() == began


def test_reads_that_trail_behind_are_waited_for(clock: FakeClock) -> None:
    began = clock.now()

    _, (one,) = settle(in_turn(PENDING, PENDING, CALM), [outcome(Status.DONE)], clock)

    assert one.status is Status.DONE
    assert 0 < clock.now() - began < PATIENCE


def test_what_never_shows_is_unconfirmed_and_its_field_is_named(clock: FakeClock) -> None:
    began = clock.now()

    plan, (one,) = settle(in_turn(PENDING), [outcome(Status.DONE)], clock)

    assert plan == PENDING
    assert (one.status, one.touched) == (Status.UNCONFIRMED, True)
    assert "after 20 s reads still show size as it was not meant" in one.reason
    assert PATIENCE <= clock.now() - began <= PATIENCE + 2


def test_an_unconfirmed_change_of_no_field_is_named_as_a_whole(clock: FakeClock) -> None:
    bare = Plan("local", INSTANCE, (change("a", Action.REVERT),))

    assert "still show this as" in settle(in_turn(bare), [outcome(Status.DONE)], clock)[1][0].reason


def test_what_was_not_answered_and_shows_is_done(clock: FakeClock) -> None:
    _, (one,) = settle(in_turn(PENDING, CALM), [outcome(Status.UNCONFIRMED, "no answer")], clock)

    assert (one.status, one.touched) == (Status.DONE, False)
    assert one.reason == "the answer to the write was lost, and reads show that it took"


def test_what_was_not_answered_and_does_not_show_stays_as_it_was(clock: FakeClock) -> None:
    lost = outcome(Status.UNCONFIRMED, "no answer")

    assert settle(in_turn(PENDING), [lost], clock)[1] == (lost,)


@pytest.mark.parametrize("status", [Status.FAILED, Status.SKIPPED])
def test_what_did_not_take_is_not_waited_for(clock: FakeClock, status: Status) -> None:
    began = clock.now()

    assert settle(in_turn(PENDING), [outcome(status)], clock) == (PENDING, (outcome(status),))
    assert clock.now() == began


def test_pages_of_different_moments_are_read_again(clock: FakeClock) -> None:
    _, (one,) = settle(in_turn(AnswerError("twice"), CALM), [outcome(Status.DONE)], clock)

    assert one.status is Status.DONE


@pytest.mark.parametrize("error", [AnswerError("twice"), UnreachableError("gone")])
def test_where_nothing_can_be_read_nothing_is_confirmed(clock: FakeClock, error: Exception) -> None:
    failed = outcome(Status.FAILED, "422")

    plan, (one, other) = settle(in_turn(error), [outcome(Status.DONE), failed], clock)

    assert plan is None
    assert (one.status, one.touched, other) == (Status.UNCONFIRMED, True, failed)
    assert str(error) in one.reason
