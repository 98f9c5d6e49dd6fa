from __future__ import annotations

import pytest

from reconcile.codec import plan_digest
from reconcile.errors import RefusedError
from reconcile.model import Action, Finding, Outcome, Plan, Severity, Status
from reconcile.render import events
from tests.plan.things import INSTANCE, change

AT = "2027-01-15T08:00:00.000Z"
PLAN = Plan("local", INSTANCE, changes=(change(action=Action.CREATE),))


def test_a_line_says_its_format_its_time_and_what_happened() -> None:
    assert events.line(events.started(change()), AT) == {
        "format_version": "1",
        "time": AT,
        "event": "started",
        "address": "thing/a",
        "action": "update",
    }


def test_what_is_planned_is_told_in_numbers_with_the_digest() -> None:
    row = events.planned(PLAN).row
    assert (row["digest"], row["changes"], row["complete"]) == (plan_digest(PLAN), 1, True)
    assert isinstance(row["summary"], dict)
    assert row["summary"]["create"] == 1


@pytest.mark.parametrize("status", Status)
def test_an_outcome_is_an_event_with_the_name_of_its_status(status: Status) -> None:
    event = events.ended(Outcome("thing/a", Action.CREATE, status, "why", features=("x",)))
    assert event.name == status
    assert event.row == {"address": "thing/a", "action": "create", "reason": "why", "features": ["x"]}


def test_a_refusal_is_told_with_its_reasons() -> None:
    (row,) = [events.refused([Finding(Severity.REFUSAL, "r", "no")]).row["findings"]]
    assert isinstance(row, list)
    assert len(row) == 1


def test_the_end_is_told_with_the_exit_code_and_the_error_if_it_is_one() -> None:
    done = Outcome("thing/a", Action.CREATE, Status.DONE)
    assert events.finished(0, [done]).row == {
        "exit_code": 0,
        "outcomes": {"done": 1, "failed": 0, "skipped": 0, "unconfirmed": 0},
        "error": None,
    }
    assert events.finished(5, error=RefusedError("no")).row["error"] == {"code": "refused", "message": "no"}


def test_what_is_pending_after_the_proof_is_a_number_or_null() -> None:
    assert events.verified([], PLAN).row == {"unverified": [], "pending": 1}
    assert events.verified([], None).row == {"unverified": [], "pending": None}
