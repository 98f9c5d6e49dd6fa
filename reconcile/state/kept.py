"""One run of a state folder, read back whatever became of it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reconcile.bounded import read_bounded
from reconcile.errors import FilesError
from reconcile.model import Finding, Severity
from reconcile.state.holding import taken
from reconcile.state.journal import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_LARGEST = 256 << 20
_MEMBERS: Mapping[str, Mapping[str, type]] = {
    "call": {"call": int, "address": str},
    "answer": {"call": int},
    "outcome": {"address": str, "status": str},
}
"""What lines have to hold to be of use; others are damaged."""


class End(StrEnum):
    """How a run ended."""

    COMPLETE = "complete"
    STOPPED = "stopped"
    CUT_OFF = "cut off"
    UNDER_WAY = "under way"


@dataclass(frozen=True)  # no slots, because of the lines that are looked at only once somebody asks
class Kept:
    """One run as its folder tells it."""

    folder: Path
    head: Mapping[str, Any]
    journal: bytes = field(default=b"", repr=False)

    @cached_property
    def lines(self) -> tuple[Mapping[str, Any], ...]:
        """Its journal."""
        return tuple(_rows(self.journal.split(b"\n")))

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
        backwards = _rows(reversed(self.journal.split(b"\n")))
        last = next((line for line in backwards if line["line"] == "end"), None)
        if last:
            return End.STOPPED if last.get("stopped") else End.COMPLETE
        return End.UNDER_WAY if taken(self.folder / NAME) else End.CUT_OFF

    @property
    def seen(self) -> bool:
        """Whether a later run has told of it."""
        return any(line["line"] == "seen" for line in self.lines)

    @property
    def over(self) -> bool:
        """Whether nothing is to be told of it any more."""
        return self.end in {End.COMPLETE, End.STOPPED} or (self.end is End.CUT_OFF and self.seen)

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


def read_run(folder: Path) -> Kept | None:
    """What a folder tells of a run; None where it is none, or its journal is damaged."""
    try:
        content = read_bounded(folder / NAME, _LARGEST)
    except OSError:
        return None
    head = next((row for row in _rows(content.split(b"\n")) if row["line"] == "run"), None)
    return Kept(folder, head, content) if head else None


def _rows(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Those lines of a journal that can be read, one after the other as they are asked for."""
    return filter(None, map(_row, lines))


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
