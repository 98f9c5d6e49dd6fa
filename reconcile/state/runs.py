"""The runs of a state folder: begun, read back, and thrown away when they are old."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from reconcile.bounded import read_bounded
from reconcile.errors import FilesError, UsageError
from reconcile.model import Finding, Severity
from reconcile.state.holding import taken
from reconcile.state.journal import NAME, Journal, stamp
from reconcile.state.receipts import write_private

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from reconcile.clock import Clock
    from reconcile.model import Json
    from reconcile.redact import Redactor

KEEP = 50
"""Runs of an instance that are kept however old they are."""
_LARGEST = 256 << 20
_MEMBERS: Mapping[str, Mapping[str, type]] = {
    "call": {"call": int, "address": str},
    "answer": {"call": int},
    "outcome": {"address": str, "status": str},
}
"""What lines have to hold to be of use; others are damaged."""
DAYS = 90
"""Days for which every run is kept."""


class End(StrEnum):
    """How a run ended."""

    COMPLETE = "complete"
    STOPPED = "stopped"
    CUT_OFF = "cut off"
    UNDER_WAY = "under way"


@dataclass(frozen=True, slots=True)
class Kept:
    """One run as its folder tells it."""

    folder: Path
    head: Mapping[str, Any]
    lines: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """What people call it by."""
        return self.folder.name

    @property
    def environment(self) -> str:
        """The environment that it was for."""
        return str(self.head.get("environment"))

    @property
    def instance(self) -> str:
        """The instance that it was on."""
        return str(self.head.get("instance"))

    @property
    def end(self) -> End:
        """How it ended, as far as its journal knows."""
        last = next((line for line in reversed(self.lines) if line["line"] == "end"), None)
        if last:
            return End.STOPPED if last.get("stopped") else End.COMPLETE
        return End.UNDER_WAY if taken(self.folder / NAME) else End.CUT_OFF

    @property
    def seen(self) -> bool:
        """Whether a later run has told of it."""
        return any(line["line"] == "seen" for line in self.lines)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many changes ended how."""
        return Counter(self._statuses.values())

    @property
    def done(self) -> frozenset[str]:
        """Addresses of changes that took."""
        return frozenset(address for address, status in self._statuses.items() if status == "done")

    @property
    def _statuses(self) -> Mapping[str, str]:
        """By address, how a change ended; the proof has the last word."""
        return {line["address"]: line["status"] for line in self.lines if line["line"] == "outcome"}

    @property
    def touched(self) -> frozenset[str]:
        """Addresses of changes of which at least one call was sent: all others are as the run found them."""
        return self.done | {line["address"] for line in self.lines if line["line"] == "call"}

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Addresses of which a call was sent and nobody knows what came of it."""
        answered = {line["call"] for line in self.lines if line["line"] == "answer"}
        sent = (line for line in self.lines if line["line"] == "call" and line["call"] not in answered)
        return tuple(dict.fromkeys(str(line["address"]) for line in sent))

    def document(self, name: str) -> dict[str, Any]:
        """One of its documents; raises FilesError where it is not there, or damaged."""
        try:
            found: dict[str, Any] = json.loads(read_bounded(self.folder / name, _LARGEST))
            return dict(found)
        except (OSError, ValueError, TypeError, RecursionError) as error:
            message = f"{self.folder / name} cannot be read ({error}); choose another run"
            raise FilesError([Finding(Severity.ERROR, "run", message)]) from error


def begin(
    state: Path, head: Mapping[str, Json], plan: str, snapshot: str, clock: Clock, redact: Redactor
) -> Journal:
    """A folder for a run that is about to send something; raises OSError where it cannot be written."""
    runs = state / "runs"
    short = str(head["digest"]).removeprefix("sha256:")[:8]
    folder = _fresh(runs, datetime.fromtimestamp(clock.now(), UTC), short)
    write_private(folder / "plan.json", redact(plan))
    write_private(folder / "snapshot.json", redact(snapshot))
    journal = Journal(folder, clock, redact)
    journal.begin({**head, "pid": os.getpid(), "host": socket.gethostname()})
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
    folder = state / "runs"
    folders = sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []
    found = map(_read, folders)
    return [one for one in found if one]


def _read(folder: Path) -> Kept | None:
    try:
        content = read_bounded(folder / NAME, _LARGEST)
    except OSError:
        return None
    rows = [row for row in map(_row, content.split(b"\n")) if row]
    head = next((row for row in rows if row["line"] == "run"), None)
    return Kept(folder, head, tuple(rows)) if head else None


def _row(line: bytes) -> dict[str, Any] | None:
    """One line of a journal; the last may be half of one, where a process was killed."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or not isinstance(row.get("line"), str):
        return None
    members = _MEMBERS.get(row["line"], {})
    return row if all(isinstance(row.get(name), kind) for name, kind in members.items()) else None


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
        over = run.end is not End.UNDER_WAY and (run.seen or run.end is not End.CUT_OFF)
        if over and count[run.instance] > KEEP and str(run.head.get("at")) < oldest:
            shutil.rmtree(run.folder, ignore_errors=True)
    for folder in _begun_by_nobody(state / "runs"):
        if f"{_when(folder):%Y-%m-%dT%H:%M:%SZ}" < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def _begun_by_nobody(runs: Path) -> Iterator[Path]:
    """Folders of runs that were killed before their journal had a line."""
    return (folder for folder in runs.iterdir() if _when(folder) and _read(folder) is None)
