from __future__ import annotations

import re
from dataclasses import replace

import pytest

from reconcile.model import (
    ABSENT,
    UNREADABLE,
    Action,
    Change,
    FieldChange,
    Finding,
    Instance,
    Json,
    Origin,
    Outcome,
    Plan,
    Severity,
    Status,
    Unverified,
    Value,
)
from reconcile.render.terminal import (
    SIGN,
    Style,
    findings_text,
    outcome_line,
    outcomes_summary,
    pending_text,
    plan_text,
    summary_text,
)
from tests.render.terminal.things import change, entry, plan

EMPTY = Plan("staging", Instance("ins_1", "development"))
EVERYTHING = Style(every=True)
COLOUR = Style(colour=True)


def test_a_plan_begins_with_who_it_is_for_and_ends_with_the_sum() -> None:
    lines = plan_text(plan(change()), 1).splitlines()

    assert lines[0] == "staging · development instance ins_1"
    assert lines[-1] == "Plan: 0 to create, 1 to update, 0 to delete. 1 call."


def test_nothing_to_do_is_said_in_these_words() -> None:
    assert plan_text(EMPTY, 0) == "staging · development instance ins_1: Nothing to do.\n"


def test_what_cannot_be_read_back_is_said_beside_nothing_to_do() -> None:
    known = Plan(
        "staging",
        Instance("ins_1", "development"),
        unverified=(Unverified("restrictions", ("allowlist",), Value(value=True), "2026-01-01T00:00:00Z"),),
    )

    text = plan_text(known, 0)

    assert text == "staging · development instance ins_1: Nothing to do. 1 field cannot be read back.\n"
    assert "  restrictions: allowlist (last sent at 2026-01-01T00:00:00Z)" in plan_text(known, 0, EVERYTHING)


def test_a_part_of_a_plan_says_that_it_is_one() -> None:
    part = Plan("staging", Instance("ins_1", "development"), complete=False)

    assert (
        plan_text(part, 0)
        == "staging · development instance ins_1 · only what was selected: Nothing to do.\n"
    )


@pytest.mark.parametrize("action", Action)
def test_each_action_has_a_sign_of_its_own(action: Action) -> None:
    assert f"\n{SIGN[action]} jwt_template/a  jwt.yml:4\n" in plan_text(plan(change(action=action)), 1)
    assert len(set(SIGN.values())) == len(Action)


def test_a_change_that_no_file_asks_for_has_no_place() -> None:
    gone = Change("redirect_url/x", "redirect_url", "x", Action.DELETE)

    assert "\n- redirect_url/x\n" in plan_text(plan(gone), 1)


def many(count: int) -> Plan:
    return Plan(
        "staging",
        Instance("ins_1", "development"),
        changes=(change(),),
        unmanaged=tuple(f"redirect_url/{number:02}" for number in range(count)),
        in_sync=("protect",),
    )


def test_a_long_list_shows_ten_and_says_how_to_see_all() -> None:
    text = plan_text(many(12), 0)

    assert "redirect_url/09" in text
    assert "redirect_url/10" not in text
    assert "  … and 2 more (--all lists them)" in text
    assert "In sync" not in text


def test_everything_is_listed_on_request() -> None:
    text = plan_text(many(12), 0, EVERYTHING)

    assert "redirect_url/11" in text
    assert "more (--all" not in text
    assert "In sync\n  protect" in text


def test_the_sum_names_what_there_is_and_nothing_else() -> None:
    made = tuple(change(action=action) for action in Action)
    whole = Plan("staging", Instance("ins_1", "development"), made, in_sync=("a",), unmanaged=("b", "c"))

    assert summary_text(whole, 7) == (
        "Plan: 1 to create, 1 to update, 1 to delete; 1 to replace, 1 to revert, "
        "1 to assert (cannot be read back), 1 in sync, 2 unmanaged. 7 calls."
    )


def test_findings_are_one_line_each() -> None:
    findings = [
        Finding(Severity.ERROR, "r", "is wrong; fix it", "jwt_template/a", Origin("jwt.yml", 4)),
        Finding(Severity.WARNING, "r", "mind this"),
        Finding(Severity.INFO, "r", "by the way"),
        Finding(Severity.REFUSAL, "r", "no"),
    ]

    assert findings_text(findings).splitlines() == [
        "error: jwt.yml:4: jwt_template/a: is wrong; fix it",
        "warning: mind this",
        "note: by the way",
        "refused: no",
    ]


def test_outcomes_have_a_mark_and_a_reason() -> None:
    outcomes = [
        Outcome("a", Action.CREATE, Status.DONE),
        Outcome("b", Action.UPDATE, Status.FAILED, "402"),
        Outcome("c", Action.DELETE, Status.SKIPPED, "needs b"),
        Outcome("d", Action.ASSERT, Status.UNCONFIRMED, "slow"),
    ]

    assert [outcome_line(one) for one in outcomes] == [
        "✓ create a",
        "✗ update b: 402",
        "· delete c: needs b",
        "? assert d: slow",
    ]
    assert outcomes_summary(outcomes) == "Apply: 1 done, 1 failed, 1 skipped, 1 unconfirmed."


def test_nothing_done_is_said_as_well() -> None:
    assert outcomes_summary([]) == "Apply: 0 done."


def strip(text: str) -> str:
    return re.sub(r"\x1b\[[0-9]+m", "", text)


