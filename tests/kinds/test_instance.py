from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconcile.model import UNREADABLE, Action, Policy, Value

if TYPE_CHECKING:
    from tests.lab import Lab

A, B, C = "capacitor://localhost", "chrome-extension://abc", "https://acme.example"


def origins(*names: str) -> str:
    return f"instance: {{allowed_origins: {list(names)}}}"


@pytest.mark.parametrize("seed", range(3))
def test_allowed_origins_are_a_set(lab: Lab, seed: int) -> None:
    desired = lab.want(origins(*(A, B, C)[seed:], *(A, B, C)[:seed]))

    lab.apply(desired)

    assert lab.plan(desired).changes == ()
    assert lab.plan(lab.want(origins(C, A, B))).changes == ()


def test_an_origin_more_or_less_is_a_change_of_the_whole_list(lab: Lab) -> None:
    lab.apply(lab.want(origins(A, B)))

    plan = lab.plan(lab.want(origins(B, C)))

    assert [change.action for change in plan.changes] == [Action.UPDATE]
    assert plan.changes[0].body == {"allowed_origins": Value([B, C])}


def test_an_empty_list_of_origins_is_refused_because_the_service_ignores_it(lab: Lab) -> None:
    assert lab.problems(origins()) == ["resources.yml:1: instance: allowed_origins: needs at least 1 entry"]


def test_the_answer_to_a_write_is_empty_and_the_rest_is_asserted(lab: Lab) -> None:
    desired = lab.want("instance: {support_email: help@acme.example, hibp: false}")
    first = lab.plan(desired)

    assert [change.action for change in first.changes] == [Action.ASSERT]
    assert {field.before for field in first.changes[0].fields} == {UNREADABLE}
    lab.carry_out(first)

    second = lab.plan(desired)
    assert second.changes == ()
    assert [item.path for item in second.unverified] == [("hibp",), ("support_email",)]


def test_only_the_field_that_changed_is_sent_again(lab: Lab) -> None:
    lab.apply(lab.want("instance: {support_email: help@acme.example, hibp: false}"))

    plan = lab.plan(lab.want("instance: {support_email: new@acme.example, hibp: false}"))

    assert [change.action for change in plan.changes] == [Action.UPDATE]
    assert plan.changes[0].body == {"support_email": Value("new@acme.example")}
    assert [item.path for item in plan.unverified] == [("hibp",)]


def test_a_change_beside_an_assertion_is_one_update(lab: Lab) -> None:
    plan = lab.plan(lab.want(f"instance: {{hibp: true, allowed_origins: ['{A}']}}"))

    assert [change.action for change in plan.changes] == [Action.UPDATE]
    assert set(plan.changes[0].body) == {"hibp", "allowed_origins"}


def test_everything_can_be_sent_again_on_request(lab: Lab) -> None:
    desired = lab.want("instance: {support_email: help@acme.example, hibp: false}")
    lab.apply(desired)

    plan = lab.plan(desired, policy=Policy(reassert=True))

    assert [change.action for change in plan.changes] == [Action.ASSERT]
    assert set(plan.changes[0].body) == {"support_email", "hibp"}


def test_reading_the_group_is_the_same_call_as_asking_who_we_are(lab: Lab) -> None:
    desired = lab.want(origins(A))
    before = len(lab.simulator.log)

    lab.plan(desired)

    assert lab.sent(since=before) == [("GET", "/instance")]


def test_test_mode_under_two_names_is_an_error(lab: Lab) -> None:
    text = "instance:\n  test_mode: true\ninstance_settings:\n  test_mode: true\n"

    assert lab.problems(text) == [
        (
            "resources.yml:2: instance: test_mode: is the same switch as instance_settings.test_mode, "
            "declared at resources.yml:4; keep one of them"
        )
    ]


def test_a_misspelt_field_is_refused_before_the_service_drops_it(lab: Lab) -> None:
    assert lab.problems("instance: {suport_email: x}") == [
        "resources.yml:1: instance: suport_email: unknown field; did you mean support_email?"
    ]
