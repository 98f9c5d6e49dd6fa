"""The events of a run, written as they happen: to stdout, and to the files that `--report jsonl=PATH` names."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

import click

from reconcile.cli.sinks import stop_printing
from reconcile.errors import ReconcileError
from reconcile.render import events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import TextIO

    from reconcile.cli.opening import World
    from reconcile.model import Outcome
    from reconcile.render.events import Event


class Events:
    """Tells each event at once. Safe from several threads; a reader who goes away does not stop the run."""

    def __init__(self, world: World, sinks: Iterable[Callable[[str], None]]) -> None:
        self.trouble = ""  # why somebody did not get all events, if that is so
        self._world = world
        self._sinks = list(sinks)
        self._lock = Lock()

    def tell(self, event: Event) -> None:
        """Write one event for all who want to hear it."""
        with self._lock:
            now = datetime.fromtimestamp(self._world.clock.now(), UTC)
            row = events.line(event, now.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
            text = self._world.redact(json.dumps(row, ensure_ascii=False))
            for sink in (*self._sinks,):
                try:
                    sink(text)
                except OSError as error:
                    self._sinks.remove(sink)
                    self.trouble = str(error)

    def corrected(self, before: Iterable[Outcome], after: Iterable[Outcome]) -> None:
        """Tell the outcomes that the proof turned into others."""
        for was, outcome in zip(before, after, strict=True):
            if was != outcome:
                self.tell(events.ended(outcome))

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Tell the end also where it is an error."""
        try:
            yield
        except ReconcileError as error:
            self.tell(events.finished(error.exit_code, error=error))
            raise


def to_stdout(line: str) -> None:
    """A line for whoever reads stdout; once nobody does any more, lines go nowhere."""
    try:
        click.echo(line)
    except OSError:
        stop_printing()
        raise


@contextmanager
def opened(world: World, paths: Iterable[Path], *, stdout: bool) -> Iterator[Events]:
    """The events of one run, for stdout and for files that their owner alone may read."""
    files = [_open(path) for path in paths]
    try:
        yield Events(world, [*([to_stdout] if stdout else []), *map(_writer, files)])
    finally:
        for file in files:
            file.close()


def _open(path: Path) -> TextIO:
    path.unlink(missing_ok=True)  # another file, so that nobody who may read the old one may read this
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8")


def _writer(file: TextIO) -> Callable[[str], None]:
    def write(line: str) -> None:
        file.write(f"{line}\n")
        file.flush()

    return write
