"""The runs of a state folder: begun, found again, and thrown away when they are old."""

from __future__ import annotations

import os
import shutil
import socket
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from reconcile.errors import UsageError
from reconcile.state.journal import NAME, Journal, stamp
from reconcile.state.kept import read_run
from reconcile.state.receipts import write_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from reconcile.clock import Clock
    from reconcile.model import Json
    from reconcile.redact import Redactor
    from reconcile.state.kept import Kept

KEEP = 50
"""Runs of an instance that are kept however old they are."""
DAYS = 90
"""Days for which every run is kept."""


def begin(
    state: Path, head: Mapping[str, Json], plan: str, snapshot: str, clock: Clock, redact: Redactor
) -> Journal:
    """A folder for a run that is about to send something; raises OSError where it cannot be written, and leaves none then."""
    runs = state / "runs"
    short = str(head["digest"]).removeprefix("sha256:")[:8]
    folder = _fresh(runs, datetime.fromtimestamp(clock.now(), UTC), short)
    try:
        write_private(folder / "plan.json", redact(plan))
        write_private(folder / "snapshot.json", redact(snapshot))
        journal = Journal(folder, clock, redact)
        journal.begin({**head, "pid": os.getpid(), "host": socket.gethostname()})
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return journal


def _fresh(runs: Path, moment: datetime, digest: str) -> Path:
    """A folder that nobody has, and that comes after all others, also where the clock was set back."""
    runs.mkdir(parents=True, exist_ok=True, mode=0o700)
    last = max((when for when in map(_when, runs.iterdir()) if when), default=None)
    if last is not None:
        moment = max(moment, last + timedelta(milliseconds=1))
    folder = runs / f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03}Z-{digest}"
    folder.mkdir(mode=0o700)
    return folder


def _when(folder: Path) -> datetime | None:
    """When a run began, by the name of its folder."""
    try:
        return datetime.strptime(folder.name.partition("Z-")[0] + "+0000", "%Y%m%dT%H%M%S.%f%z")
    except ValueError:
        return None


def kept(state: Path) -> list[Kept]:
    """All runs of a state folder, the newest first; what is no run is left out."""
    found = map(read_run, _folders(state))
    return [one for one in found if one]


def unreadable(state: Path, runs: Iterable[Kept]) -> list[str]:
    """The names of runs that are not among these because their journals are damaged, the newest first.

    A journal without a line is none of them: that process was killed before it did anything.
    """
    names = {run.name for run in runs}
    return [one.name for one in _folders(state) if one.name not in names and _when(one) and _told(one)]


def _folders(state: Path) -> list[Path]:
    folder = state / "runs"
    return sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []


def _told(folder: Path) -> bool:
    """Whether a run has written anything into its journal."""
    try:
        return (folder / NAME).stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError:
        return True


def chosen(runs: Sequence[Kept], name: str) -> Kept:
    """The run that a name means, by its beginning or its end; raises UsageError for none and for several."""
    found = [one for one in runs if name in {one.name, one.folder.name.rpartition("-")[2]}]
    found = found or [one for one in runs if one.name.startswith(name)]
    if len(found) == 1:
        return found[0]
    what = "there is no such run" if not found else f"it may mean {', '.join(one.name for one in found[:5])}"
    raise UsageError(f"{name}: {what}; `reconcile runs` lists them")


def prune(state: Path, now: float) -> None:
    """Throw away runs that are both old and not among the last of their instance; never one without an end."""
    oldest = stamp((datetime.fromtimestamp(now, UTC) - timedelta(days=DAYS)).timestamp())
    count: Counter[str] = Counter()
    for run in kept(state):
        count[run.instance] += 1
        old = count[run.instance] > KEEP and str(run.head.get("at")) < oldest
        if old and run.over:
            shutil.rmtree(run.folder, ignore_errors=True)
    for folder in _begun_by_nobody(state / "runs", oldest):
        shutil.rmtree(folder, ignore_errors=True)


def _begun_by_nobody(runs: Path, oldest: str) -> Iterator[Path]:
    """Folders of runs that were killed before their journal had a line, longer ago than that."""
    for folder in runs.iterdir():
        moment = _when(folder)
        if moment and f"{moment:%Y-%m-%dT%H:%M:%SZ}" < oldest and read_run(folder) is None:
            yield folder
