"""A line at the end of a terminal that is drawn again and again, and gone before anything else is said."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.clock import Clock

_INTERVAL = 0.1  # seconds between two drawings
_CLEAR = "\r\x1b[K"
_USUAL = 80  # columns


class Bar:
    """One such line. Whoever uses it from several threads keeps them apart."""

    def __init__(self, stream: TextIO, clock: Clock, width: Callable[[], int] = lambda: _USUAL) -> None:
        self._stream = stream
        self._clock = clock
        self._width = width
        self._drawn = float("-inf")
        self._there = False

    @property
    def room(self) -> int:
        """How many columns a text may take, now: in the last one, some terminals would begin another line."""
        return self._width() - 1

    def draw(self, text: str) -> None:
        """Show a text in place of the one before, unless that was a moment ago; what does not fit is cut off."""
        now = self._clock.now()
        if now - self._drawn < _INTERVAL:
            return
        self._drawn = now
        self._there = True
        self._stream.write(_CLEAR + text[: self.room])
        self._stream.flush()

    def clear(self) -> None:
        """Take the line away; whatever is written next begins where it was."""
        if self._there:
            self._there = False
            self._drawn = float("-inf")
            self._stream.write(_CLEAR)
            self._stream.flush()


def bar_on(clock: Clock) -> Bar | None:
    """A bar on standard error, where a terminal is there to draw it."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return None
    return Bar(sys.stderr, clock, _columns)


def _columns() -> int:
    """How wide the terminal is, now; some do not know."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _USUAL
    except OSError:
        return _USUAL
