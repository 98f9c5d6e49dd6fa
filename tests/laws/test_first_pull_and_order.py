from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import pytest

from reconcile.codec import plan_digest
from reconcile.model import Action, Desired, Live, Memory
from reconcile.plan import make_plan
from tests.first import first
from tests.lab import ROOT, known
from tests.laws.stories import Story, every_story

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.lab import Lab

T = TypeVar("T")


def unsettled(lab: Lab) -> None:
    """Leave things in the instance that no story declares."""
    lab.api.post("/jwt_templates", {"name": "left over", "claims": {"a": "${x}", "b": {"value": None}}})
    key = {"custom_signing_key": True, "signing_algorithm": "HS256", "signing_key": "k"}
    lab.api.post("/jwt_templates", {"name": "on", "claims": {"n": 1.5, "1": [[], {}, None]}, **key})
    lab.api.post("/redirect_urls", {"url": "http://localhost:3000/ö?a='\"&b=${c}#x"})
    lab.api.post("/allowlist_identifiers", {"identifier": "+15555550177"})
    lab.api.post("/blocklist_identifiers", {"identifier": "0x52908400098527886E0F7030069857D2E4169EE7"})
    lab.api.post("/templates/sms/verification_code/toggle_delivery", {"delivered_by_clerk": False})
    lab.api.put(
        "/templates/email/passkey_added", {"name": "N", "subject": "on", "body": "  - a\u2028b\x0c\n: #"}
    )


@pytest.mark.parametrize("future", [False, True])
@every_story
def test_a_plan_of_what_is_live_against_itself_is_empty(
    story: Story, open_lab: Callable[..., Lab], *, future: bool
) -> None:
    lab = open_lab(future=future)
    unsettled(lab)
    lab.apply(story.want(lab))
    live = lab.live()

    exported = first(lab, live, defaults=True)
    plan = make_plan(known().kinds, exported, live)

    assert exported.sections.keys() <= live.objects.keys()
    assert (plan.changes, plan.unmanaged, plan.unverified) == ((), (), ())


@every_story
def test_what_a_probe_reads_can_be_declared_as_well(story: Story, lab: Lab) -> None:
    lab.apply(story.want(lab))
    live = lab.live(probe=True)

    plan = make_plan(known().kinds, first(lab, live, defaults=True), live)

    assert (plan.changes, plan.unmanaged, plan.unverified) == ((), (), ())


def shuffled(rng: random.Random, mapping: Mapping[str, T]) -> dict[str, T]:
    rows = list(mapping.items())
    rng.shuffle(rows)
    return dict(rows)


def shuffled_desired(rng: random.Random, desired: Desired) -> Desired:
    sections = {
        name: replace(section, objects=shuffled(rng, section.objects))
        for name, section in desired.sections.items()
    }
    return Desired(shuffled(rng, sections))


def shuffled_live(rng: random.Random, live: Live) -> Live:
    objects = {
        name: {
            key: replace(found, fields=shuffled(rng, found.fields))
            for key, found in shuffled(rng, mine).items()
        }
        for name, mine in live.objects.items()
    }
    return replace(live, objects=shuffled(rng, objects))


@pytest.mark.parametrize("applied", [False, True])
@every_story
def test_a_plan_does_not_depend_on_the_order_of_its_input(story: Story, lab: Lab, *, applied: bool) -> None:
    unsettled(lab)
    desired = story.want(lab)
    if applied:
        lab.apply(desired)
    live, memory = lab.live(), lab.ledger.memory
    plan = make_plan(known().kinds, desired, live, memory=memory)

    for seed in range(5):
        rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
        kinds = shuffled(rng, known().kinds)
        other = make_plan(kinds, shuffled_desired(rng, desired), shuffled_live(rng, live), memory=memory)
        assert {change.address: change.body for change in other.changes} == {
            change.address: change.body for change in plan.changes
        }
        assert [change.address for change in other.changes] == [change.address for change in plan.changes]
        assert other.findings == plan.findings
        assert other == plan


@every_story
def test_the_order_of_fields_is_not_part_of_the_digest(story: Story, lab: Lab) -> None:
    desired, live = story.want(lab), lab.live()
    rng = random.Random(1)  # noqa: S311 - repeatable, not secret
    sections = {
        name: replace(
            section,
            objects={
                key: replace(declared, fields=shuffled(rng, declared.fields))
                for key, declared in section.objects.items()
            },
        )
        for name, section in desired.sections.items()
    }

    one = make_plan(known().kinds, desired, live)
    other = make_plan(known().kinds, Desired(sections), live)

    assert plan_digest(one) == plan_digest(other)


@every_story
def test_planning_twice_gives_the_same_digest(story: Story, lab: Lab) -> None:
    desired = story.want(lab)

    assert plan_digest(lab.plan(desired)) == plan_digest(lab.plan(desired))


@every_story
def test_receipts_are_not_part_of_the_digest(story: Story, lab: Lab) -> None:
    desired = story.want(lab)
    lab.apply(desired)
    lab.api.patch("/instance/protect", {"rules_enabled": None, "specter_enabled": False})

    assert plan_digest(lab.plan(desired)) == plan_digest(lab.plan(desired, Memory()))


@every_story
def test_a_plan_sends_nothing_but_get_and_each_request_once(story: Story, lab: Lab) -> None:
    desired = story.want(lab)

    lab.plan(desired)

    sent = lab.sent()
    assert {method for method, _ in sent} == {"GET"}
    assert len(set(sent)) == len(sent)
    assert ("GET", "/instance") in sent


def test_receipts_are_not_part_of_the_digest_beside_real_changes(lab: Lab) -> None:
    desired = Story(ROOT / "examples" / "acme").want(lab)
    lab.apply(desired)
    for path, found in lab.store.all("jwt_templates").items():
        lab.store.put("jwt_templates", path, {**found, "lifetime": found["lifetime"] + 1})
    lab.api.patch("/instance", {"allowed_origins": ["https://other.example"], "hibp": False})
    lab.api.patch("/instance/organization_settings", {"max_allowed_memberships": 1})

    with_receipts, without = lab.plan(desired), lab.plan(desired, Memory())

    assert len(with_receipts.changes) < len(without.changes)
    assert len(with_receipts.changes) >= 5
    assert plan_digest(with_receipts) == plan_digest(without)


def test_a_receipt_of_another_value_is_not_part_of_the_digest_either(lab: Lab) -> None:
    lab.apply(lab.want("restrictions: {blocklist: true}"))
    desired = lab.want("restrictions: {blocklist: false}")

    with_receipts, without = lab.plan(desired), lab.plan(desired, Memory())

    assert [change.action for change in with_receipts.changes] == [Action.UPDATE]
    assert [change.action for change in without.changes] == [Action.ASSERT]
    assert plan_digest(with_receipts) == plan_digest(without)
