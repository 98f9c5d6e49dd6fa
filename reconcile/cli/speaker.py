"""What a run says on stderr while it is under way."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from reconcile.model import Status
from reconcile.render.outcomes import progress_text
from reconcile.render.terminal import outcome_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.clock import Clock
    from reconcile.model import Outcome
    from reconcile.render.terminal import Style

_INTERVAL = 5.0  # seconds between two lines on how far it is
_MANY = 200  # changes from which on those that simply took are counted and not listed


class Speaker:
    """Tells each outcome, or of many those that matter; now and then how far it is. Safe from several threads."""

    def __init__(self, total: int, clock: Clock, say: Callable[[str], None], look: Style) -> None:
        self._total = total
        self._clock = clock
        self._say = say
        self._look = look
        self._began = self._last = clock.now()
        self._ended = 0
        self._lock = Lock()

    def hear(self, outcome: Outcome) -> None:
        """Say what one outcome is worth saying."""
        with self._lock:
            self._ended += 1
            plain = outcome.status is Status.DONE and not outcome.reason
            if not plain or self._look.every or self._total < _MANY:
                self._say(outcome_line(outcome, self._look))
            now = self._clock.now()
            if now - self._last >= _INTERVAL and self._ended < self._total:
                self._last = now
                self._say(progress_text(self._ended, self._total, now - self._began))
