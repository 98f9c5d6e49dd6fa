from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.cli.speaker import Speaker
from reconcile.model import Action, Outcome, Status
from reconcile.render.terminal import Style

if TYPE_CHECKING:
    from tests.lab import FakeClock


def hear(
    clock: FakeClock, total: int, *, seconds: float = 0.01, look: Style | None = None, refused: int = -1
) -> list[str]:
    """What is said of so many changes, each of which takes so many seconds."""
    said: list[str] = []
    speaker = Speaker(total, clock, said.append, look or Style())
    for number in range(total):
        clock.sleep(seconds)
        status, reason = (Status.FAILED, "422") if number == refused else (Status.DONE, "")
        speaker.hear(Outcome(f"blocklist/{number}", Action.CREATE, status, reason))
    return said


def test_of_few_changes_each_is_told(clock: FakeClock) -> None:
    assert hear(clock, 2) == ["✓ create blocklist/0", "✓ create blocklist/1"]


def test_of_many_changes_those_are_told_that_did_not_simply_take(clock: FakeClock) -> None:
    assert hear(clock, 300, refused=7) == ["✗ create blocklist/7: 422"]


def test_all_of_many_changes_are_told_where_it_is_asked_for(clock: FakeClock) -> None:
    assert len(hear(clock, 300, look=Style(every=True))) == 300


def test_every_five_seconds_it_says_how_far_it_is_and_how_long_it_will_take(clock: FakeClock) -> None:
    assert hear(clock, 480, seconds=1 / 32) == [
        "… 160 of 480, 32.0 a second, 10 s left",
        "… 320 of 480, 32.0 a second, 5 s left",
    ]
