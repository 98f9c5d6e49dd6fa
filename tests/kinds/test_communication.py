from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Status

if TYPE_CHECKING:
    from tests.lab import Lab


def test_country_codes_are_a_set(lab: Lab) -> None:
    lab.apply(lab.want("communication: {blocked_country_codes: [LK, BI]}"))

    assert lab.plan(lab.want("communication: {blocked_country_codes: [BI, LK]}")).changes == ()


def test_norway_is_text(lab: Lab) -> None:
    lab.apply(lab.want("communication: {blocked_country_codes: [NO]}"))

    assert lab.store.all("settings")["communication"]["blocked_country_codes"] == ["NO"]


def test_a_code_that_the_service_drops_fails_by_name(lab: Lab) -> None:
    outcomes = lab.carry_out(lab.plan(lab.want("communication: {blocked_country_codes: [BI, XX]}")))

    assert [one.status for one in outcomes] == [Status.FAILED]
    assert (
        "blocked_country_codes did not take: sent ['BI', 'XX'], the service answered ['BI']"
        in outcomes[0].reason
    )


def test_a_code_twice_is_refused(lab: Lab) -> None:
    assert lab.problems("communication: {blocked_country_codes: [BI, BI]}") == [
        "resources.yml:1: communication: blocked_country_codes: holds an entry twice; remove one"
    ]


def test_a_code_in_small_letters_is_refused(lab: Lab) -> None:
    assert lab.problems("communication: {blocked_country_codes: [bi]}") == [
        "resources.yml:1: communication: blocked_country_codes.0: 'bi' does not have the form ^[A-Z]{2}$"
    ]


def test_the_list_can_be_emptied(lab: Lab) -> None:
    lab.apply(lab.want("communication: {blocked_country_codes: [BI]}"))
    desired = lab.want("communication: {blocked_country_codes: []}")

    lab.apply(desired)

    assert lab.store.all("settings")["communication"]["blocked_country_codes"] == []
    assert lab.plan(desired).changes == ()
