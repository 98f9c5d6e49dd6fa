"""How changes ended, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Status
from reconcile.render.terminal.style import PLAIN, safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconcile.model import Outcome
    from reconcile.render.terminal.style import Style

_MARK: Mapping[Status, str] = {
    Status.DONE: "✓",
    Status.FAILED: "✗",
    Status.SKIPPED: "·",
    Status.UNCONFIRMED: "?",
}
_MARK_COLOUR: Mapping[Status, str] = {
    Status.DONE: "+",
    Status.FAILED: "-",
    Status.SKIPPED: "dim",
    Status.UNCONFIRMED: "~",
}


def outcome_line(outcome: Outcome, style: Style = PLAIN) -> str:
    """How one change ended."""
    mark = style.paint(_MARK_COLOUR[outcome.status], _MARK[outcome.status])
    reason = f": {outcome.reason}" if outcome.reason else ""
    text = style.wrapped(safe(f"{outcome.action.value} {outcome.address}{reason}"), "    ")
    return f"{mark} {text}"


def outcomes_summary(outcomes: Iterable[Outcome], style: Style = PLAIN) -> str:
    """How a run ended, in numbers."""
    outcomes = list(outcomes)
    counts = [(status, sum(outcome.status is status for outcome in outcomes)) for status in Status]
    parts = ", ".join(f"{count} {status.value}" for status, count in counts if count or status is Status.DONE)
    return style.paint("bold", f"Apply: {parts}.")
