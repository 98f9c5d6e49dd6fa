from __future__ import annotations

import io
from typing import TYPE_CHECKING

from reconcile.cli.bar import Bar
from reconcile.cli.speaker import Reading, Speaker
from reconcile.client import Exchange
from reconcile.model import Action, Outcome, Status
from reconcile.render.terminal import Style

if TYPE_CHECKING:
    from tests.lab import FakeClock

ANSWER = Exchange("GET", "/instance", 200, 0.1, 0.0)


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


# --- a bar, where there is a terminal ---


def test_a_bar_is_drawn_in_place_and_gone_before_anything_is_said(clock: FakeClock) -> None:
    terminal = io.StringIO()
    speaker = Speaker(300, clock, lambda text: print(text, file=terminal), Style(), Bar(terminal, clock))
    for number in range(3):
        clock.sleep(1)
        status, reason = (Status.FAILED, "422") if number == 1 else (Status.DONE, "")
        speaker.hear(Outcome(f"blocklist/{number}", Action.CREATE, status, reason))
    speaker.clear()

    clear = "\r\x1b[K"
    bar = "░" * 24
    assert terminal.getvalue() == (
        f"{clear}{bar} 1 of 300, 1.0 a second, 4 min 59 s left"
        f"{clear}✗ create blocklist/1: 422\n"
        f"{clear}{bar} 2 of 300, 1.0 a second, 4 min 58 s left"
        f"{clear}{bar} 3 of 300, 1.0 a second, 4 min 57 s left{clear}"
    )


def test_a_bar_is_not_drawn_more_often_than_anybody_can_see(clock: FakeClock) -> None:
    terminal = io.StringIO()
    bar = Bar(terminal, clock)
    for number in range(100):
        clock.sleep(1 / 64)
        bar.draw(f"<{number}>")

    assert terminal.getvalue().count("<") == 15


def test_a_bar_stays_in_one_line_of_a_terminal_that_is_narrow_or_becomes_so(clock: FakeClock) -> None:
    terminal = io.StringIO()
    widths = iter([60, 60, 40, 40, 20, 20])
    bar = Bar(terminal, clock, lambda: next(widths))
    speaker = Speaker(300, clock, lambda text: print(text, file=terminal), Style(), bar)
    for number in range(3):
        clock.sleep(1)
        speaker.hear(Outcome(f"blocklist/{number}", Action.CREATE, Status.DONE))

    assert terminal.getvalue().split("\r\x1b[K")[1:] == [
        "░" * 18 + " 1 of 300, 1.0 a second, 4 min 59 s left",
        "… 2 of 300, 1.0 a second, 4 min 58 s le",
        "… 3 of 300, 1.0 a s",
    ]


def test_a_bar_that_was_never_drawn_leaves_nothing_behind(clock: FakeClock) -> None:
    terminal = io.StringIO()
    Bar(terminal, clock).clear()

    assert terminal.getvalue() == ""


# --- reading ---


def read(clock: FakeClock, calls: int, said: list[str], bar: Bar | None = None) -> Reading:
    reading = Reading(clock, said.append, bar)
    for _ in range(calls):
        clock.sleep(0.25)
        reading.hear(ANSWER)
    return reading


def test_nothing_is_said_of_reading_that_is_quick(clock: FakeClock) -> None:
    said: list[str] = []
    terminal = io.StringIO()
    read(clock, 19, said).end()
    read(clock, 1, said, Bar(terminal, clock)).end()

    assert (said, terminal.getvalue()) == ([], "")


def test_in_a_log_reading_that_takes_long_says_so_now_and_then(clock: FakeClock) -> None:
    said: list[str] = []
    read(clock, 41, said)

    assert said == ["… reading: 20 calls in 5 s", "… reading: 40 calls in 10 s"]


def test_on_a_terminal_it_says_so_in_place_until_it_ends(clock: FakeClock) -> None:
    terminal = io.StringIO()
    reading = read(clock, 3, [], Bar(terminal, clock))
    reading.end()
    clock.sleep(1)
    reading.hear(ANSWER)

    clear = "\r\x1b[K"
    assert terminal.getvalue() == f"{clear}… reading: 2 calls in 0 s{clear}… reading: 3 calls in 1 s{clear}"
