from __future__ import annotations

from math import inf
from typing import Any

import pytest

from reconcile.guard import guard
from reconcile.model import Limit, Policy, Rules
from reconcile.plan import make_plan
from tests.guard.things import KINDS, files, judged, live, rules_broken

TWENTY = [f"home:{number:02}" for number in range(20)]


def roads(kept: int, total: int = 20) -> tuple[Any, Any]:
    """Files that keep so many of the roads that are there."""
    return files(road=TWENTY[:kept]), live(road=TWENTY[:total])


@pytest.mark.parametrize(("kept", "refused"), [(12, True), (13, True), (14, False), (20, False)])
def test_of_ten_and_more_at_most_three_in_ten_may_go(kept: int, refused: bool) -> None:  # noqa: FBT001
    assert (rules_broken(*roads(kept)) == ["max-delete"]) is refused


def test_a_refusal_says_what_would_go_where_and_how_to_allow_it() -> None:
    (finding,) = judged(*roads(12))

    assert str(finding).startswith(
        "house.yml:1: roads: 8 of 20 would be deleted, and max_delete is 30% (road/home:12, "
    )
    assert (
        "say --allow-delete=8 if that is meant, or raise policy.max_delete in reconcile.yml"
        in finding.message
    )


def test_of_many_addresses_the_first_ten_are_named() -> None:
    (finding,) = judged(*roads(1))

    assert "road/home:10 and 9 more" in finding.message


@pytest.mark.parametrize(("total", "refused"), [(9, False), (10, True)])
def test_a_share_of_few_says_nothing(total: int, refused: bool) -> None:  # noqa: FBT001
    assert ("max-delete" in rules_broken(*roads(total - 5, total))) is refused


def test_the_least_number_for_a_share_can_be_set() -> None:
    assert rules_broken(*roads(2, 4), min_size=4) == ["max-delete"]


def test_a_limit_that_is_a_number_counts_among_few_as_well() -> None:
    assert rules_broken(*roads(2, 4), max_delete=Limit(2)) == []
    assert rules_broken(*roads(2, 4), max_delete=Limit(1)) == ["max-delete"]
    assert rules_broken(*roads(3, 4), max_delete=Limit(0)) == ["max-delete"]


@pytest.mark.parametrize("rule", [{}, {"protected_environment": True}, {"max_delete": Limit(0)}])
@pytest.mark.parametrize("allowed", [inf, 8, 9])
def test_who_means_it_says_so_once(rule: dict[str, Any], allowed: float) -> None:
    assert rules_broken(*roads(12), **rule, allow_delete=allowed) == []


def test_an_allowance_is_also_a_limit() -> None:
    assert rules_broken(*roads(19), allow_delete=1) == []
    assert rules_broken(*roads(18), allow_delete=1) == ["allow-delete"]
    assert rules_broken(*roads(12), allow_delete=7) == ["allow-delete", "max-delete"]
    (finding,) = judged(*roads(18), allow_delete=0)
    assert "--allow-delete=0 allows no more" in finding.message
    assert "say --allow-delete=2" in finding.message


def test_nothing_goes_from_a_protected_environment_unasked() -> None:
    (finding,) = judged(*roads(19), protected_environment=True)

    assert finding.rule == "protected-environment"
    assert (
        "environment production is protected, and 1 object (road/home:19) would be deleted" in finding.message
    )
    assert rules_broken(*roads(20), protected_environment=True) == []


def test_a_section_that_comes_out_empty_is_no_order_to_delete_all() -> None:
    emptied = files(banned=[]), live(banned=["eve", "mallory"])

    (finding,) = judged(*emptied)
    assert finding.rule == "emptied"
    assert (
        "banned: nothing would be left, 2 objects (banned/eve, banned/mallory) would be deleted"
        in finding.message
    )
    assert rules_broken(*emptied, allow_delete=inf) == []


def test_of_a_section_that_is_declared_empty_nothing_goes_unasked_also_where_something_stays() -> None:
    desired, there = files(banned=[]), live(banned=["eve", "mallory"])
    only = Policy(lambda address: address == "banned/eve")
    plan = make_plan(KINDS, desired, there, environment="production", policy=only)

    (finding,) = guard(plan, KINDS, desired, there, Rules()).findings

    assert "banned: it is declared empty, 1 object (banned/eve) would be deleted" in finding.message
    assert guard(plan, KINDS, desired, there, Rules(retired=("banned/eve",))).findings == ()


def test_what_was_there_for_nobody_goes_but_not_all_of_it_unasked() -> None:
    (finding,) = judged(files(banned=[]), live(banned=["eve"]), retired=("banned/*",))

    assert "banned: nothing would be left, 1 object (banned/eve) would be deleted" in finding.message
    assert "leave the section out" not in finding.message


def test_a_section_whose_every_entry_is_another_than_before_is_not_empty() -> None:
    assert rules_broken(files(banned=["trent"]), live(banned=["eve", "mallory"])) == []


def test_an_empty_section_of_an_empty_list_is_fine() -> None:
    assert rules_broken(files(banned=[]), live(banned=[])) == []


def test_what_is_replaced_goes_too() -> None:
    replaced = files(letter={"hello": {"paper": "blue"}}), live(letter={"hello": {"paper": "red"}})

    assert rules_broken(*replaced, protected_environment=True) == ["protected-environment"]
    assert rules_broken(*replaced) == []
