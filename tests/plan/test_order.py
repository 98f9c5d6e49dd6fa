from __future__ import annotations

import pytest

from reconcile.errors import ReconcileError
from reconcile.model import Action, Change, Value
from reconcile.plan.order import arrange, waves
from tests.plan.things import KINDS, change


def switch(*, on: bool, **more: object) -> Change:
    body = {"on": Value(value=on), **more}
    return Change("switch", "switch", "", Action.UPDATE, body=body)  # type: ignore[arg-type]


ADD, DROP = change("new", Action.CREATE), change("old", Action.DELETE)


def addresses(*changes: Change) -> list[list[str]]:
    return [[one.address for one in wave] for wave in waves(arrange(KINDS, changes))]


def test_entries_are_added_before_others_are_removed() -> None:
    assert addresses(DROP, ADD) == [["thing/new"], ["thing/old"]]


def test_a_list_is_filled_before_it_is_put_in_force() -> None:
    assert addresses(switch(on=True), DROP, ADD) == [["thing/new"], ["switch"], ["thing/old"]]


def test_a_list_is_out_of_force_before_it_is_emptied() -> None:
    assert addresses(DROP, switch(on=False)) == [["switch"], ["thing/old"]]


def test_switching_off_waits_for_no_entry_even_beside_something_that_is_turned_on() -> None:
    off = switch(on=False, other=Value(value=True))

    assert addresses(ADD, off) == [["switch", "thing/new"]]


def test_a_switch_without_entries_waits_for_nothing() -> None:
    assert addresses(switch(on=True)) == [["switch"]]


def test_a_change_of_something_else_in_the_group_is_no_switch() -> None:
    other = Change("switch", "switch", "", Action.UPDATE, body={"other": Value(1)})

    assert addresses(other, DROP) == [["switch", "thing/old"]]


def test_in_one_wave_changes_stand_by_kind_and_key_with_deletes_last() -> None:
    made = arrange(KINDS, [change("b"), change("c", Action.CREATE), change("a"), switch(on=False)])

    assert [one.address for one in made] == ["switch", "thing/a", "thing/b", "thing/c"]


def test_a_need_that_is_not_in_the_plan_is_met() -> None:
    assert waves([change("a", needs=("thing/gone", "other/*"))]) == (
        (change("a", needs=("thing/gone", "other/*")),),
    )


def test_changes_that_wait_for_each_other_are_an_error_that_names_them() -> None:
    with pytest.raises(
        ReconcileError, match=r"these changes wait for each other: thing/a -> thing/b -> thing/a"
    ):
        waves([change("a", needs=("thing/b",)), change("b", needs=("thing/a",))])


def test_nothing_makes_no_wave() -> None:
    assert waves([]) == ()
