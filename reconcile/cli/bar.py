"""A line at the end of a terminal that is drawn again and again, and gone before anything else is said."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from reconcile.clock import Clock

_INTERVAL = 0.1  # seconds between two drawings
_CLEAR = "\r\x1b[K"


class Bar:
    """One such line. Whoever uses it from several threads keeps them apart."""

    def __init__(self, stream: TextIO, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock
        self._drawn = float("-inf")
        self._there = False

    def draw(self, text: str) -> None:
        """Show a text in place of the one before, unless that was a moment ago."""
        now = self._clock.now()
        if now - self._drawn < _INTERVAL:
            return
        self._drawn = now
        self._there = True
        self._stream.write(_CLEAR + text)
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
    return Bar(sys.stderr, clock)
