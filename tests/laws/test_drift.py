"""Laws of drift: a side is named by what is equal, and by nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.diff import canonical
from reconcile.drift import classify
from reconcile.model import (
    Base,
    Declared,
    Desired,
    Found,
    Instance,
    Known,
    Live,
    Object,
    Origin,
    Section,
    Side,
    Value,
)
from reconcile.plan import make_plan
from tests.lab import known
from tests.laws.stories import EXAMPLES, Story

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from reconcile.model import Drifted
    from tests.lab import Lab

HERE = Origin("a.yml", 1)
WHO = Instance("ins_1", "development")
NOTHING = object()
SIDES = {
    (True, False): Side.INSTANCE,
    (False, True): Side.FILES,
    (True, True): Side.BOTH,
}
SWAPPED = {**{side: side for side in Side}, Side.INSTANCE: Side.FILES, Side.FILES: Side.INSTANCE}
leaves = st.sampled_from([0, 1, 1.0, True, "", "a", None]) | st.lists(st.sampled_from([1, 2]), max_size=2)
claims = st.dictionaries(
    st.sampled_from("abc"), leaves | st.dictionaries(st.sampled_from("xy"), leaves, max_size=2), max_size=3
)
urls = st.frozensets(st.sampled_from(["a://x", "b://x", "c://x"]))


def token(value: dict[str, Any]) -> Desired:
    return Desired(
        {"jwt_template": Section(HERE, {"t": Declared("t", HERE, {"claims": Value(value)})}, prune=True)}
    )


def live_token(value: dict[str, Any]) -> Live:
    return Live(WHO, {"jwt_template": {"t": Object("t", "jtmp_1", {"name": "t", "claims": value})}})


def addresses(names: Iterable[str]) -> Desired:
    return Desired(
        {"redirect_url": Section(HERE, {name: Declared(name, HERE) for name in names}, prune=True)}
    )


def live_addresses(names: Iterable[str]) -> Live:
    objects = {name: Object(name, f"ru_{place}", {"url": name}) for place, name in enumerate(sorted(names))}
    return Live(WHO, {"redirect_url": objects})


def told(base: Desired, live: Live, files: Desired) -> tuple[Drifted, ...]:
    kinds = known().kinds
    return classify(kinds, make_plan(kinds, files, live), files, live, Base(Known.REVISION, base))


def part(value: Any, path: Iterable[str | int]) -> Any:
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return NOTHING
        value = value[name]
    return value


def same(one: Any, other: Any) -> bool:
    if one is NOTHING or other is NOTHING:
        return one is other
    return canonical(one) == canonical(other)


@given(claims, claims, claims)
def test_a_value_has_moved_on_a_side_where_it_is_not_what_it_was(
    base: dict[str, Any], live: dict[str, Any], files: dict[str, Any]
) -> None:
    for one in told(token(base), live_token(live), token(files)):
        for item in one.fields:
            was, here, there = (part(side, item.path[1:]) for side in (base, live, files))
            assert not same(here, there)
            assert item.side is SIDES[not same(here, was), not same(there, was)]
            assert item.live == (Value(here) if here is not NOTHING else item.live)


@given(claims, claims, claims)
def test_whatever_differs_is_told(base: dict[str, Any], live: dict[str, Any], files: dict[str, Any]) -> None:
    paths = [
        item.path[1:] for one in told(token(base), live_token(live), token(files)) for item in one.fields
    ]

    for name in {*live, *files}:
        covered = any(path[:1] in {(), (name,)} for path in paths)
        assert covered is not same(live.get(name, NOTHING), files.get(name, NOTHING))


@given(claims, claims, claims)
def test_who_looks_from_the_other_side_sees_the_other_side(
    base: dict[str, Any], live: dict[str, Any], files: dict[str, Any]
) -> None:
    def sides(one: dict[str, Any], other: dict[str, Any]) -> dict[object, Side]:
        drifted = told(token(base), live_token(one), token(other))
        return {item.path: item.side for each in drifted for item in each.fields}

    assert sides(files, live) == {path: SWAPPED[side] for path, side in sides(live, files).items()}


@given(urls, urls, urls)
def test_an_object_came_or_went_on_the_side_where_it_is_not_as_it_was(
    base: frozenset[str], live: frozenset[str], files: frozenset[str]
) -> None:
    found = {
        one.key: (one.found, one.side)
        for one in told(addresses(base), live_addresses(live), addresses(files))
    }

    expected = {
        name: (
            Found.EXTRA if name in live else Found.MISSING,
            SIDES[(name in live) is not (name in base), (name in files) is not (name in base)],
        )
        for name in live ^ files
    }
    assert found == expected


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_right_after_an_apply_nothing_has_drifted(lab: Lab, folder: Path) -> None:
    story = Story(folder)
    desired = story.want(lab)
    lab.apply(desired)
    live = lab.live(*desired.sections)
    plan = lab.plan_of(desired, live)

    for base in (Base(Known.APPLIED, desired), Base()):
        assert classify(known().kinds, plan, desired, live, base, lab.ledger.memory) == ()
