from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconcile.calls import calls
from reconcile.model import Action, Ref, Status, Value
from tests.lab import known

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab import Lab

ROLES = """
organization_settings:
  enabled: true
  max_allowed_memberships: 7
  creator_role: org:admin
  domains_default_role: org:member
"""


def test_the_plan_holds_a_reference_and_no_id(lab: Lab) -> None:
    plan = lab.plan(lab.want(ROLES))

    assert plan.changes[0].body == {
        "enabled": Value(value=True),
        "max_allowed_memberships": Value(7),
        "creator_role_id": Ref("organization_role/org:admin"),
        "domains_default_role_id": Ref("organization_role/org:member"),
    }


def test_enabling_comes_first_and_roles_second(lab: Lab) -> None:
    change = lab.plan(lab.want(ROLES)).changes[0]

    first, second = calls(known().kinds[change.kind], change)

    assert (first.method, first.path) == ("PATCH", "/instance/organization_settings")
    assert first.body == {"enabled": Value(value=True), "max_allowed_memberships": Value(7)}
    assert set(second.body or ()) == {"creator_role_id", "domains_default_role_id"}


@pytest.mark.parametrize("lag", [0.0, 0.8, 5.0])
def test_roles_are_looked_up_once_they_exist(open_lab: Callable[..., Lab], lag: float) -> None:
    lab = open_lab(lag=lag)
    desired = lab.want(ROLES)

    assert [one.status for one in lab.apply(desired)] == [Status.DONE]
    settings = lab.store.all("settings")["organization_settings"]
    assert (settings["creator_role"], settings["domains_default_role"]) == ("org:admin", "org:member")
    lab.clock.sleep(lag)
    assert lab.plan(desired).changes == ()


def test_where_organisations_are_on_already_it_is_one_call(lab: Lab) -> None:
    lab.apply(lab.want("organization_settings: {enabled: true}"))
    plan = lab.plan(lab.want(ROLES))

    assert [change.action for change in plan.changes] == [Action.UPDATE]
    assert len(calls(known().kinds[plan.changes[0].kind], plan.changes[0])) == 1
    assert [one.status for one in lab.carry_out(plan)] == [Status.DONE]


def test_the_roles_are_read_once(lab: Lab) -> None:
    lab.apply(lab.want("organization_settings: {enabled: true}"))
    plan = lab.plan(lab.want(ROLES.replace("org:admin", "org:admin")))
    before = len(lab.simulator.log)

    lab.carry_out(plan)

    assert lab.sent(since=before)[0] == ("GET", "/organization_roles")
    assert len(lab.sent(since=before)) == 2


def test_an_unknown_role_fails_with_those_that_there_are(lab: Lab) -> None:
    lab.apply(lab.want("organization_settings: {enabled: true}"))
    before = lab.clock.now()

    outcomes = lab.carry_out(lab.plan(lab.want("organization_settings: {creator_role: org:boss}")))

    assert [(one.status, one.reason) for one in outcomes] == [
        (Status.FAILED, "the instance has no organization role org:boss; it has: org:admin, org:member")
    ]
    assert lab.clock.now() - before == pytest.approx(4), "an earlier run may have made it, so reads may trail"


def test_an_unknown_role_fails_too_where_it_could_still_have_shown_up(lab: Lab) -> None:
    desired = lab.want("organization_settings: {enabled: true, creator_role: org:boss}")

    outcomes = lab.carry_out(lab.plan(desired))

    assert [one.status for one in outcomes] == [Status.FAILED]
    assert "it has: org:admin, org:member" in outcomes[0].reason


def test_roles_without_organisations_fail_with_the_services_own_words(lab: Lab) -> None:
    outcomes = lab.carry_out(lab.plan(lab.want("organization_settings: {creator_role: org:admin}")))

    assert [one.status for one in outcomes] == [Status.FAILED]
    assert "403 organization_not_enabled_in_instance" in outcomes[0].reason


def test_the_mode_that_the_service_adds_is_no_drift(lab: Lab) -> None:
    desired = lab.want("organization_settings: {domains_enrollment_modes: [automatic_suggestion]}")

    lab.apply(desired)

    shown = lab.api.get("/instance/organization_settings").json["domains_enrollment_modes"]
    assert "manual_invitation" in shown
    assert lab.plan(desired).changes == ()


def test_modes_are_a_set(lab: Lab) -> None:
    lab.apply(
        lab.want(
            "organization_settings: {domains_enrollment_modes: [automatic_suggestion, automatic_invitation]}"
        )
    )

    plan = lab.plan(
        lab.want(
            "organization_settings: {domains_enrollment_modes: [automatic_invitation, automatic_suggestion]}"
        )
    )

    assert plan.changes == ()


def test_the_mode_that_the_service_adds_cannot_be_declared(lab: Lab) -> None:
    text = "organization_settings: {domains_enrollment_modes: [manual_invitation]}"

    assert lab.problems(text) == [
        (
            "resources.yml:1: organization_settings: domains_enrollment_modes.0: 'manual_invitation' is none of "
            "'automatic_invitation', 'automatic_suggestion'"
        )
    ]


def test_a_role_id_is_no_field(lab: Lab) -> None:
    assert lab.problems("organization_settings: {creator_role_id: role_1}") == [
        "resources.yml:1: organization_settings: creator_role_id: unknown field; did you mean creator_role?"
    ]
