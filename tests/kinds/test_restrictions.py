from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Action, Memory, Status, Value
from reconcile.plan import make_plan
from tests.lab import known

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab import Lab

ON = Value(value=True)


def test_without_a_way_to_read_them_flags_are_asserted(lab: Lab) -> None:
    plan = lab.plan(lab.want("restrictions: {blocklist: true}"))

    assert [(change.action, change.body) for change in plan.changes] == [(Action.ASSERT, {"blocklist": ON})]


def test_only_declared_flags_are_sent(lab: Lab) -> None:
    desired = lab.want("restrictions: {block_email_subaddresses: true}")
    lab.api.patch("/instance/restrictions", {"block_disposable_email_domains": True})

    lab.apply(desired)

    stored = lab.store.all("settings")["restrictions"]
    assert stored["block_disposable_email_domains"] is True
    assert stored["block_email_subaddresses"] is True


def test_a_plan_asks_nothing_of_a_group_without_get(lab: Lab) -> None:
    before = len(lab.simulator.log)

    lab.plan(lab.want("restrictions: {blocklist: true}"))

    assert lab.sent(since=before) == [("GET", "/instance")]


def test_an_empty_patch_reads_the_group_and_changes_nothing(lab: Lab) -> None:
    desired = lab.want("restrictions: {blocklist: true, block_email_subaddresses: false}")
    before, count = lab.objects(), len(lab.simulator.log)

    live = lab.live("restrictions", probe=True)
    plan = make_plan(known().kinds, desired, live)

    assert lab.objects() == before
    assert lab.writes(since=count) == [("PATCH", "/instance/restrictions")]
    assert [(change.action, change.body) for change in plan.changes] == [(Action.UPDATE, {"blocklist": ON})]


def test_a_flag_that_the_plan_does_not_include_fails_alone(open_lab: Callable[..., Lab]) -> None:
    lab = open_lab(type="production", features=frozenset({"allowlist"}))
    desired = lab.want("restrictions: {blocklist: true}\nprotect: {rules_enabled: true}")

    outcomes = {one.address: one for one in lab.carry_out(lab.plan(desired))}

    assert outcomes["restrictions"].status is Status.FAILED
    assert "402" in outcomes["restrictions"].reason
    assert outcomes["protect"].status is Status.DONE


def test_what_failed_leaves_no_receipt(open_lab: Callable[..., Lab]) -> None:
    lab = open_lab(type="production", features=frozenset())
    desired = lab.want("restrictions: {blocklist: true}")
    lab.carry_out(lab.plan(desired))

    assert [change.action for change in lab.plan(desired).changes] == [Action.ASSERT]


def test_the_same_switch_in_the_beta_group_is_an_error(lab: Lab) -> None:
    text = "restrictions:\n  allowlist: true\ninstance_settings:\n  restricted_to_allowlist: true\n"

    assert lab.problems(text) == [
        (
            "resources.yml:2: restrictions: allowlist: is the same switch as instance_settings.restricted_to_allowlist, "
            "declared at resources.yml:4; keep one of them"
        )
    ]


def test_two_switches_of_the_two_groups_stand_side_by_side(lab: Lab) -> None:
    text = "restrictions: {blocklist: true}\ninstance_settings: {restricted_to_allowlist: true}"

    assert lab.problems(text) == []


def test_switching_off_waits_for_nothing(lab: Lab) -> None:
    desired = lab.want("restrictions: {allowlist: false, blocklist: true}\nallowlist: [a@b.example]")

    plan = lab.plan(desired, Memory())

    assert {change.address: change.needs for change in plan.changes} == {
        "allowlist/a@b.example": (),
        "restrictions": (),
    }
