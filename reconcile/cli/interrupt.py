"""Ctrl-C, SIGTERM and a terminal that is closed: what is in flight is finished, nothing more is sent, and whoever insists gets out at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from reconcile.clock import Clock

_STEP = 0.25  # seconds after which a wait looks whether somebody said stop
_AT_ONCE = b"Stopped at once. What was in flight may have taken: plan again.\n"
EXIT = 130


class Interrupts:
    """Turns signals into `stop`. Unless the run is being `gentle`, the command ends right where it is.

    The second signal ends the process without waiting for anything: what is remembered is on disk already.
    """

    def __init__(self) -> None:
        self.stop = Event()
        self._gentle = False
        self._parting = (_AT_ONCE, EXIT)

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Listen; only the main thread can."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._hear) for number in _heard()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def gentle(self) -> Iterator[None]:
        """What happens here ends by itself once `stop` is set."""
        self._gentle = True
        try:
            yield
        finally:
            self._gentle = False

    @contextmanager
    def harmless(self) -> Iterator[None]:
        """The same where nothing is changed: whoever insists leaves as well as whoever waits."""
        before, self._parting = self._parting, (b"", 0)
        try:
            with self.gentle():
                yield
        finally:
            self._parting = before

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if self.stop.is_set():
            _leave(*self._parting)
        self.stop.set()
        if not self._gentle:
            raise KeyboardInterrupt


def _heard() -> Iterator[signal.Signals]:
    """Ctrl-C and SIGTERM; and where the terminal goes, unless the caller wants this to outlive it, as `nohup` does."""
    yield signal.SIGINT
    yield signal.SIGTERM
    hangup = getattr(signal, "SIGHUP", None)  # not every system has it
    if hangup and signal.getsignal(hangup) is not signal.SIG_IGN:
        yield hangup


def _leave(words: bytes, code: int) -> NoReturn:
    os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, words)
    os._exit(code)


class Unhurried:
    """A clock whose waits end early once somebody says stop."""

    def __init__(self, clock: Clock, stop: Event) -> None:
        self._clock = clock
        self._stop = stop

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Wait so long, or until somebody says stop."""
        end = self._clock.now() + seconds
        while not self._stop.is_set() and (left := end - self._clock.now()) > 0:
            self._clock.sleep(min(left, _STEP))
