from __future__ import annotations

import pytest

from reconcile.codec import plan_digest
from reconcile.model import (
    ABSENT,
    UNREADABLE,
    Action,
    Change,
    FieldChange,
    Finding,
    Origin,
    Outcome,
    Plan,
    Ref,
    Secret,
    Severity,
    Source,
    Status,
    Tagged,
    Unverified,
    Value,
)
from reconcile.render.markdown import LIMIT, marker, outcomes_markdown, report, weight
from tests.lab import known
from tests.plan.things import INSTANCE, KINDS, change

LONG = "x" * 61
EMPTY = Plan("local", INSTANCE)


def planned(*fields: FieldChange, action: Action = Action.UPDATE) -> str:
    return report(Plan("local", INSTANCE, (change(action=action, fields=fields),)), KINDS)


def diff(before: Tagged, after: Tagged, name: str = "size") -> list[str]:
    """The lines in the fence of one field."""
    text = planned(FieldChange((name,), before, after))
    return text.partition("```diff\n")[2].partition("\n```")[0].split("\n")


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ("production", "<!-- reconcile:plan:production -->"),
        ("eu-west", "<!-- reconcile:plan:eu%2Dwest -->"),
        ("--> x", "<!-- reconcile:plan:%2D%2D%3E%20x -->"),
        ("\ud800", "<!-- reconcile:plan:%3F -->"),
    ],
)
def test_each_environment_has_a_marker_of_its_own_that_nothing_ends(environment: str, line: str) -> None:
    assert marker("plan", environment) == line


def test_a_promotion_has_a_marker_of_both_environments_and_says_how_to_see_all_of_it() -> None:
    text = report(Plan("prod", INSTANCE, (change(),), promoted_from="--> x"), KINDS)
    assert text.startswith(
        "<!-- reconcile:promote:%2D%2D%3E%20x%3Aprod -->\n\n### Plan for `prod`, promoted from `--> x`: "
    )
    many = tuple(
        change(fields=(FieldChange((f"f{n}",), Value(LONG * 9), Value(LONG * 8)),)) for n in range(300)
    )
    assert "`reconcile promote staging prod --all`" in report(
        Plan("prod", INSTANCE, many, promoted_from="staging"), KINDS
    )


def test_nothing_to_do_is_a_heading_and_who_was_asked() -> None:
    assert report(EMPTY, KINDS) == (
        "<!-- reconcile:plan:local -->\n\n### Plan for `local`: nothing to do\n\n"
        "Instance `ins_1` of type `development`\n\n"
        f"<sub>Digest <code>{plan_digest(EMPTY)}</code></sub>\n\n"
    )


def test_the_table_counts_each_kind_and_action_and_the_facts_stand_below() -> None:
    plan = Plan(
        "local",
        INSTANCE,
        (change("a", Action.CREATE), change("b", Action.CREATE), change("c", Action.DELETE)),
        unmanaged=("thing/z",),
        in_sync=("thing/y",),
        unverified=(Unverified("thing/a", ("secret",), Value(1), "2027-01-15T08:00:00Z"),),
        complete=False,
        source=Source("3f0c1d2e4b5a6978", dirty=True),
    )
    text = report(plan, KINDS)
    assert "| Kind | + create | - delete |\n| :-- | --: | --: |\n| `thing` | 2 | 1 |\n" in text
    assert (
        "Instance `ins_1` of type `development` · commit `3f0c1d2e4b5a` with uncommitted changes · only what was "
        "selected · 3 calls · 1 in sync · 1 unmanaged · 1 cannot be read back\n"
    ) in text
    assert "thing/a: secret, last sent at 2027-01-15T08:00:00Z" in text


