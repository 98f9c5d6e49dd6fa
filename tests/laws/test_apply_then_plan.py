from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reconcile.diff import equal, normalise
from reconcile.model import Action, Secret, Status, Value
from reconcile.simulator.jwt import fingerprint
from reconcile.simulator.settings import _SAME_SWITCH
from tests.lab import known
from tests.laws.stories import Story, every_story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconcile.model import Declared, Desired, Json, Kind
    from tests.lab import Lab

LAG = 0.8
every_weather = pytest.mark.parametrize(
    "weather",
    [
        pytest.param({}, id="calm"),
        pytest.param({"lag": LAG}, id="lag"),
        pytest.param({"future": True}, id="future"),
        pytest.param({"lag": LAG, "future": True}, id="lag-future"),
    ],
)


def unreadable(desired: Desired) -> Iterator[tuple[Kind, Declared, str]]:
    """Every declared field that no call returns."""
    for name, section in desired.sections.items():
        kind = known().kinds[name]
        for declared in section.objects.values():
            for field in declared.fields:
                hidden = kind.read == "echo" or kind.fields[field].write_only
                if hidden and not kind.fields[field].create_only:
                    yield kind, declared, field


def stored(lab: Lab, kind: Kind, declared: Declared, field: str) -> Json:
    """The simulator's own value of a field."""
    owner = kind.path.rpartition("/")[2]
    if kind.singleton:
        group, name = _SAME_SWITCH.get((owner, field), (owner, field))
        value: Json = lab.store.all("settings")[group][name]
        return value
    found: list[Any] = [one for one in lab.store.all(owner).values() if one[kind.key] == declared.key]
    assert len(found) == 1
    kept: Json = found[0][field]
    return kept


@every_weather
@every_story
def test_after_an_apply_there_is_nothing_to_do(
    story: Story, weather: dict[str, Any], open_lab: Callable[..., Lab]
) -> None:
    lab = open_lab(**weather)
    desired = story.want(lab)

    outcomes = lab.apply(desired)
    lab.clock.sleep(LAG)

    assert [one for one in outcomes if one.status is not Status.DONE] == []
    assert lab.plan(desired).changes == ()


@every_weather
@every_story
def test_what_cannot_be_read_has_arrived(
    story: Story, weather: dict[str, Any], open_lab: Callable[..., Lab]
) -> None:
    lab = open_lab(**weather)
    desired = story.want(lab)

    lab.apply(desired)

    for kind, declared, name in unreadable(desired):
        value = declared.fields[name]
        wanted = fingerprint(lab.secret(value.name)) if isinstance(value, Secret) else None
        wanted = value.value if isinstance(value, Value) else wanted  # type: ignore[assignment]
        field = kind.fields[name]
        assert equal(normalise(field, wanted), normalise(field, stored(lab, kind, declared, name)))


@every_weather
@every_story
def test_without_receipts_a_second_apply_changes_nothing_in_the_instance(
    story: Story, weather: dict[str, Any], open_lab: Callable[..., Lab]
) -> None:
    lab = open_lab(**weather)
    desired = story.want(lab)
    lab.apply(desired)
    lab.clock.sleep(LAG)
    before = lab.objects()

    lab.forget()
    again = lab.plan(desired)
    lab.carry_out(again)

    assert {change.action for change in again.changes} <= {Action.ASSERT}
    assert lab.objects() == before


@every_story
def test_behind_a_rate_limit_it_only_takes_longer(story: Story, open_lab: Callable[..., Lab]) -> None:
    lab = open_lab(rate_limit=True)
    desired = story.want(lab)

    lab.apply(desired)

    assert lab.plan(desired).changes == ()
