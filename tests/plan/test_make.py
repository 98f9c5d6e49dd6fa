from __future__ import annotations

from dataclasses import replace

import pytest

from reconcile.model import (
    Action,
    Declared,
    Desired,
    Field,
    Live,
    Match,
    Memory,
    Origin,
    Policy,
    Recall,
    Secret,
    Section,
    Severity,
    Source,
    Value,
)
from reconcile.plan import make_plan
from tests.lab import known
from tests.plan.things import INSTANCE, KINDS, THING, declared, desired, live

WANTED = desired(declared("new"), declared("same"), prune=True, on=True, other=1)
FOUND = live({"same": {}, "old": {}}, on=False, other=1)


def test_everything_goes_in_its_order() -> None:
    plan = make_plan(KINDS, WANTED, FOUND, environment="staging", source=Source("abc", dirty=True))

    assert [(one.address, one.action, one.needs) for one in plan.changes] == [
        ("thing/new", Action.CREATE, ()),
        ("switch", Action.UPDATE, ("thing/*",)),
        ("thing/old", Action.DELETE, ("thing/*", "switch")),
    ]
    assert (plan.environment, plan.source, plan.complete) == ("staging", Source("abc", dirty=True), True)


@pytest.mark.parametrize(
    ("selected", "addresses", "refused"),
    [
        ({"thing/new"}, ["thing/new"], []),
        ({"thing/new", "switch", "thing/old"}, ["thing/new", "switch", "thing/old"], []),
        ({"switch"}, ["switch"], ["switch: needs thing/*, which is left out; select that too, or neither"]),
        (
            {"thing/old"},
            ["thing/old"],
            [
                "thing/old: needs switch, which is left out; select that too, or neither",
                "thing/old: needs thing/*, which is left out; select that too, or neither",
            ],
        ),
        ({"thing/same"}, [], []),
    ],
)
def test_a_selection_pulls_nothing_in_and_is_refused_where_it_tears_apart(
    selected: set[str], addresses: list[str], refused: list[str]
) -> None:
    plan = make_plan(KINDS, WANTED, FOUND, policy=Policy(selected=selected.__contains__))

    assert [one.address for one in plan.changes] == addresses
    found = [finding for finding in plan.findings if finding.severity is Severity.REFUSAL]
    assert [f"{finding.address}: {finding.message}" for finding in found] == refused
    assert plan.complete is False


def test_a_delete_that_is_left_out_is_no_reason_to_refuse() -> None:
    plan = make_plan(KINDS, WANTED, FOUND, policy=Policy(selected={"thing/new", "switch"}.__contains__))

    assert plan.findings == ()


def test_a_selection_narrows_everything_that_is_told() -> None:
    seal = Secret("KEY", "x")
    one = replace(declared("a"), fields={"secret": seal})
    other = replace(declared("b"), fields={"secret": seal})
    incomplete = declared("e")
    kinds = {**KINDS, "thing": replace(THING, fields={**THING.fields, "size": Field("size", required=True)})}
    found = replace(live({"a": {}, "b": {}, "c": {}, "d": {}}), missing={"switch": "it is gone"})
    memory = Memory(recall=lambda *_: Recall(Match.SAME, "then"))
    policy = Policy(selected={"thing/a", "thing/c"}.__contains__)

    plan = make_plan(kinds, desired(one, other, incomplete, on=True), found, memory=memory, policy=policy)

    assert [item.address for item in plan.unverified] == ["thing/a"]
    assert plan.in_sync == ()
    assert plan.unchanged == {"thing/a"}
    assert plan.unmanaged == ("thing/c",)
    assert [finding.message for finding in plan.findings] == ["switch: left as they are, because it is gone"]


def test_what_turned_out_to_belong_to_the_service_is_not_seen() -> None:
    plan = make_plan(KINDS, desired(prune=True), FOUND, memory=Memory(foreign=frozenset({"id-old"})))

    assert [one.address for one in plan.changes] == ["thing/same"]


def test_a_receipt_of_the_same_value_vouches_and_one_of_another_value_does_not() -> None:
    one = replace(declared("a"), fields={"secret": Secret("KEY", "x")})

    def planned(match: Match) -> list[Action]:
        memory = Memory(recall=lambda *_: Recall(match, "then"))
        return [
            change.action for change in make_plan(KINDS, desired(one), live({"a": {}}), memory=memory).changes
        ]

    assert planned(Match.SAME) == []
    assert planned(Match.OTHER) == [Action.UPDATE]
    assert planned(Match.NONE) == [Action.ASSERT]


def test_a_receipt_says_nothing_about_what_can_be_read() -> None:
    memory = Memory(recall=lambda *_: Recall(Match.SAME, "then"))

    plan = make_plan(KINDS, desired(declared("a", size=2)), live({"a": {"size": 1}}), memory=memory)

    assert [dict(change.body) for change in plan.changes] == [{"size": Value(2)}]


def test_findings_stand_in_the_order_of_the_files() -> None:
    objects = {key: Declared(key, Origin("a.yml", line)) for key, line in (("z", 1), ("b", 10), ("a", 9))}
    wanted = Desired({"sms_template": Section(Origin("a.yml", 1), objects)})

    plan = make_plan(known().kinds, wanted, Live(INSTANCE, {"sms_template": {}}))

    assert [finding.address for finding in plan.findings] == [
        "sms_template/z",
        "sms_template/a",
        "sms_template/b",
    ]
