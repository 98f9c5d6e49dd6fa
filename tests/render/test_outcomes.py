from __future__ import annotations

import pytest

from reconcile.model import Action, Outcome, Plan, Status, Unverified, Value
from reconcile.render.outcomes import bar_text, progress_text, reading_text, sent_unread, sent_unread_text
from tests.plan.things import INSTANCE

HIDDEN = tuple(
    Unverified(address, (name,), Value(1), "2027-01-15T08:00:00Z")
    for address, name in [("thing/a", "secret"), ("thing/a", "other"), ("thing/b", "secret")]
)
AFTER = Plan("local", INSTANCE, unverified=HIDDEN)


@pytest.mark.parametrize(
    ("ended", "total", "seconds", "text"),
    [
        (500, 2000, 5.0, "… 500 of 2,000, 100.0 a second, 15 s left"),
        (1, 100, 5.0, "… 1 of 100, 0.2 a second, 8 min 15 s left"),
        (1, 10_000, 1.0, "… 1 of 10,000, 1.0 a second, 2 h 46 min left"),
        (0, 100, 5.0, "… 0 of 100, 0.0 a second"),
        (3, 100, 0.0, "… 3 of 100, 0.0 a second"),
    ],
)
def test_progress_is_a_count_a_rate_and_what_is_left(
    ended: int, total: int, seconds: float, text: str
) -> None:
    assert progress_text(ended, total, seconds) == text


@pytest.mark.parametrize(
    ("ended", "total", "room", "text"),
    [
        (50, 100, 80, f"{'█' * 12}{'░' * 12} 50 of 100, 5.0 a second, 10 s left"),
        (100, 100, 80, f"{'█' * 24} 100 of 100, 10.0 a second, 0 s left"),
        (0, 0, 80, f"{'█' * 24} 0 of 0, 0.0 a second"),
        (50, 100, 48, f"{'█' * 6}{'░' * 6} 50 of 100, 5.0 a second, 10 s left"),
        (50, 100, 40, "… 50 of 100, 5.0 a second, 10 s left"),
    ],
)
def test_a_bar_takes_what_room_is_left(ended: int, total: int, room: int, text: str) -> None:
    assert bar_text(ended, total, 10.0, room) == text


@pytest.mark.parametrize(
    ("calls", "text"), [(1, "… reading: 1 call in 1 min 5 s"), (1200, "… reading: 1,200 calls in 1 min 5 s")]
)
def test_reading_is_counted_too(calls: int, text: str) -> None:
    assert reading_text(calls, 65.0) == text


def test_what_was_sent_and_cannot_be_read_is_listed_and_nothing_else() -> None:
    outcomes = [
        Outcome("thing/a", Action.UPDATE, Status.DONE),
        Outcome("thing/b", Action.UPDATE, Status.FAILED),
    ]

    assert sent_unread(AFTER, outcomes) == HIDDEN[:2]
    assert sent_unread_text(AFTER, outcomes) == (
        "Unconfirmed: the service took these and no call returns them\n  thing/a: secret, other"
    )


def test_where_everything_can_be_read_nothing_is_said() -> None:
    assert sent_unread_text(AFTER, []) == ""
