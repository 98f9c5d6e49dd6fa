from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from reconcile.diff import canonical
from reconcile.model import ABSENT, Value
from reconcile.pull.threeway import Sides, merged, merged_set
from reconcile.pull.verdict import Verdict
from tests.values import jsons

if TYPE_CHECKING:
    from reconcile.model import Json, Tagged

TAKEN, LEFT, CONFLICT = Verdict.TAKEN, Verdict.LEFT, Verdict.CONFLICT


def tagged(value: Json) -> Tagged:
    return ABSENT if value == "nothing" else Value(value)


def of(file: Json, base: Json, live: Json) -> Sides:
    return Sides(tagged(file), None if base == "unknown" else tagged(base), tagged(live))


@pytest.mark.parametrize(
    ("file", "base", "live", "verdict", "after"),
    [
        (1, 1, 2, TAKEN, 2),
        (1, "unknown", 2, TAKEN, 2),
        (1, 2, 2, LEFT, 1),
        (1, 2, 3, CONFLICT, 1),
        (1, 1, "nothing", TAKEN, "nothing"),
        ("nothing", 1, 1, LEFT, "nothing"),
        ("nothing", "nothing", 1, TAKEN, 1),
        ([1, 2], [1, 2], [2, 1], TAKEN, [2, 1]),
        ({"a": 1}, [], 1, CONFLICT, {"a": 1}),
    ],
)
def test_who_has_changed_a_value_is_told_by_what_was_agreed_on(
    file: Json, base: Json, live: Json, verdict: Verdict, after: Json
) -> None:
    found = merged(of(file, base, live), ("x",))

    assert [(leaf.path, leaf.verdict) for leaf in found.leaves] == [(("x",), verdict)]
    assert found.value == tagged(after)


def test_members_of_maps_are_judged_one_by_one() -> None:
    file: Json = {
        "same": 1.0,
        "mine": 2,
        "theirs": 1,
        "both": 2,
        "gone": 1,
        "kept": 1,
        "deep": {"x": 1, "y": 1},
    }
    base: Json = {"same": 1, "mine": 1, "theirs": 1, "both": 1, "gone": 1, "deep": {"x": 1, "y": 1}}
    live: Json = {"same": 1, "mine": 1, "theirs": 2, "both": 3, "deep": {"x": 1, "y": 2, "z": 3}}

    found = merged(of(file, base, live))

    assert {leaf.path: leaf.verdict for leaf in found.leaves} == {
        ("mine",): LEFT,
        ("theirs",): TAKEN,
        ("both",): CONFLICT,
        ("gone",): TAKEN,
        ("kept",): LEFT,
        ("deep", "y"): TAKEN,
        ("deep", "z"): TAKEN,
    }
    assert found.value == Value(
        {"same": 1.0, "mine": 2, "theirs": 2, "both": 2, "kept": 1, "deep": {"x": 1, "y": 2, "z": 3}}
    )


@given(jsons, jsons)
def test_where_nothing_is_known_what_is_live_is_taken_as_it_is(file: Json, live: Json) -> None:
    found = merged(Sides(Value(file), None, Value(live)))

    assert isinstance(found.value, Value)
    assert canonical(found.value.value) == canonical(live)
    assert all(leaf.verdict is TAKEN for leaf in found.leaves)


@given(jsons, jsons)
def test_one_side_alone_never_conflicts(one: Json, other: Json) -> None:
    theirs = merged(Sides(Value(one), Value(one), Value(other)))
    mine = merged(Sides(Value(one), Value(other), Value(other)))

    assert all(leaf.verdict is TAKEN for leaf in theirs.leaves)
    assert all(leaf.verdict is LEFT for leaf in mine.leaves)
    assert mine.value == Value(one)


@pytest.mark.parametrize(
    ("file", "base", "live", "verdicts", "after"),
    [
        (["a", "b"], ["a", "b"], ["b", "a"], [], ["a", "b"]),
        (["a", "b"], ["a", "b"], ["b", "c"], [TAKEN], ["b", "c"]),
        (["a", "b"], ["a"], ["a", "c"], [TAKEN, LEFT], ["a", "b", "c"]),
        (["a"], ["a", "b"], ["a", "b"], [LEFT], ["a"]),
        (["a"], "unknown", ["b"], [TAKEN], ["b"]),
        (["a"], "nothing", ["b"], [TAKEN, LEFT], ["a", "b"]),
        (["a"], ["a"], "nothing", [TAKEN], "nothing"),
    ],
)
def test_members_of_sets_come_and_go_one_by_one(
    file: Json, base: Json, live: Json, verdicts: list[Verdict], after: Json
) -> None:
    found = merged_set(of(file, base, live), ("x",))

    assert [leaf.verdict for leaf in found.leaves] == verdicts
    assert found.value == tagged(after)