def test_a_clean_commit_is_named_alone_and_one_call_is_one() -> None:
    text = report(Plan("local", INSTANCE, (change(),), source=Source("3f0c1d2e4b5a6978")), KINDS)
    assert "commit `3f0c1d2e4b5a` · 1 call\n" in text


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (Value(1), Value(2), ["- size: 1", "+ size: 2"]),
        (ABSENT, Value("a"), ['+ size: "a"']),
        (Value("a"), ABSENT, ['- size: "a"']),
        (UNREADABLE, Value(None), ["! size: null"]),
        (UNREADABLE, Secret("KEY"), ["! size: (secret from KEY)"]),
        (Value([]), Ref("thing/b"), ["- size: []", "+ size: (id of thing/b)"]),
        (Value(1), UNREADABLE, ["- size: 1", "+ size: (cannot be read)"]),
        (Value("a\nb"), Value("a\nc"), ["@@ size @@", "  a", "- b", "+ c"]),
        (ABSENT, Value(LONG), ["@@ size @@", f"+ {LONG}"]),
        (Value(LONG), ABSENT, ["@@ size @@", f"- {LONG}"]),
        (UNREADABLE, Value("a\nb"), ["@@ size @@ was (cannot be read)", "! a", "! b"]),
        (Value("a\nb"), Secret("KEY"), ["@@ size @@ will be (secret from KEY)", "- a", "- b"]),
        (Secret("KEY"), Value("a\nb"), ["@@ size @@ was (secret from KEY)", "+ a", "+ b"]),
        (Value(1), Value({"a": LONG}), ["@@ size @@", "- 1", "+ {", f'+   "a": "{LONG}"', "+ }"]),
        (Value([LONG, 1]), Value([LONG, 2]), ["@@ size @@", "  [", f'    "{LONG}",', "-   1", "+   2", "  ]"]),
        (Value({"a": 1}), Value({"a": 2}), ['- size: {"a": 1}', '+ size: {"a": 2}']),
    ],
)  # fmt: skip
def test_a_field_is_shown_as_lines_of_a_diff(before: Tagged, after: Tagged, lines: list[str]) -> None:
    assert diff(before, after) == lines


def test_a_long_text_shows_what_differs_with_its_context_and_where_it_is() -> None:
    before = [f"line {number}" for number in range(1, 101)]
    after = ["first", *before[1:59], "sixty", *before[60:]]
    shown = diff(Value("\n".join(before)), Value("\n".join(after)))
    assert shown == [
        "@@ size @@", "- line 1", "+ first", "  line 2", "  line 3", "  line 4",
        "@@ line 57 @@", "  line 57", "  line 58", "  line 59", "- line 60", "+ sixty", "  line 61", "  line 62", "  line 63",
    ]  # fmt: skip


def test_of_a_very_long_line_the_part_that_differs_is_shown() -> None:
    before = "word " * 5_000
    after = before[:10_000] + "other" + before[10_004:]
    _, gone, new = diff(Value(before), Value(after))
    assert new.startswith("+ (9,900 characters) …word")
    assert "other word" in new
    assert new.endswith("… (14,701 characters)")
    assert max(map(len, (gone, new))) < 500
    assert diff(ABSENT, Value("y" * 1_000))[1] == f"+ {'y' * 400}… (600 characters)"


def test_a_word_that_differs_in_a_line_of_many_thousand_words_is_among_what_is_shown() -> None:
    before = "word " * 30_000
    _, gone, new = diff(Value(before), Value(f"{before[:100_002]}rk{before[100_004:]}"))
    assert "word word" in gone
    assert "work word" in new
    added = f"{before[:300]}new {before[300:]}"
    assert "new word" in diff(Value(before), Value(added))[2]
    assert "new word" in diff(Value(before[:500]), Value(added[:504]))[2]


def test_an_object_that_goes_back_or_has_no_field_says_so() -> None:
    assert "! back to the service's own" in planned(action=Action.REVERT)
    assert "  (nothing else)" in planned()


def test_what_is_asserted_says_why_and_where_it_was_declared() -> None:
    plan = Plan("local", INSTANCE, (change(action=Action.ASSERT, origin=Origin("a.yml", 3)),))
    summary = "! assert (cannot be read back, will be sent) <code>thing/a</code> · <code>a.yml:3</code>"
    assert f"<summary>{summary}</summary>" in report(plan, KINDS)


def test_entries_of_lists_are_lines_and_deletes_come_before_creates_of_them() -> None:
    def entry(key: str, action: Action, *fields: FieldChange) -> Change:
        return Change(f"allowlist/{key}", "allowlist", key, action, fields=fields)

    name = FieldChange(("identifier",), ABSENT, Value("a@x.example"))
    notify = FieldChange(("notify",), ABSENT, Value(value=True))
    plan = Plan(
        "local",
        INSTANCE,
        (
            entry("a@x.example", Action.CREATE, name, notify),
            entry("b@x.example", Action.CREATE),
            entry("c@x.example", Action.DELETE, name),
            entry("d@x.example", Action.REPLACE, name),
        ),
    )
    text = report(plan, known().kinds)
    assert "```diff\n+ a@x.example  (notify: true)\n+ b@x.example\n```\n" in text
    assert text.index("- c@x.example\n") < text.index("+ a@x.example")
    assert "± replace <code>allowlist/d@x.example</code>" in text


