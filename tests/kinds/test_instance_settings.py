from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Action, Value

if TYPE_CHECKING:
    from tests.lab import Lab


def test_nothing_but_what_is_declared_is_sent(lab: Lab) -> None:
    lab.api.patch("/instance/restrictions", {"allowlist": True})
    desired = lab.want("instance_settings: {from_email_address: acme}")
    plan = lab.plan(desired)

    assert [(change.action, change.body) for change in plan.changes] == [
        (Action.ASSERT, {"from_email_address": Value("acme")})
    ]
    lab.carry_out(plan)
    assert lab.store.all("settings")["restrictions"]["allowlist"] is True


def test_the_older_switch_waits_for_the_list_as_well(lab: Lab) -> None:
    desired = lab.want("instance_settings: {restricted_to_allowlist: true}\nallowlist: [a@b.example]")

    plan = lab.plan(desired)

    assert [(change.address, change.needs) for change in plan.changes] == [
        ("allowlist/a@b.example", ()),
        ("instance_settings", ("allowlist/*",)),
    ]


def test_a_sender_is_letters_and_digits(lab: Lab) -> None:
    assert len(lab.problems("instance_settings: {from_email_address: no-reply}")) == 1


def test_it_can_be_probed(lab: Lab) -> None:
    lab.api.patch("/beta_features/instance_settings", {"from_email_address": "acme"})

    live = lab.live("instance_settings", probe=True)

    assert live.objects["instance_settings"][""].fields["from_email_address"] == "acme"


def test_the_switch_that_is_missing_from_the_answer_is_asserted_even_when_probed(lab: Lab) -> None:
    desired = lab.want("instance_settings: {test_mode: false}")

    lab.apply(desired)

    assert lab.store.all("settings")["instance"]["test_mode"] is False
    assert [item.path for item in lab.plan(desired).unverified] == [("test_mode",)]
