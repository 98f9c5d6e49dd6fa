from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Action, Status

if TYPE_CHECKING:
    from tests.lab import Lab

TEXT = "oauth_application_settings: {default_scopes: "


def test_scopes_are_a_set(lab: Lab) -> None:
    lab.apply(lab.want(TEXT + "[openid, profile]}"))

    assert lab.plan(lab.want(TEXT + "[profile, openid]}")).changes == ()


def test_at_least_one_scope_is_needed(lab: Lab) -> None:
    assert lab.problems(TEXT + "[]}") == [
        "resources.yml:1: oauth_application_settings: default_scopes: needs at least 1 entry"
    ]


def test_switches_are_read_back(lab: Lab) -> None:
    desired = lab.want("oauth_application_settings: {oauth_jwt_access_tokens: true}")

    assert [one.status for one in lab.apply(desired)] == [Status.DONE]
    assert (lab.plan(desired).changes, lab.plan(desired).unverified) == ((), ())


def test_null_brings_the_services_own_scopes_back_and_is_remembered(lab: Lab) -> None:
    lab.apply(lab.want(TEXT + "[openid]}"))
    desired = lab.want(TEXT + "null}")

    outcomes = lab.apply(desired)

    assert [one.status for one in outcomes] == [Status.DONE]
    assert lab.store.all("settings")["oauth_application_settings"]["default_scopes"] == ["profile", "email"]
    assert lab.plan(desired).changes == ()
    assert [item.path for item in lab.plan(desired).unverified] == [("default_scopes",)]


def test_without_that_memory_null_is_asserted(lab: Lab) -> None:
    plan = lab.plan(lab.want(TEXT + "null}"))

    assert [change.action for change in plan.changes] == [Action.ASSERT]
