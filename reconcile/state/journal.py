"""What a run does, written down while it does it, so that one that is killed can still be understood.

    STATE/runs/<time>-<digest>/plan.json        the plan as it was shown, signed
                               snapshot.json    what it was going to touch, as it was, signed
                               journal.jsonl    a line for each thing that happened, each on disk before the next

    {"line": "run", "at": "…Z", "tool_version": …, "environment": …, "instance": …, "digest": …, "revision": …,
     "dirty": …, "command": "apply", "changes": 3, "pid": 1, "host": …}
    {"line": "call", "at": "…Z", "call": 1, "address": …, "method": …, "path": …, "body": {name: tagged value}}
    {"line": "answer", "at": "…Z", "call": 1, "error": null}
    {"line": "outcome", "at": "…Z", "address": …, "action": …, "status": …, "reason": …}
    {"line": "end", "at": "…Z", "stopped": false, "pending": 0}
    {"line": "seen", "at": "…Z"}                a later run has told of this one, which has no end

A call without an answer may have been carried out. Values of secrets are in none of it. Of a change that has two
outcomes the second is what the proof found. While the run is under way, its process holds the lock of the file.
"""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from reconcile.codec import encode_fields
from reconcile.errors import UnwrittenError
from reconcile.state.holding import take

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconcile.clock import Clock
    from reconcile.model import Call, Change, Json, Outcome
    from reconcile.redact import Redactor

NAME = "journal.jsonl"


def stamp(seconds: float) -> str:
    """A moment as people and programs read it (ISO 8601, UTC)."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Journal:
    """Writes the journal of one run. Safe to use from several threads, which share the waiting for the disk.

    What is not on disk is not sent: a rollback would not know of it. Of what has happened already, `trouble` says that
    it could not be written down.
    """

    def __init__(self, folder: Path, clock: Clock, redact: Redactor) -> None:
        self.folder = folder
        self.trouble = ""
        self._clock = clock
        self._redact = redact
        self._handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._torn = not _ends_whole(self._handle)
        self._calls = 0
        self._written = 0
        self._safe = 0
        self._lock = Lock()
        self._disk = Lock()

    def begin(self, row: Mapping[str, Json]) -> None:
        """Whose run this is; from now on it is under way. Raises OSError where that cannot be written."""
        with suppress(OSError):  # a file system without locks: then nobody can tell that it is
            take(self._handle)
        self._write({"line": "run", **row})

    def intend(self, change: Change, call: Call) -> int:
        """A call is about to be sent; its number. Raises UnwrittenError where that cannot be written."""
        with self._lock:
            self._calls += 1
            number = self._calls
        body = None if call.body is None else encode_fields(call.body)
        row: dict[str, Json] = {
            "line": "call",
            "call": number,
            "address": change.address,
            "method": call.method,
            "path": call.path,
            "body": body,
        }
        try:
            self._write(row)
        except OSError as error:
            raise UnwrittenError(
                f"not sent, because it could not be written down first: {self._place(error)}"
            ) from error
        return number

    def answered(self, number: int, error: str | None) -> None:
        """What came of a call; `error` is None where it was carried out."""
        self._tell({"line": "answer", "call": number, "error": error})

    def note(self, outcome: Outcome) -> None:
        """How a change ended."""
        self._tell(
            {
                "line": "outcome",
                "address": outcome.address,
                "action": outcome.action.value,
                "status": outcome.status.value,
                "reason": outcome.reason or None,
            }
        )

    def end(self, *, stopped: bool, pending: int | None) -> None:
        """The run is over; `pending` counts what is still not as wanted, None where nobody could look."""
        self._tell({"line": "end", "stopped": stopped, "pending": pending})

    def seen(self) -> None:
        """Somebody has told of this run, which has no end of its own."""
        self._tell({"line": "seen"})

    def close(self) -> None:
        """Nothing more will be written."""
        os.close(self._handle)

    def _tell(self, row: Mapping[str, Json]) -> None:
        """Write down what has happened, as far as that is possible."""
        try:
            self._write(row)
        except OSError as error:
            self.trouble = self._place(error)

    def _place(self, error: OSError) -> str:
        return f"{self.folder / NAME}: {error.strerror or error}"

    def _write(self, row: Mapping[str, Json]) -> None:
        kind, *rest = row.items()
        line = json.dumps(dict([kind, ("at", stamp(self._clock.now())), *rest]), ensure_ascii=False)
        self._append(self._redact(line) + "\n")

    def _put(self, line: bytes) -> None:
        """Write a line; never behind half of one, where a process was killed or the disk was full."""
        whole = b"\n" + line if self._torn else line
        self._torn = True
        if os.write(self._handle, whole) < len(whole):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._torn = False

    def _append(self, line: str) -> None:
        with self._lock:
            self._put(
                line.encode("utf-8", "backslashreplace")
            )  # a lone surrogate becomes its own JSON escape
            self._written += 1
            mine = self._written
        with self._disk:
            if self._safe < mine:
                reached = self._written
                os.fsync(self._handle)
                self._safe = reached


def _ends_whole(handle: int) -> bool:
    """Whether what is in a file ends with the end of a line."""
    if not os.fstat(handle).st_size:
        return True
    os.lseek(handle, -1, os.SEEK_END)
    return os.read(handle, 1) == b"\n"
