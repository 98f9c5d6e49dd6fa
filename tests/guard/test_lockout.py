from __future__ import annotations

from math import inf
from typing import Any

import pytest

from reconcile.guard import guard, lists_at_stake
from reconcile.model import Action, Change, Desired, Live, Plan, Rules, Value
from tests.guard.things import INSTANCE, KINDS, files, judged, live, rules_broken

# --- a list that admits ---


@pytest.mark.parametrize("switch", [{"door": {"guests_only": True}}, {"gate": {"strict": True}}])
def test_a_switch_that_lets_nobody_in_is_not_turned_on(switch: dict[str, Any]) -> None:
    (finding,) = judged(files(**switch), live(guest=[]), allow_delete=inf)

    assert (finding.rule, finding.address) == ("lock-out", next(iter(switch)))
    assert "lets in nobody but those on the guests, which is empty after this plan" in finding.message


def test_a_list_that_is_filled_on_the_way_may_be_put_in_force() -> None:
    assert rules_broken(files(door={"guests_only": True}, guest=["ada"]), live(guest=[])) == []


def test_a_list_that_others_filled_may_be_put_in_force() -> None:
    assert rules_broken(files(door={"guests_only": True}), live(guest=["ada"])) == []


def test_entries_that_go_with_the_same_plan_do_not_count() -> None:
    broken = rules_broken(files(door={"guests_only": True}, guest=[]), live(guest=["ada"]), allow_delete=inf)

    assert broken == ["lock-out", "lock-out"]


def test_a_list_that_could_not_be_read_may_be_empty() -> None:
    (finding,) = judged(files(door={"guests_only": True}), live())

    assert "could not be read, so it may be empty" in finding.message


def test_an_instance_that_does_not_offer_the_list_does_not_offer_its_switch() -> None:
    there = Live(INSTANCE, missing={"guest": "this needs a paid plan"})

    assert rules_broken(files(door={"guests_only": True}), there) == []


def test_a_list_that_could_not_be_read_and_gets_an_entry_is_not_empty() -> None:
    guest = Change("guest/ada", "guest", "ada", Action.CREATE)
    on = Change("door", "door", "", Action.ASSERT, body={"guests_only": Value(value=True)})

    assert guard(Plan("production", INSTANCE, (guest, on)), KINDS, Desired(), live(), Rules()).findings == ()


def test_a_list_that_keeps_people_out_may_be_empty() -> None:
    assert rules_broken(files(door={"no_banned": True}), live(banned=[])) == []


@pytest.mark.parametrize(
    ("there", "why"),
    [
        ({"door": {"guests_only": True}}, "door.guests_only is on"),
        ({"gate": {"strict": True}, "door": {"guests_only": False}}, "gate.strict is on"),
        ({"door": {"paint": "red"}}, "nobody can say that the list is out of force"),
        ({}, "nobody can say that the list is out of force"),
    ],
)
def test_the_last_entry_stays_while_the_switch_may_be_on(there: dict[str, Any], why: str) -> None:
    (finding,) = judged(files(guest=[]), live(guest=["ada"], **there), allow_delete=inf)

    assert finding.rule == "lock-out"
    assert f"guests: the last entries would be deleted (guest/ada), and {why}" in finding.message
    assert "declare `guests_only: false` under door" in finding.message


@pytest.mark.parametrize("there", [{"door": {"guests_only": False}}, {"gate": {"strict": False}}])
def test_the_last_entry_may_go_once_the_switch_is_off(there: dict[str, Any]) -> None:
    assert rules_broken(files(guest=[]), live(guest=["ada"], **there), allow_delete=inf) == []


@pytest.mark.parametrize(
    "there",
    [{"door": {"guests_only": True}}, {}, {"door": {"guests_only": True}, "gate": {"strict": True}}],
    ids=["seen to be on", "not to be seen", "seen under both of its names"],
)
def test_the_last_entry_may_go_after_the_switch_went_off(there: dict[str, Any]) -> None:
    desired = files(guest=[], door={"guests_only": False})

    assert rules_broken(desired, live(guest=["ada"], **there), allow_delete=inf) == []


def test_one_entry_may_take_the_place_of_the_last() -> None:
    there = live(guest=["ada"], door={"guests_only": True})

    assert rules_broken(files(guest=["bob"]), there) == []


def test_what_was_locked_before_is_not_this_plan_s_doing() -> None:
    there = live(guest=[], door={"guests_only": True, "paint": "red"})

    assert rules_broken(files(door={"guests_only": True, "paint": "blue"}), there) == []


def test_the_lists_at_stake_are_those_that_the_files_or_the_changes_put_in_force() -> None:
    on = Change("gate", "gate", "", Action.ASSERT, body={"strict": Value(value=True)})

    assert list(lists_at_stake(KINDS, files(door={"guests_only": True, "no_banned": True}))) == ["guest"]
    assert list(lists_at_stake(KINDS, files(door={"guests_only": False, "paint": "red"}))) == []
    assert list(lists_at_stake(KINDS, files(road=[]), [on])) == ["guest"]


# --- the last of a family ---


@pytest.mark.parametrize("rules", [{}, {"allow_delete": inf}])
def test_the_last_of_a_family_stays(rules: dict[str, Any]) -> None:
    (finding,) = judged(files(road=["home:1"]), live(road=["home:1", "away:1", "away:2"]), **rules)

    assert finding.rule == "lock-out"
    assert "roads: nothing of the town away would be left (road/away:1, road/away:2)" in finding.message
    assert "policy.retired" in finding.message


def test_another_of_the_family_may_take_its_place() -> None:
    assert rules_broken(files(road=["home:1", "away:2"]), live(road=["home:1", "away:1"])) == []


def test_what_has_no_family_may_go() -> None:
    assert rules_broken(files(road=["home:1"]), live(road=["home:1", "nowhere"])) == []


@pytest.mark.parametrize("glob", ["road/away:*", "road/away:1"])
def test_what_is_retired_may_go(glob: str) -> None:
    there = live(road=["home:1", "away:1"])

    assert rules_broken(files(road=["home:1"]), there, retired=(glob,)) == []
    assert rules_broken(files(road=["away:1"]), there, retired=(glob,)) == ["lock-out"]
