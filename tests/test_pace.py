"""Our own pace against a server that counts as strictly as it may, in made-up time."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconcile.client import Client, Exchange
from reconcile.pace import WINDOW, Pace, allowance, duration
from reconcile.simulator.limits import SlidingLog
from reconcile.simulator.transport import SimulatorTransport
from tests.lab import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.lab import Lab

Call = tuple[float, float]  # how long it takes, and after which part of that the server counts it


@dataclass
class Crowd:
    """Workers that have as much to do as they may, each one call after the other."""

    pace: Pace
    clock: FakeClock
    workers: int
    began: list[float] = field(default_factory=list)
    counted: list[float] = field(default_factory=list)

    def work(self, calls: Sequence[Call], pauses: Sequence[tuple[int, float]] = ()) -> float:
        """Make all calls, and pause after so many of them; the seconds that it takes."""
        start, left, pausing = self.clock.now(), list(reversed(calls)), dict(pauses)
        events = [(start, number, False) for number in range(self.workers)]
        while left or any(busy for _, _, busy in events):
            self.clock.time, worker, busy = heapq.heappop(events)
            if busy:
                self.pace.end()
            if not left:
                continue
            wait = self.pace.ask()
            if not wait:
                wait = self._call(left.pop())
                if seconds := pausing.pop(len(self.began), 0.0):
                    self.pace.pause(seconds)
                heapq.heappush(events, (self.clock.now() + wait, worker, True))
            else:
                heapq.heappush(events, (self.clock.now() + wait, worker, False))
        return self.clock.now() - start

    def _call(self, call: Call) -> float:
        seconds, part = call
        self.began.append(self.clock.now())
        self.counted.append(self.clock.now() + seconds * part)
        return seconds


def crowd(most: int, workers: int = 8) -> Crowd:
    clock = FakeClock()
    return Crowd(Pace(clock, most), clock, workers)


def refused(counted: Sequence[float], most: int) -> int:
    """How many calls a server refuses that allows so many in any window, and counts them at these moments."""
    log = SlidingLog(most, WINDOW)
    return sum(log.admit(moment) > 0 for moment in sorted(counted))


seconds = st.sampled_from([0.0, 0.01, 0.3, 1.0, 9.9]) | st.floats(0, 25)
calls = st.lists(st.tuples(seconds, st.sampled_from([0.0, 1.0]) | st.floats(0, 1)), min_size=1, max_size=150)
pauses = st.lists(st.tuples(st.integers(1, 100), st.floats(0, 40)), max_size=3)


@example([(0.0, 1.0), (0.01, 1.0), (0.01, 1.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0)], [], 3, 3)
@given(calls, pauses, st.integers(1, 100), st.integers(1, 20))
def test_no_window_of_the_servers_ever_holds_more_than_the_share(
    made: list[Call], pausing: list[tuple[int, float]], most: int, workers: int
) -> None:
    people = crowd(most, workers)
    people.work(made, pausing)
    assert len(people.counted) == len(made)
    assert refused(people.counted, most) == 0


@given(calls, st.integers(1, 60), st.floats(-5000, 5000))
def test_a_clock_that_is_set_stops_nobody_for_longer_than_a_window(
    made: list[Call], most: int, shift: float
) -> None:
    people = crowd(most)
    people.work(made)
    people.clock.time += shift
    assert people.pace.ask() <= WINDOW


@pytest.mark.parametrize("seconds", [0.001, 0.05, 0.2])
def test_all_of_the_share_is_used(seconds: float) -> None:
    people = crowd(1000, workers=64)
    took = people.work([(seconds, 0.5)] * 3000)
    assert 3000 / took >= 0.95 * 100
    assert refused(people.counted, 1000) == 0


@pytest.mark.parametrize(("most", "burst"), [(10, 10), (90, 40), (500, 125), (1000, 250)])
def test_at_first_as_many_go_as_a_plan_needs_and_then_one_after_the_other(most: int, burst: int) -> None:
    people = crowd(most, workers=burst + 8)
    people.work([(0.0, 0.0)] * most)
    at_once = people.began.count(people.began[0])
    assert at_once == burst
    gaps = [later - one for one, later in zip(people.began[burst:], people.began[burst + 1 :], strict=False)]
    assert all(gap == pytest.approx(WINDOW / most, abs=0.002) for gap in gaps)


def test_nobody_begins_during_a_pause_and_nobody_storms_off_after_it() -> None:
    people = crowd(100)
    start = people.clock.now()
    people.work([(0.0, 0.0)] * 40, pauses=[(5, 7.0)])
    late = [moment - start for moment in people.began[5:]]
    assert late[0] >= 7.0
    assert sum(moment < 8.0 for moment in late) <= 11


def test_a_pause_that_ends_sooner_does_not_cut_one_short_that_ends_later() -> None:
    people = crowd(100)
    people.pace.pause(9)
    people.pace.pause(2)
    assert people.pace.ask() >= 9


@pytest.mark.parametrize(
    ("kind", "percentage", "most"),
    [
        ("development", None, 90),
        ("production", None, 500),
        ("development", 100, 100),
        ("production", 100, 1000),
        ("development", 1, 1),
        ("production", 1, 10),
    ],
)
def test_the_share_depends_on_the_instance_and_on_what_the_caller_says(
    kind: str, percentage: int | None, most: int
) -> None:
    assert allowance(kind, percentage) == most


@pytest.mark.parametrize(("kind", "made"), [("production", 1500), ("development", 250)])
def test_an_instance_that_counts_never_has_to_refuse(
    open_lab: Callable[..., Lab], kind: str, made: int
) -> None:
    lab, seen = open_lab(type=kind, rate_limit=True, features=None), list[Exchange]()
    most = allowance(kind, 100)
    client = Client(
        "http://127.0.0.1/v1",
        lab.keys.secret_key,
        SimulatorTransport(lab.simulator),
        lab.clock,
        pace=Pace(lab.clock, most),
        observer=seen.append,
    )
    start = lab.clock.now()
    for number in range(made):
        client.send("POST", "/blocklist_identifiers", {"identifier": f"user{number}@a.example"})
    assert {exchange.status for exchange in seen} == {200}
    assert made / (lab.clock.now() - start) >= 0.95 * most / WINDOW


@pytest.mark.parametrize(
    ("calls", "kind", "percentage", "seconds"),
    [
        (28, "development", None, 0.0),
        (85, "development", None, 5.0),
        (2000, "production", 100, 17.5),
        (40, "production", None, 0.0),
    ],
)
def test_what_a_plan_takes_is_told_beforehand(
    calls: int, kind: str, percentage: int | None, seconds: float
) -> None:
    assert duration(calls, kind, percentage) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("kind", "percentage"),
    [("development", None), ("development", 10), ("production", None), ("production", 100)],
)
def test_what_was_told_beforehand_is_what_it_takes(kind: str, percentage: int | None) -> None:
    took = crowd(allowance(kind, percentage)).work([(0.02, 0.5)] * 1000)
    assert took == pytest.approx(duration(1000, kind, percentage), rel=0.1, abs=1)