@pytest.mark.parametrize("after", ["admin", "long\ntext"])
def test_colour_adds_nothing_but_colour(after: Json) -> None:
    fields = (
        FieldChange(("x",), Value("user\nx"), Value(after)),
        FieldChange(("y",), ABSENT, Value(1)),
        FieldChange(("z",), UNREADABLE, Value(1)),
    )
    coloured = plan_text(plan(change(*fields)), 1, COLOUR)

    assert "\x1b[33m~\x1b[0m" in coloured
    assert strip(coloured) == plan_text(plan(change(*fields)), 1)
    assert "\x1b" not in plan_text(plan(change(*fields)), 1)


def test_deletes_and_production_stand_out() -> None:
    lost = "\x1b[1;31m1 to delete\x1b[0m"
    some, live = plan(change(action=Action.DELETE)), Instance("ins_1", "production")

    assert lost in plan_text(some, 1, COLOUR)
    assert "1;31m" not in plan_text(plan(change()), 1, COLOUR)
    assert "\x1b[33mproduction instance ins_1\x1b[0m" in plan_text(replace(some, instance=live), 1, COLOUR)
    assert "\x1b[2mdevelopment instance ins_1\x1b[0m" in plan_text(some, 1, COLOUR)


def test_of_many_warnings_some_are_shown_and_of_what_stops_a_plan_everything() -> None:
    found = tuple(
        Finding(severity, "r", f"number {number}")
        for severity in (Severity.WARNING, Severity.REFUSAL)
        for number in range(30)
    )
    minded = replace(plan(change()), findings=found)

    text = plan_text(minded, 1)
    assert (text.count("warning: "), text.count("refused: ")) == (10, 30)
    assert "… and 20 more (--all lists them)" in text
    assert plan_text(minded, 1, Style(every=True)).count("warning: ") == 30


def test_what_is_still_pending_is_listed() -> None:
    assert pending_text(plan(change())) == "Still pending:\n  jwt_template/a"
    assert pending_text(EMPTY) == ""


def test_entries_that_come_and_go_are_a_line_each() -> None:
    added = [entry(name, FieldChange(("identifier",), ABSENT, Value(name))) for name in ("ada", "bob")]
    told = entry(
        "cy",
        FieldChange(("identifier",), ABSENT, Value("cy")),
        FieldChange(("notify",), ABSENT, Value(value=True)),
    )
    gone = entry("dan", FieldChange(("identifier",), Value("dan"), ABSENT), action=Action.DELETE)

    assert plan_text(plan(*added, told, gone), 4).split("\n\n")[1].splitlines() == [
        "allowlist · 3 to create, 1 to delete",
        "+ allowlist/ada  list.txt:4",
        "+ allowlist/bob  list.txt:4",
        "+ allowlist/cy  notify: true  list.txt:4",
        "- allowlist/dan  list.txt:4",
    ]


def test_of_twenty_thousand_entries_ten_are_shown_and_the_rest_counted() -> None:
    many = [
        entry(str(number), FieldChange(("identifier",), ABSENT, Value(str(number))))
        for number in range(20_000)
    ]

    lines = plan_text(plan(*many), 20_000, seconds=2222).splitlines()

    assert len(lines) == 16
    assert lines[-3] == "… and 19,990 more (--all lists them)"
    assert lines[-1] == "Plan: 20,000 to create, 0 to update, 0 to delete. 20,000 calls, about 37 min."
    assert len(plan_text(plan(*many), 20_000, EVERYTHING).splitlines()) == 20_005


def test_changes_of_a_kind_stand_together_with_their_numbers() -> None:
    text = plan_text(plan(change(FieldChange(("a",), Value(1), Value(2))), entry("x"), change()), 3)

    assert text.split("\n\n")[1:3] == [
        "jwt_template · 2 to update\n~ jwt_template/a  jwt.yml:4\n    a: 1 → 2\n~ jwt_template/a  jwt.yml:4",
        "allowlist · 1 to create\n+ allowlist/x  list.txt:4",
    ]


def test_an_entry_with_more_to_say_is_told_field_by_field() -> None:
    full = entry("x", FieldChange(("a",), ABSENT, Value([1])), FieldChange(("b",), ABSENT, Value(1)))
    plain = entry("y", FieldChange(("a",), ABSENT, Value(1)), FieldChange(("b",), ABSENT, Value(1)))

    assert plan_text(plan(full, plain), 2).split("\n\n")[1:3] == [
        "allowlist · 2 to create\n+ allowlist/x  list.txt:4\n    a: [1]\n    b: 1",
        "+ allowlist/y  list.txt:4\n    a: 1\n    b: 1",
    ]


def test_what_is_sent_unseen_has_a_block_of_its_own() -> None:
    unseen = change(FieldChange(("a",), UNREADABLE, Value(1)), action=Action.ASSERT)

    assert plan_text(plan(unseen), 1).split("\n\n")[1] == (
        "Asserted: cannot be read back, will be sent\n! jwt_template/a  jwt.yml:4\n    a: 1"
    )


def test_what_the_instance_does_not_offer_has_a_block_of_its_own() -> None:
    gated = Finding(Severity.WARNING, "gated", "needs a paid plan", "allowlist")

    text = plan_text(Plan("staging", Instance("ins_1", "development"), findings=(gated,)), 0)

    assert "\n\nNot offered by this instance, left out\n  warning: allowlist: needs a paid plan\n\n" in text
