"""Runs for people, and as documents. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from reconcile.render.sheet import Row, Sheet, Table
from reconcile.render.terminal import SIGN
from reconcile.render.terminal.style import PLAIN, safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconcile.model import Json, Plan
    from reconcile.render.terminal.style import Style

_NONE = "No run is kept here."
_WHO = ("command", "environment", "instance", "revision")
_MOST = 20
"""Addresses that are told one by one of what a run was sending when it was cut off."""


class Run(Protocol):
    """What is shown of a run."""

    @property
    def name(self) -> str:
        """What people call it by."""
        ...

    @property
    def head(self) -> Mapping[str, Json]:
        """Whose run it is."""
        ...

    @property
    def lines(self) -> Sequence[Mapping[str, Json]]:
        """Its journal."""
        ...

    @property
    def end(self) -> str:
        """How it ended."""
        ...

    @property
    def counts(self) -> Mapping[str, int]:
        """How many changes ended how."""
        ...

    @property
    def unanswered(self) -> Sequence[str]:
        """Addresses of which a call was sent and nobody knows what came of it."""
        ...


def cut_off_text(run: Run, plan: Plan) -> str:
    """What is certain of a run that has no end, and what a plan made since then says of the rest."""
    ended = sum(run.counts.values())
    head = f"The run {run.name} was cut off: {ended} of {run.head.get('changes')} changes had ended"
    pending = {change.address for change in plan.changes}
    looked_up = [
        f"  {safe(address)}: was being sent; {'not as wanted now, so it is planned again' if address in pending else 'is as wanted now'}"
        for address in run.unanswered[:_MOST]
    ]
    more = len(run.unanswered) - _MOST
    if more > 0:
        again = len(pending.intersection(run.unanswered[_MOST:]))
        looked_up.append(f"  and {more:,} more, of which {again:,} are planned again")
    rest = "nothing was under way" if not looked_up else "this was looked up:"
    return "\n".join([f"{safe(head)}; {rest}", *looked_up])


def runs_text(runs: Iterable[Run], style: Style = PLAIN) -> str:
    """A line for each run."""
    lines = [_line(run, style) for run in runs]
    return "\n".join(lines) if lines else _NONE


def _line(run: Run, style: Style) -> str:
    state = "" if run.end == "complete" else f"  {run.end}"
    return f"{safe(f'{run.name}  {_about(run)}')}{style.paint('~', state)}"


def _about(run: Run) -> str:
    """Whose run it was, from where, and how many changes ended how."""
    head = run.head
    revision = str(head.get("revision") or "")[:8]
    source = f" from {revision}{' with changes' if head.get('dirty') else ''}" if revision else ""
    counts = ", ".join(f"{number} {status}" for status, number in run.counts.items()) or "nothing ended"
    return f"{head.get('command')} {head.get('environment')} ({head.get('instance')}){source}: {counts}"


def run_text(run: Run, style: Style = PLAIN) -> str:
    """One run: who, what, and each line of its journal."""
    return "\n".join([_line(run, style), "", *(_event(line) for line in run.lines)])


def _event(line: Mapping[str, Json]) -> str:
    return safe(f"{line.get('at')}  {_said(line)}")


def _said(line: Mapping[str, Json]) -> str:
    """What one line of a journal says."""
    match line.get("line"):
        case "run":
            return f"began with {line.get('changes')} changes, reconcile {line.get('tool_version')}"
        case "call":
            return (
                f"call {line.get('call')}: {line.get('method')} {line.get('path')} for {line.get('address')}"
            )
        case "answer":
            return f"call {line.get('call')}: {line.get('error') or 'answered'}"
        case "outcome":
            reason = f": {line['reason']}" if line.get("reason") else ""
            return f"{line.get('action')} {line.get('address')}: {line.get('status')}{reason}"
        case "end":
            return f"{'stopped' if line.get('stopped') else 'ended'}, {line.get('pending')} pending"
        case _:
            return "a later run has told of this one"


def runs_sheet(runs: Iterable[Run]) -> Sheet:
    """All runs as a table."""
    rows = tuple(
        Row((run.name, *(str(run.head.get(name) or "") for name in _WHO), _ending(run)), _tone(run))
        for run in runs
    )
    head = ("Run", "Command", "Environment", "Instance", "Commit", "How it ended")
    return Sheet("runs", "", "" if rows else _NONE, (Table("Runs, the newest first", head, rows),))


def run_sheet(run: Run, plan: Plan) -> Sheet:
    """One run: what it was to do, and each line of its journal."""
    changes = tuple(
        Row((f"{SIGN[change.action]} {change.action.value}", change.address), change.action.value)
        for change in plan.changes
    )
    lines = tuple(Row((str(line.get("at")), _said(line))) for line in run.lines)
    return Sheet(
        "runs",
        run.name,
        _about(run),
        (Table("Changes", ("Action", "Address"), changes), Table("Journal", ("When", "What"), lines)),
    )


def _ending(run: Run) -> str:
    counts = ", ".join(f"{number} {status}" for status, number in run.counts.items()) or "nothing ended"
    return counts if run.end == "complete" else f"{counts}; {run.end}"


def _tone(run: Run) -> str:
    fine = run.end == "complete" and run.counts.keys() <= {"done"}
    return "create" if fine else "update"


def runs_document(runs: Iterable[Run]) -> dict[str, Json]:
    """All runs."""
    return {"format_version": "1", "runs": [run_row(run) for run in runs]}


def run_document(run: Run, plan: Mapping[str, Json]) -> dict[str, Json]:
    """One run with its plan and its journal."""
    return {
        "format_version": "1",
        **run_row(run),
        "plan": dict(plan),
        "journal": [dict(line) for line in run.lines],
    }


def run_row(run: Run) -> dict[str, Json]:
    """One run of a list; `schemas/runs.json` describes it."""
    known = (
        "at",
        "command",
        "environment",
        "instance",
        "digest",
        "revision",
        "dirty",
        "tool_version",
        "changes",
    )
    unanswered: list[Json] = list(run.unanswered)
    return {
        "run": run.name,
        "state": str(run.end),
        **dict(_members(run.head, known)),
        "outcomes": dict(run.counts),
        "unanswered": unanswered,
    }


def _members(head: Mapping[str, Json], names: Iterable[str]) -> Iterator[tuple[str, Json]]:
    return ((name, head.get(name)) for name in names)
