"""Together the outcomes of a run are the plan, whatever the service does."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from reconcile.model import Status
from reconcile.simulator.faults import Fault, Faults
from tests.laws.stories import Story, every_story

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab import Lab

TROUBLE = (
    Fault(share=0.15, status=503, after=True),
    Fault(share=0.1, status=500),
    Fault(share=0.1, reset="before"),
    Fault(share=0.1, reset="after"),
    Fault(method="PUT", share=0.1, status=423),
    Fault(method=("POST", "PATCH", "DELETE"), share=0.1, status=402, feature="something"),
    Fault(method=("POST", "PATCH"), share=0.1, status=422, body="empty"),
    Fault(method="PATCH", share=0.05, status=401),
    Fault(share=0.1, truncate=True),
    Fault(share=0.1, not_json=True),
)


@pytest.mark.parametrize("seed", range(6))
@every_story
def test_each_change_has_one_outcome_in_the_order_of_the_plan(
    story: Story, seed: int, open_lab: Callable[..., Lab]
) -> None:
    lab = open_lab()
    plan = lab.plan(story.want(lab))
    lab.simulator.faults = Faults(Random(seed).sample(TROUBLE, 4))  # noqa: S311 - repeatable, not secret

    outcomes = lab.carry_out(plan)

    assert [(one.address, one.action) for one in outcomes] == [
        (one.address, one.action) for one in plan.changes
    ]
    assert sum(one.status in Status for one in outcomes) == len(plan.changes)
    assert all(one.reason for one in outcomes if one.status is not Status.DONE)


@pytest.mark.parametrize("seed", range(6))
@every_story
def test_one_more_run_in_calm_weather_makes_everything_as_wanted(
    story: Story, seed: int, open_lab: Callable[..., Lab]
) -> None:
    lab = open_lab()
    desired = story.want(lab)
    plan = lab.plan(desired)
    lab.simulator.faults = Faults(Random(seed).sample(TROUBLE, 4))  # noqa: S311 - repeatable, not secret
    lab.carry_out(plan)
    lab.simulator.faults = None

    outcomes = lab.apply(desired)

    assert [one for one in outcomes if one.status is not Status.DONE] == []
    assert lab.plan(desired).changes == ()
