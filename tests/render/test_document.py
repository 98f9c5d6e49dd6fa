from __future__ import annotations

import json

from reconcile.model import Action, Finding, Origin, Outcome, Plan, Severity, Status, Unverified, Value
from reconcile.render.document import findings_document, outcomes_document
from tests.plan.things import INSTANCE, change


def test_outcomes_are_rows_with_a_reason_or_null() -> None:
    outcomes = [
        Outcome("redirect_url/a", Action.CREATE, Status.DONE),
        Outcome("protect", Action.UPDATE, Status.FAILED, "402", features=("protection",)),
    ]
    hidden = Unverified("redirect_url/a", ("x", 1), Value(1), "2027-01-15T08:00:00Z")

    document = outcomes_document(outcomes, Plan("local", INSTANCE, (change(),), (hidden,)))

    assert document == {
        "format_version": "1",
        "outcomes": [
            {
                "address": "redirect_url/a",
                "action": "create",
                "status": "done",
                "reason": None,
                "features": [],
            },
            {
                "address": "protect",
                "action": "update",
                "status": "failed",
                "reason": "402",
                "features": ["protection"],
            },
        ],
        "unverified": [{"address": "redirect_url/a", "path": ["x", 1], "at": "2027-01-15T08:00:00Z"}],
        "pending": 1,
    }
    assert json.loads(json.dumps(document)) == document


def test_what_is_pending_is_null_where_nothing_could_be_read() -> None:
    assert outcomes_document([], None)["pending"] is None


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
