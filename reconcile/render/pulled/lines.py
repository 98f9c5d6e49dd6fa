"""Lines that text, documents and tables of a pull share."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from reconcile.model import Value
from reconcile.pull import Verdict
from reconcile.render.terminal.fields import show
from reconcile.render.terminal.style import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.model import Tagged
    from reconcile.pull import Item
    from reconcile.pull.report import FileChange, Report

_NOUNS: tuple[tuple[Verdict, str, str], ...] = (
    (Verdict.TAKEN, "value taken", "values taken"),
    (Verdict.ADDED, "object added", "objects added"),
    (Verdict.REMOVED, "object removed", "objects removed"),
)
_CONTROL = "\\ No newline at end of file"


def named(item: Item) -> str:
    """What an item is about."""
    path = ".".join(map(str, item.path))
    return safe(f"{item.address}: {path}" if path else item.address)


def said(item: Item, side: Tagged) -> str:
    """What one side says of an item: the value, or of an object whether it is there."""
    whole = not item.path and isinstance(side, Value) and side.value is True
    return "(the object)" if whole else show(side)


def diff_lines(file: FileChange) -> Iterator[str]:
    """A unified difference, without the ends of its lines."""
    old, new = (_lines(side) for side in (file.before, file.after))
    head = (
        (f"a/{file.name}" if file.before is not None else "/dev/null"),
        (f"b/{file.name}" if file.after is not None else "/dev/null"),
    )
    for line in difflib.unified_diff(old, new, *head):
        body = line.removesuffix("\n")
        yield body
        if body == line and not line.startswith(("---", "+++", "@@")):
            yield _CONTROL


def _lines(text: str | None) -> list[str]:
    """The lines of a file with their ends; only line feeds end one."""
    parts = (text or "").split("\n")
    return [*(f"{part}\n" for part in parts[:-1]), *([parts[-1]] if parts[-1] else [])]


def summary(report: Report) -> str:
    """The sum in one line."""
    settled = report.settled
    counts = [(sum(item.verdict is verdict for item in settled), one, many) for verdict, one, many in _NOUNS]
    waiting = [
        (len(report.left), "left", "left"),
        (len(report.conflicts), "conflict", "conflicts"),
        (len(report.stuck), "not written", "not written"),
    ]
    done = [counted(*count) for count in counts if count[0]]
    open_ = [counted(*count) for count in waiting if count[0]]
    files = f"{counted(len(report.files), 'file', 'files')} {'changed' if report.written else 'would change'}"
    if not done and not report.files:
        return f"Nothing to pull; {', '.join(open_)}." if open_ else "Nothing to pull."
    text = ", ".join(done) or "no value of yours"
    return f"Pull: {text}{'; ' + ', '.join(open_) if open_ else ''}. {files}."


def counted(count: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{count:,} {one if count == 1 else many}"
