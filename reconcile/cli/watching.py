"""`drift --watch`: look, tell what is new, wait, until somebody says stop."""

from __future__ import annotations

import gc
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as await_all
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

import click

from reconcile.errors import ReconcileError, ServiceError
from reconcile.render.drift import watch_line, watch_row
from reconcile.state.journal import stamp
from reconcile.state.receipts import write_private
from reconcile.watch import bare, failed, follow, seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from reconcile.cli.opening import World
    from reconcile.model import Drift
    from reconcile.watch import Round

LEAST = 10.0
"""Seconds between two rounds that nobody needs to undercut: each reads every list, and Clerk counts calls over so long."""

_STEP = 0.1  # seconds after which a wait for an answer looks whether somebody said stop
_PIECE = 0.25  # seconds after which a pause looks whether somebody said stop
_GRACE = 1.0  # seconds that a round which is told to stop gets to end by itself


class Look(Protocol):
    """Whoever looks."""

    @property
    def environment(self) -> str:
        """What is looked at."""
        ...

    @property
    def world(self) -> World:
        """All that is outside."""
        ...

    def look(self) -> Drift:
        """What has drifted."""
        ...


class Watch:
    """Looks again and again. It keeps nothing of a round but its state."""

    def __init__(
        self,
        looker: Look,
        interval: float,
        tell: Callable[[Round], None],
        report: Callable[[Drift], None],
        health: Path | None = None,
    ) -> None:
        self._looker = looker
        self._interval = interval
        self._tell = tell
        self._report = report
        self._health = health
        self._trouble = ""
        self._before: Round | None = None
        self._stop = looker.world.interrupts.stop

    def run(self) -> None:
        """Go on until somebody says stop. What is wrong with the command or the files at first ends it at once."""
        interrupts = self._looker.world.interrupts
        with interrupts.heard(), interrupts.harmless():
            while not self._stop.is_set():
                if (now := self._round()) is None:
                    return
                self._end(now)
                self._pause(self._interval)

    def _round(self) -> Round | None:
        """One look in a thread of its own, so that a slow server keeps nobody from leaving; None once that is asked for."""
        pool = ThreadPoolExecutor(1)
        looked = pool.submit(self._look)
        while not looked.done() and not self._stop.is_set():
            await_all([looked], _STEP)
        if self._stop.is_set():
            _leave(looked)
            return None
        pool.shutdown()
        return looked.result()

    def _look(self) -> Round:
        try:
            return seen(self._looker.look())
        except ReconcileError as error:
            if self._before is None and not isinstance(error, ServiceError):
                raise
            return failed(self._looker.environment, self._now(), error)
        except OSError as error:
            reason = f"{error.filename or 'the system'}: {error.strerror or error}"
            return failed(self._looker.environment, self._now(), ReconcileError(reason))

    def _pause(self, seconds: float) -> None:
        """Wait so long by counting, because a clock that is set back would make it wait for a day."""
        while seconds > 0 and not self._stop.is_set():
            self._looker.world.clock.sleep(min(seconds, _PIECE))
            seconds -= _PIECE

    def _now(self) -> str:
        return stamp(self._looker.world.clock.now())

    def _end(self, now: Round) -> None:
        """Tell what is new, write down that somebody has looked, and forget the rest."""
        clock = self._looker.world.clock
        one = follow(self._before, now, stamp(clock.now() + self._interval))
        if one.news:
            self._tell(one)
        self._write(one)
        self._before = bare(one)
        gc.collect()  # rounds leave cycles behind, and nothing else would look for them before long

    def _write(self, one: Round) -> None:
        """The reports and the health file; what cannot be written is said once, and tried again in the next round."""
        drift, path = one.drift, self._health
        troubles = (
            self._tried("a report", lambda: self._report(drift)) if drift else "",
            self._tried(str(path), lambda: write_private(path, self._row(one))) if path else "",
        )
        trouble = "; ".join(filter(None, troubles))
        if trouble and trouble != self._trouble:
            click.echo(f"warning: {trouble}", err=True)
        self._trouble = trouble

    def _tried(self, what: str, write: Callable[[], None]) -> str:
        """Why a file could not be written; nothing where it was."""
        try:
            write()
        except OSError as error:
            return f"{what} cannot be written ({error.strerror}), and is out of date"
        return ""

    def _row(self, one: Round) -> str:
        text = json.dumps(watch_row(one), ensure_ascii=False, indent=2)
        return self._looker.world.redact(text) + "\n"


def _leave(looked: Future[Round]) -> None:
    """Wait a moment for a look to end by itself; one that hangs on a slow server is left where it is.

    It only reads, so nothing is half done.
    """
    await_all([looked], _GRACE)
    if not looked.done():
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(0)


def line_of(form: str, one: Round) -> str:
    """A round as one line."""
    return json.dumps(watch_row(one), ensure_ascii=False) if form == "jsonl" else watch_line(one)
