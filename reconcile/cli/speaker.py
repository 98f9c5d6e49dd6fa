"""What a run says on stderr while it is under way."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from reconcile.model import Status
from reconcile.render.outcomes import bar_text, progress_text, reading_text
from reconcile.render.terminal import outcome_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.cli.bar import Bar
    from reconcile.client import Exchange
    from reconcile.clock import Clock
    from reconcile.model import Outcome
    from reconcile.render.terminal import Style

_INTERVAL = 5.0  # seconds between two lines on how far it is
_MANY = 200  # changes from which on those that simply took are counted and not listed
_PATIENCE = 0.5  # seconds of reading about which nothing is said


class Speaker:
    """Tells each outcome, or of many those that matter; and how far it is, by a bar or now and then by a line.

    Safe from several threads.
    """

    def __init__(
        self, total: int, clock: Clock, say: Callable[[str], None], look: Style, bar: Bar | None = None
    ) -> None:
        self._total = total
        self._clock = clock
        self._say = say
        self._look = look
        self._bar = bar
        self._began = self._last = clock.now()
        self._ended = 0
        self._lock = Lock()

    def hear(self, outcome: Outcome) -> None:
        """Say what one outcome is worth saying."""
        with self._lock:
            self._ended += 1
            plain = outcome.status is Status.DONE and not outcome.reason
            if not plain or self._look.every or self._total < _MANY:
                self.clear()
                self._say(outcome_line(outcome, self._look))
            if self._ended < self._total:
                self._progress(self._clock.now())

    def _progress(self, now: float) -> None:
        done = (self._ended, self._total, now - self._began)
        if self._bar:
            self._bar.draw(bar_text(*done, self._bar.room))
        elif now - self._last >= _INTERVAL:
            self._last = now
            self._say(progress_text(*done))

    def clear(self) -> None:
        """Leave no bar behind."""
        if self._bar:
            self._bar.clear()


class Reading:
    """Tells that reading takes its time, and nothing where it does not. Safe from several threads."""

    def __init__(self, clock: Clock, say: Callable[[str], None], bar: Bar | None = None) -> None:
        self._clock = clock
        self._say = say
        self._bar = bar
        self._lock = Lock()
        self.begin()

    def begin(self) -> None:
        """Something is going to be read."""
        self._calls = 0
        self._began = self._last = self._clock.now()
        self._reading = True

    def hear(self, _: Exchange) -> None:
        """One more call has been answered."""
        with self._lock:
            if not self._reading:
                return
            self._calls += 1
            now = self._clock.now()
            text = reading_text(self._calls, now - self._began)
            if self._bar and now - self._began >= _PATIENCE:
                self._bar.draw(text)
            elif not self._bar and now - self._last >= _INTERVAL:
                self._last = now
                self._say(text)

    def end(self) -> None:
        """All of it has been read, or nothing more will be."""
        with self._lock:
            self._reading = False
            if self._bar:
                self._bar.clear()
