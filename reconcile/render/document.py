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
    rows: list[Json] = [outcome_row(one) for one in outcomes]
    return {"format_version": "1", "outcomes": rows, **proof_row(outcomes, after)}


def outcome_row(one: Outcome) -> dict[str, Json]:
    """How one change ended."""
    return {
        "address": one.address,
        "action": one.action.value,
        "status": one.status.value,
        "reason": one.reason or None,
        "features": list(one.features),
    }


def proof_row(outcomes: Iterable[Outcome], after: Plan | None) -> dict[str, Json]:
    """What was taken and cannot be read, and how many changes a plan made afterwards still holds."""
    unread: list[Json] = [
        {"address": item.address, "path": list(item.path), "at": item.at}
        for item in (sent_unread(after, outcomes) if after else ())
    ]
    return {"unverified": unread, "pending": len(after.changes) if after else None}


def findings_document(findings: Iterable[Finding]) -> dict[str, Json]:
    """What `validate` found."""
    return {"format_version": "1", "findings": [finding_row(one) for one in findings]}


def finding_row(one: Finding) -> dict[str, Json]:
    """One thing to know, with its place."""
    return {
        "severity": one.severity.value,
        "rule": one.rule,
        "message": one.message,
        "address": one.address or None,
        "file": one.origin.file if one.origin else None,
        "line": one.origin.line if one.origin else None,
    }
