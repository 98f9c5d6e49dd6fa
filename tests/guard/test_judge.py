from __future__ import annotations

from math import inf

from reconcile.guard import GUARD_RULES, guard, unguarded
from reconcile.model import Finding, Rules, Severity
from tests.guard.things import KINDS, files, live, planned

DESIRED, THERE = files(banned=[]), live(banned=["eve"])
OTHER = Finding(Severity.REFUSAL, "needs", "needs something that is left out")


def test_a_plan_that_was_judged_is_judged_anew() -> None:
    plan = planned(DESIRED, THERE)

    refused = guard(plan, KINDS, DESIRED, THERE, Rules())
    allowed = guard(refused, KINDS, DESIRED, THERE, Rules(allow_delete=inf))

    assert [finding.severity for finding in refused.findings] == [Severity.REFUSAL]
    assert guard(refused, KINDS, DESIRED, THERE, Rules()) == refused
    assert allowed == plan


def test_other_findings_stay() -> None:
    plan = planned(DESIRED, THERE)
    said = guard(plan, KINDS, DESIRED, THERE, Rules())
    said = guard(
        type(plan)(plan.environment, plan.instance, plan.changes, findings=(OTHER, *said.findings)),
        KINDS,
        DESIRED,
        THERE,
        Rules(),
    )

    assert [finding.rule for finding in said.findings] == ["needs", "emptied"]
    assert unguarded(said).findings == (OTHER,)


def test_guards_speak_under_names_of_their_own() -> None:
    assert "needs" not in GUARD_RULES
    assert {
        finding.rule for finding in guard(planned(DESIRED, THERE), KINDS, DESIRED, THERE, Rules()).findings
    } <= GUARD_RULES
