from __future__ import annotations

import json

from reconcile.model import Action, Finding, Origin, Outcome, Severity, Status
from reconcile.render.document import findings_document, outcomes_document


def test_outcomes_are_rows_with_a_reason_or_null() -> None:
    outcomes = [
        Outcome("redirect_url/a", Action.CREATE, Status.DONE),
        Outcome("protect", Action.UPDATE, Status.FAILED, "402"),
    ]

    document = outcomes_document(outcomes, pending=1)

    assert document == {
        "format_version": "1",
        "outcomes": [
            {"address": "redirect_url/a", "action": "create", "status": "done", "reason": None},
            {"address": "protect", "action": "update", "status": "failed", "reason": "402"},
        ],
        "pending": 1,
    }
    assert json.loads(json.dumps(document)) == document


def test_findings_are_rows_with_a_place_or_null() -> None:
    findings = [
        Finding(Severity.ERROR, "schema", "is wrong", "protect", Origin("a.yml", 3)),
        Finding(Severity.INFO, "note", "by the way"),
    ]

    assert findings_document(findings) == {
        "format_version": "1",
        "findings": [
            {
                "severity": "error",
                "rule": "schema",
                "message": "is wrong",
                "address": "protect",
                "file": "a.yml",
                "line": 3,
            },
            {
                "severity": "info",
                "rule": "note",
                "message": "by the way",
                "address": None,
                "file": None,
                "line": None,
            },
        ],
    }