def test_what_stops_a_plan_is_said_on_top_and_stands_first_among_the_findings() -> None:
    findings = (
        Finding(Severity.INFO, "r", "by the way\nin two lines"),
        Finding(Severity.WARNING, "r", "careful"),
        Finding(Severity.REFUSAL, "r", "no", "thing/a", Origin("a.yml", 3)),
        Finding(Severity.ERROR, "r", "wrong"),
    )
    text = report(Plan("local", INSTANCE, findings=findings), KINDS)
    assert "> [!CAUTION]\n> **This plan cannot be applied as it is.**" in text
    assert (
        "```text\nrefused: a.yml:3: thing/a: no\nerror: wrong\nwarning: careful\nnote: by the way\nin two lines\n```\n"
    ) in text


def test_what_is_small_is_unfolded_and_what_is_large_is_not() -> None:
    small = planned(FieldChange(("size",), Value(1), Value(2)))
    assert small.count("<details open>") == 2
    lines = FieldChange(("size",), ABSENT, Value("\n" * 30))
    assert planned(lines).count("<details open>") == 1
    many = FieldChange(("size",), ABSENT, Value("\n" * 200))
    assert "<details open>" not in planned(many)


def test_two_hundred_long_texts_each_show_some_of_it_and_the_rest_is_counted() -> None:
    before, after = ("\n".join(f"{word} {number}" for number in range(600)) for word in ("old", "new"))
    fields = (FieldChange(("size",), Value(before), Value(after)),)
    changes = tuple(change(f"template-{number}", fields=fields) for number in range(100))
    text = report(Plan("local", INSTANCE, changes), KINDS)
    assert LIMIT - 6_000 < weight(text) < LIMIT
    assert text.count("more lines, left out here") == 100
    assert "**Not all of it is here:**" in text
    assert "All of it: `reconcile plan -e local --all`, or the JSON and HTML reports of the same run." in text


def test_many_findings_leave_room_for_the_changes() -> None:
    findings = tuple(Finding(Severity.WARNING, "r", f"number {number} " * 10) for number in range(2_000))
    text = report(Plan("local", INSTANCE, (change(),), findings=findings), KINDS)
    assert "<code>thing/a</code>" in text
    assert weight(text) < LIMIT


def test_an_apply_is_told_by_how_its_changes_ended_with_what_failed_first() -> None:
    outcomes = [
        Outcome("thing/a", Action.CREATE, Status.DONE),
        Outcome("thing/b", Action.UPDATE, Status.FAILED, "423: locked"),
        Outcome("thing/c", Action.UPDATE, Status.UNCONFIRMED, "no answer"),
        Outcome("thing/d", Action.UPDATE, Status.SKIPPED, "needs thing/b"),
    ]
    hidden = Unverified("thing/a", ("secret",), Value(1), "2027-01-15T08:00:00Z")
    after = Plan("local", INSTANCE, (change("b"),), (hidden,))
    text = outcomes_markdown(EMPTY, outcomes, after)
    assert text.startswith(
        "<!-- reconcile:apply:local -->\n\n### Apply to `local`: 1 done, 1 failed, 1 skipped, 1 unconfirmed\n"
    )
    places = [
        text.index(part)
        for part in ("update thing/b: 423: locked", "update thing/c: no", "update thing/d", "create thing/a")
    ]
    assert places == sorted(places)
    assert "read again and planned again: **1 still pending**" in text
    assert "```text\nthing/a: secret\n```" in text


def test_an_apply_without_proof_or_without_changes_says_so() -> None:
    assert "**could not be read again**, so nothing is confirmed" in outcomes_markdown(EMPTY, [], None)
    nothing = outcomes_markdown(EMPTY, [], EMPTY)
    assert "### Apply to `local`: nothing to do" in nothing
    assert "nothing is pending" in nothing


def test_twenty_thousand_outcomes_are_a_comment_in_which_what_failed_is_whole() -> None:
    outcomes = [Outcome(f"thing/{number}", Action.CREATE, Status.DONE) for number in range(20_000)]
    outcomes += [Outcome(f"thing/bad{number}", Action.CREATE, Status.FAILED, "no") for number in range(500)]
    text = outcomes_markdown(EMPTY, outcomes, EMPTY)
    assert text.count("create thing/bad") == 500
    assert weight(text) < LIMIT
    assert "**Not all of it is here:**" in text
