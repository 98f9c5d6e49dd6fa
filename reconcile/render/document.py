"""Outcomes and findings as JSON documents; plans have their own in `codec`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.model import Finding, Json, Outcome


def outcomes_document(outcomes: Iterable[Outcome], *, pending: int) -> dict[str, Json]:
    """How an apply ended; `pending` counts the changes that a plan made afterwards still holds."""
    rows: list[Json] = [
        {
            "address": one.address,
            "action": one.action.value,
            "status": one.status.value,
            "reason": one.reason or None,
        }
        for one in outcomes
    ]
    return {"format_version": "1", "outcomes": rows, "pending": pending}


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
