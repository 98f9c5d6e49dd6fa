"""A run as a stream of events for programs: each is one JSON object on a line of its own. No I/O here.

planned                           what is about to be carried out
started                           the first call for a change is about to be sent
done failed skipped unconfirmed   how a change ended; of several for one address the last counts
refused                           nothing is carried out, and why
verified                          read again and planned again
finished                          the end, with the exit code; a stream without it was cut off
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from reconcile.codec import encode_summary, plan_digest
from reconcile.model import Status
from reconcile.render.document import finding_row, outcome_row, proof_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconcile.errors import ReconcileError
    from reconcile.model import Change, Finding, Json, Outcome, Plan


class Event(NamedTuple):
    """What happened, and what is to be said about it."""

    name: str
    row: Mapping[str, Json]


def line(event: Event, time: str) -> dict[str, Json]:
    """The object that stands on one line of the stream."""
    return {"format_version": "1", "time": time, "event": event.name, **event.row}


def planned(plan: Plan) -> Event:
    """The plan that is about to be carried out, or refused."""
    row: dict[str, Json] = {
        "environment": plan.environment,
        "instance": {"id": plan.instance.id, "environment_type": plan.instance.environment_type},
        "digest": plan_digest(plan),
        "complete": plan.complete,
        "summary": encode_summary(plan),
        "changes": len(plan.changes),
    }
    return Event("planned", row)


def started(change: Change) -> Event:
    """A change is tried."""
    return Event("started", {"address": change.address, "action": change.action.value})


def ended(outcome: Outcome) -> Event:
    """A change ended, or is known to have ended otherwise than it seemed."""
    row = outcome_row(outcome)
    return Event(str(row.pop("status")), row)


def refused(findings: Iterable[Finding]) -> Event:
    """Nothing is carried out."""
    return Event("refused", {"findings": [finding_row(one) for one in findings]})


def verified(outcomes: Iterable[Outcome], after: Plan | None) -> Event:
    """What the plan that was made as proof says."""
    return Event("verified", proof_row(outcomes, after))


def finished(exit_code: int, outcomes: Iterable[Outcome] = (), error: ReconcileError | None = None) -> Event:
    """The end of the run."""
    told = Counter(one.status for one in outcomes)
    row: dict[str, Json] = {
        "exit_code": exit_code,
        "outcomes": {status.value: told[status] for status in Status},
        "error": {"code": error.code, "message": str(error)} if error else None,
    }
    return Event("finished", row)
