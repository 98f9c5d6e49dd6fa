"""Outcomes and findings as JSON documents; plans have their own in `codec`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.render.outcomes import sent_unread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.model import Finding, Json, Outcome, Plan


def outcomes_document(outcomes: Iterable[Outcome], after: Plan | None) -> dict[str, Json]:
    """How an apply ended, and what a plan made afterwards still holds; None where the instance could not be read."""
    outcomes = tuple(outcomes)
    rows: list[Json] = [
        {
            "address": one.address,
            "action": one.action.value,
            "status": one.status.value,
            "reason": one.reason or None,
            "features": list(one.features),
        }
        for one in outcomes
    ]
    unread: list[Json] = [
        {"address": item.address, "path": list(item.path), "at": item.at}
        for item in (sent_unread(after, outcomes) if after else ())
    ]
    pending = len(after.changes) if after else None
    return {"format_version": "1", "outcomes": rows, "unverified": unread, "pending": pending}


def findings_document(findings: Iterable[Finding]) -> dict[str, Json]:
    """What `validate` found."""
    rows: list[Json] = [
        {
            "severity": one.severity.value,
            "rule": one.rule,
            "message": one.message,
            "address": one.address or None,
            "file": one.origin.file if one.origin else None,
            "line": one.origin.line if one.origin else None,
        }
        for one in findings
    ]
    return {"format_version": "1", "findings": rows}
