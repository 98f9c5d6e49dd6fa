from __future__ import annotations

from math import inf
from typing import Any

import pytest

from reconcile.guard import guard
from reconcile.model import (
    ABSENT,
    Action,
    Change,
    Declared,
    Desired,
    FieldChange,
    Limit,
    Plan,
    Rules,
    Section,
    Value,
)
from tests.guard.things import HERE, INSTANCE, KINDS, files, judged, live, rules_broken

LETTERS = {f"letter-{number}": {"text": "old"} for number in range(10)}


def rewritten(count: int) -> tuple[Any, Any]:
    """So many of ten letters get another text."""
    texts = {name: {"text": "new" if number < count else "old"} for number, name in enumerate(LETTERS)}
    return files(letter=texts), live(letter=LETTERS)


def test_any_number_may_change_unless_there_is_a_limit() -> None:
    assert rules_broken(*rewritten(10)) == []


@pytest.mark.parametrize(("limit", "most"), [(Limit(50, share=True), 5), (Limit(3), 3)])
def test_a_limit_of_changes_is_a_number_or_a_share(limit: Limit, most: int) -> None:
    assert rules_broken(*rewritten(most), max_change=limit) == []
    (finding,) = judged(*rewritten(most + 1), max_change=limit, allow_delete=inf)
    assert finding.rule == "max-change"
    assert f"letters: {most + 1} of 10 would be changed, and max_change is {limit}" in finding.message
    assert "--target" in finding.message


def test_what_is_created_changes_nothing_that_is_there() -> None:
    assert rules_broken(files(letter=LETTERS), live(letter={}), max_change=Limit(0)) == []


# --- protected addresses ---


def one_change(action: Action, **words: Any) -> Plan:
    change = Change("letter/hello:dear", "letter", "hello:dear", action, **words)
    return Plan("production", INSTANCE, (change,))


@pytest.mark.parametrize("glob", ["letter/hello:dear", "letter/*", "*dear"])
@pytest.mark.parametrize("action", [action for action in Action if action is not Action.CREATE])
def test_nothing_happens_to_what_is_protected_and_no_flag_lifts_that(glob: str, action: Action) -> None:
    rules = Rules(protected=("road/*", glob), allow_delete=inf)
    (finding,) = guard(one_change(action), KINDS, Desired(), live(letter=["x", "hello:dear"]), rules).findings

    assert (finding.rule, finding.address) == ("protected", "letter/hello:dear")
    assert f"policy.protected holds {glob}; only an edit of reconcile.yml lifts that" in finding.message


def test_what_is_protected_may_be_created() -> None:
    plan = guard(one_change(Action.CREATE), KINDS, Desired(), live(letter=[]), Rules(protected=("*",)))

    assert plan.findings == ()


@pytest.mark.parametrize("glob", ["letter/Hello:dear", "letter/hello", "road/*"])
def test_other_addresses_are_not_protected(glob: str) -> None:
    rules = Rules(protected=(glob,))

    assert (
        guard(one_change(Action.UPDATE), KINDS, Desired(), live(letter=["hello:dear"]), rules).findings == ()
    )


def test_an_address_with_brackets_is_protected_by_its_own_name() -> None:
    there = live(road=["home:[1]", "home:2"])

    assert rules_broken(files(road=["home:2"]), there, protected=("road/home:[1]",)) == ["protected"]


def test_a_new_name_is_no_way_around() -> None:
    renamed = Declared("new", HERE, renamed_from="old")
    desired = Desired({"letter": Section(HERE, {"new": renamed})})

    (finding,) = judged(desired, live(letter=["old"]), protected=("letter/old",))

    assert finding.address == "letter/new"
    assert "letter/old" in finding.message


def test_the_fields_of_a_change_are_no_names() -> None:
    plan = one_change(Action.UPDATE, fields=(FieldChange(("text",), Value("letter/x"), ABSENT),))

    assert guard(plan, KINDS, Desired(), live(), Rules(protected=("letter/x",))).findings == ()


# --- messages ---


def test_what_the_service_stops_sending_needs_somebody_who_does() -> None:
    silent = files(letter={"hello": {"we_send": False}}), live(letter={"hello": {"we_send": True}})

    (finding,) = judged(*silent)
    assert (finding.rule, finding.address) == ("delivery", "letter/hello")
    assert str(finding).startswith("house.yml:2: letter/hello: we_send: false")
    assert "policy.delivery_consumer" in finding.message
    assert rules_broken(*silent, delivery_consumer="the mailer") == []


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ({"we_send": True}, {"we_send": False}),
        ({"text": "new"}, {"text": "old", "we_send": True}),
        ({"we_send": False, "text": "new"}, {"we_send": False, "text": "old"}),
    ],
)
def test_what_was_silent_before_is_no_news(wanted: dict[str, Any], there: dict[str, Any]) -> None:
    assert rules_broken(files(letter={"hello": wanted}), live(letter={"hello": there})) == []


def test_silence_is_judged_on_what_is_sent_and_not_on_what_is_shown() -> None:
    plan = one_change(Action.UPDATE, body={"text": Value("new"), "we_send": Value(value=False)})

    for there in (live(letter={"hello:dear": {"we_send": True}}), live(letter=[]), live()):
        (finding,) = guard(plan, KINDS, Desired(), there, Rules()).findings
        assert finding.rule == "delivery"


def test_messages_are_counted_and_have_to_be_meant() -> None:
    guests = {"ada": {"write": True}, "eve": {"write": False}, "bob": {"write": True}, "dan": {}}
    invited = files(guest=guests), live(guest=["zoe", "bob"])

    (finding,) = judged(*invited)
    assert finding.rule == "notify"
    assert (
        "1 message would be sent (guest/ada), and --allow-notify is 0; say --allow-notify 1"
        in finding.message
    )
    assert rules_broken(*invited, allow_notify=1) == []


def test_more_messages_than_were_meant_are_refused() -> None:
    invited = files(guest={"ada": {"write": True}, "bob": {"write": True}}), live(guest=[])

    (finding,) = judged(*invited, allow_notify=1)
    assert "2 messages would be sent (guest/ada, guest/bob), and --allow-notify is 1" in finding.message
    assert rules_broken(*invited, allow_notify=5) == []
