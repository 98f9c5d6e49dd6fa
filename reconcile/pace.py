"""Our own pace, below what the service allows an instance: smooth, and never over our share in any ten seconds."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from reconcile.errors import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reconcile.clock import Clock

WINDOW = 10.0
"""Seconds in which the service counts the calls of an instance."""

SHARES: Mapping[str, tuple[int, int]] = {"development": (100, 90), "production": (1000, 50)}
"""By type of instance: calls in any window, and the percentage of them that we take unless told otherwise.

The rest is left to the customer's own backend, whose calls count against the same limit.
"""

_SMALLEST_BURST = 40  # a plan with all its reads
_FULL = 0.02  # seconds to look away while calls under way fill the share: nobody knows when they end
_STEP = 1.0  # seconds after which a wait looks whether somebody said stop
_LEAST = 0.001  # a shorter wait might not move a clock at all


def allowance(instance_type: str, percentage: int | None = None) -> int:
    """How many calls we may make in any window."""
    limit, usual = SHARES[instance_type]
    return max(1, limit * (usual if percentage is None else percentage) // 100)


def duration(calls: int, instance_type: str, percentage: int | None = None) -> float:
    """How many seconds so many calls take at our pace, if the service is quick: the first burst, and then the rate."""
    most = allowance(instance_type, percentage)
    return max(0.0, calls - _burst(most)) * WINDOW / most


def _burst(most: int) -> float:
    return float(min(most, max(_SMALLEST_BURST, most // 4)))


class Pace:
    """Whose turn it is: a token bucket for smoothness, and a sliding log that keeps the promise.

    A call counts from its sending until a window after its end. Somewhere in between the service counts it, at a
    moment that we cannot know; so no window of the service's holds more calls than ours did.
    """

    def __init__(self, clock: Clock, most: int) -> None:
        self._clock = clock
        self._most = most
        self._burst = _burst(most)
        self._tokens = self._burst
        self._filled = clock.now()
        self._resume = 0.0
        self._under_way = 0
        self._ended: deque[float] = deque()
        self._lock = Lock()

    @contextmanager
    def turn(self, stopped: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Wait until one more call may be made; it lasts as long as this context.

        Raises StoppedError where somebody says stop in the meantime.
        """
        while wait := self.ask():
            if stopped():
                raise StoppedError("stopped before it was sent")
            self._clock.sleep(min(wait, _STEP))
        try:
            yield
        finally:
            self.end()

    def ask(self) -> float:
        """0 and a call is under way; or the seconds after which to ask again."""
        with self._lock:
            now = self._look()
            wait = max(self._resume - now, self._room(now), (1 - self._tokens) * WINDOW / self._most)
            if wait > 0:
                return max(wait, _LEAST)
            self._tokens -= 1
            self._under_way += 1
            return 0.0

    def end(self) -> None:
        """A call that was under way has its answer, or will never have one."""
        with self._lock:
            self._ended.append(self._look())
            self._under_way -= 1

    def pause(self, seconds: float) -> None:
        """Let nobody begin for some seconds, and then begin slowly: somebody else is using the limit."""
        with self._lock:
            now = self._look()
            self._resume = max(self._resume, now + seconds)
            self._tokens, self._filled = 0.0, self._resume

    def _look(self) -> float:
        """Take note of the time: calls that count no more, tokens that came."""
        now = self._clock.now()
        if self._ended and self._ended[-1] > now:  # the clock was set back
            self._ended = deque(min(moment, now) for moment in self._ended)
            self._filled = self._resume = now
        while self._ended and self._ended[0] <= now - WINDOW:
            self._ended.popleft()
        if now > self._filled:
            self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._most / WINDOW)
            self._filled = now
        return now

    def _room(self, now: float) -> float:
        """Seconds until the share may have room for one more call."""
        if self._under_way + len(self._ended) < self._most:
            return 0.0
        return self._ended[0] + WINDOW - now if self._ended else _FULL
