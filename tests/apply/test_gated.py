"""What the plan of an instance does not include: said by name, remembered, and left out where that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconcile.apply import Manner, apply
from reconcile.apply.ending import UNNAMED
from reconcile.errors import ApiError
from reconcile.model import Severity, Status
from reconcile.observe import observe
from reconcile.simulator.faults import Fault, Faults
from tests.lab import known

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.model import Outcome, Plan
    from tests.lab import Lab

KEYED = """
jwt_templates:
  a: {claims: {}, custom_signing_key: true, signing_algorithm: HS256, signing_key: "${env:KEY}"}
  b: {claims: {}}
"""
LISTED = "allowlist: [a@b.example, c@d.example]\nrestrictions: {allowlist: true}"


@pytest.fixture
def poor(open_lab: Callable[..., Lab]) -> Lab:
    """An instance whose plan includes nothing."""
    return open_lab(features=frozenset())


def carry_out(lab: Lab, plan: Plan) -> dict[str, Outcome]:
    kinds = known().kinds
    outcomes = apply(plan, kinds, lab.client(), lab.secret, manner=Manner(skip_gated=True))
    lab.ledger.after(plan, kinds, outcomes, lab.clock.now()).save()
    return {one.address: one for one in outcomes}


def gate(lab: Lab, *, times: int = 1, status: int = 402) -> None:
    rule = Fault(method="POST", path="/allowlist*", status=status, feature="allowlist", times=times)
    lab.simulator.faults = Faults([rule])


def test_it_is_a_failure_that_names_what_is_missing(poor: Lab) -> None:
    outcomes = {one.address: one for one in poor.carry_out(poor.plan(poor.want(KEYED)))}

    missing = outcomes["jwt_template/a"]
    assert (missing.status, missing.features) == (Status.FAILED, ("custom_jwt_signing_key",))
    assert missing.reason.startswith(
        "needs a paid plan that includes custom_jwt_signing_key: POST /v1/jwt_templ"
    )
    assert outcomes["jwt_template/b"].status is Status.DONE


def test_it_is_left_out_where_the_project_says_so(poor: Lab) -> None:
    outcomes = carry_out(poor, poor.plan(poor.want(KEYED)))

    assert outcomes["jwt_template/a"].status is Status.SKIPPED
    assert outcomes["jwt_template/b"].status is Status.DONE


def test_an_answer_without_a_name_is_one_all_the_same(lab: Lab) -> None:
    plan = lab.plan(lab.want("protect: {rules_enabled: true}"))
    lab.simulator.faults = Faults([Fault(method="PATCH", status=402, body="empty")])

    assert [one.features for one in lab.carry_out(plan)] == [(UNNAMED,)]


def test_the_next_plan_says_it_first_and_until_it_took(poor: Lab) -> None:
    desired = poor.want(KEYED)
    assert poor.plan(desired).findings == ()
    poor.carry_out(poor.plan(desired))

    (finding,) = poor.plan(desired).findings

    assert (finding.severity, finding.rule, finding.address) == (Severity.WARNING, "gated", "jwt_template/a")
    assert finding.message == (
        "needs a paid plan: at 2027-01-15T08:00:00Z that of the instance did not include custom_jwt_signing_key"
    )


def test_what_took_after_all_is_no_longer_said(lab: Lab) -> None:
    gate(lab)
    desired = lab.want("allowlist: [a@b.example]")
    lab.carry_out(lab.plan(desired))
    assert lab.ledger.gated != {}

    lab.carry_out(lab.plan(desired))

    assert lab.ledger.gated == {}


def test_the_entries_of_a_list_meet_one_gate(lab: Lab) -> None:
    gate(lab, times=2)
    plan = lab.plan(lab.want(LISTED))

    outcomes = carry_out(lab, plan)

    assert [one.status for one in outcomes.values()] == [Status.SKIPPED] * 3
    assert list(lab.ledger.gated) == ["allowlist/*", "restrictions"]
    assert [item.address for item in lab.plan(lab.want(LISTED)).findings] == ["allowlist/*", "restrictions"]


def test_what_needs_a_thing_that_is_left_out_is_left_out_for_the_same_reason(lab: Lab) -> None:
    gate(lab, times=2)

    switch = carry_out(lab, lab.plan(lab.want(LISTED)))["restrictions"]

    assert (switch.status, switch.features) == (Status.SKIPPED, ("allowlist",))
    assert switch.reason.startswith("needs allowlist/*, and allowlist/")


def test_what_needs_a_thing_that_failed_is_no_matter_of_plans(lab: Lab) -> None:
    gate(lab, times=2, status=422)

    assert carry_out(lab, lab.plan(lab.want(LISTED)))["restrictions"].features == ()


def test_a_list_that_cannot_even_be_read_ends_the_plan(poor: Lab) -> None:
    with pytest.raises(ApiError, match="402") as caught:
        observe(poor.client(), [known().kinds["allowlist"]])

    assert caught.value.features == ("allowlist",)


def test_a_list_that_cannot_even_be_read_is_left_as_it_is_where_the_project_says_so(poor: Lab) -> None:
    desired = poor.want("allowlist: [a@b.example]\nredirect_urls: ['a://b']")
    kinds = [known().kinds[name] for name in desired.sections]

    plan = poor.plan_of(desired, observe(poor.client(), kinds, skip_gated=True))

    assert [change.address for change in plan.changes] == ["redirect_url/a://b"]
    assert "left as they are, because this needs a paid plan (GET /v1/allow" in plan.findings[0].message
