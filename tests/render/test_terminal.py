from __future__ import annotations

import re

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
    Ref,
    Secret,
    Severity,
    Status,
    Tagged,
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

EMPTY = Plan("staging", Instance("ins_1", "development"))
EVERYTHING = Style(every=True)
COLOUR = Style(colour=True)


def plan(*changes: Change) -> Plan:
    return Plan("staging", Instance("ins_1", "development"), changes=changes)


def change(*fields: FieldChange, action: Action = Action.UPDATE) -> Change:
    return Change("jwt_template/a", "jwt_template", "a", action, origin=Origin("jwt.yml", 4), fields=fields)


def shown(before: Tagged, after: Tagged, action: Action = Action.UPDATE) -> list[str]:
    """The lines of one field."""
    text = plan_text(plan(change(FieldChange(("claims", "role"), before, after), action=action)), 1)
    return text.split("\n\n")[1].split("\n")[1:]


def test_a_plan_begins_with_who_it_is_for_and_ends_with_the_sum() -> None:
    lines = plan_text(plan(change()), 1).splitlines()

    assert lines[0] == "staging · development instance ins_1"
    assert lines[-1] == "Plan: 0 to create, 1 to update, 0 to delete. 1 call."


def test_nothing_to_do_is_said_in_these_words() -> None:
    assert plan_text(EMPTY, 0).splitlines()[-1] == "Nothing to do."


def test_what_cannot_be_read_back_is_said_beside_nothing_to_do() -> None:
    known = Plan(
        "staging",
        Instance("ins_1", "development"),
        unverified=(Unverified("restrictions", ("allowlist",), Value(value=True), "2026-01-01T00:00:00Z"),),
    )

    text = plan_text(known, 0)

    assert "  restrictions: allowlist (last sent at 2026-01-01T00:00:00Z)" in text
    assert text.endswith("Nothing to do. 1 field cannot be read back.\n")


def test_a_part_of_a_plan_says_that_it_is_one() -> None:
    part = Plan("staging", Instance("ins_1", "development"), complete=False)

    assert plan_text(part, 0).splitlines()[0].endswith(" · only what was selected")


@pytest.mark.parametrize("action", Action)
def test_each_action_has_a_sign_of_its_own(action: Action) -> None:
    assert f"\n{SIGN[action]} jwt_template/a  jwt.yml:4\n" in plan_text(plan(change(action=action)), 1)
    assert len(set(SIGN.values())) == len(Action)


def test_a_change_that_no_file_asks_for_has_no_place() -> None:
    gone = Change("redirect_url/x", "redirect_url", "x", Action.DELETE)

    assert "\n- redirect_url/x\n" in plan_text(plan(gone), 1)


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (Value("user"), Value("admin"), '    claims.role: "user" → "admin"'),
        (Value(1), Value(None), "    claims.role: 1 → null"),
        (ABSENT, Value({"ä": [1]}), '    claims.role: {"ä": [1]}'),
        (Value(value=True), ABSENT, "    claims.role: true"),
        (
            UNREADABLE,
            Secret("KEY", "x"),
            "    claims.role: (secret from KEY)  (cannot be read back, will be sent)",
        ),
        (
            Value("x"),
            Ref("organization_role/org:admin"),
            '    claims.role: "x" → (id of organization_role/org:admin)',
        ),
        (ABSENT, ABSENT, "    claims.role: (nothing)"),
        (Value("x"), UNREADABLE, '    claims.role: "x" → (cannot be read)'),
    ],
)
def test_a_field_is_one_line(before: Tagged, after: Tagged, line: str) -> None:
    assert shown(before, after) == [line]


def test_while_creating_nothing_could_be_read_back_anyway() -> None:
    assert shown(UNREADABLE, Secret("KEY"), Action.CREATE) == ["    claims.role: (secret from KEY)"]


def test_a_long_text_is_a_line_diff_with_the_text_unchanged() -> None:
    before = "one\ntwo  \nthree\nfour\nfive\u2028six\nseven"

    assert shown(Value(before), Value(before.replace("four", "FOUR\t"))) == [
        "    claims.role:",
        "      @@ -2,5 +2,5 @@",
        "       two  ",
        "       three",
        "      -four",
        "      +FOUR\t",
        "       five\u2028six",
        "       seven",
    ]


def test_a_long_line_is_a_line_diff_too() -> None:
    assert shown(Value("a"), Value("b" * 61))[0] == "    claims.role:"


def test_a_very_long_value_is_cut() -> None:
    line = shown(ABSENT, Value("x" * 300))[0]

    assert line.endswith("… (302 characters)")
    assert len(line) < 220


def many(count: int) -> Plan:
    return Plan(
        "staging",
        Instance("ins_1", "development"),
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


def test_what_is_still_pending_is_listed() -> None:
    assert pending_text(plan(change())) == "Still pending:\n  jwt_template/a"
    assert pending_text(EMPTY) == ""
