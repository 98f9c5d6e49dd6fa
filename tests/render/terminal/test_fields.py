from __future__ import annotations

import pytest

from reconcile.model import ABSENT, UNREADABLE, Action, FieldChange, Json, Ref, Secret, Tagged, Value
from reconcile.render.terminal import Style, plan_text
from tests.render.terminal.things import change, plan, shown

EVERYTHING = Style(every=True)
COLOUR = Style(colour=True)
NAMES: list[Json] = ["ada@acme.example", "grace@acme.example", "linus@acme.example", "barbara@acme.example"]
BODY = [f"line {number} of the body" for number in range(1, 601)]


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (Value("user"), Value("admin"), '    claims.role: "user" → "admin"'),
        (Value(1), Value(None), "    claims.role: 1 → null"),
        (ABSENT, Value({"ä": [1]}), "  + claims.role.ä: [1]"),
        (Value({"a": {"b": 1}}), ABSENT, "  - claims.role.a.b: 1"),
        (ABSENT, Value({}), "  + claims.role: {}"),
        (Value([1, 2]), Value([2, 1]), "    claims.role: [1, 2] → [2, 1]"),
        (Value(value=True), ABSENT, "  - claims.role: true"),
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
        (ABSENT, ABSENT, "  + claims.role: (nothing)"),
        (Value("x"), UNREADABLE, '    claims.role: "x" → (cannot be read)'),
    ],
)
def test_a_field_is_one_line(before: Tagged, after: Tagged, line: str) -> None:
    assert shown(before, after) == [line]


def test_while_creating_nothing_could_be_read_back_anyway() -> None:
    assert shown(UNREADABLE, Secret("KEY"), Action.CREATE) == ["    claims.role: (secret from KEY)"]


def test_a_long_text_is_a_line_diff_with_the_text_unchanged() -> None:
    before = "one\ntwo  \nthree  \nfour\nfive\u2028six\nseven"

    assert shown(Value(before), Value(before.replace("four", "FOUR\t"))) == [
        "    claims.role:",
        "      @@ line 3 @@",
        "       three  ",
        "      -four",
        "      +FOUR\t",
        "       five\\u2028six",
    ]


def test_a_long_line_is_a_line_diff_too() -> None:
    assert shown(Value("a"), Value("b" * 61))[0] == "    claims.role:"


def test_a_value_that_cannot_be_read_and_is_sent_because_of_that_says_so_once() -> None:
    assert shown(UNREADABLE, Value(value=True), Action.ASSERT) == ["    claims.role: true"]


def test_a_change_that_does_not_fit_stands_on_two_lines() -> None:
    assert shown(Value("x" * 40), Value("y" * 40)) == [
        "    claims.role:",
        f'      -"{"x" * 40}"',
        f'      +"{"y" * 40}"',
    ]


def test_of_two_lists_only_the_difference_is_shown() -> None:
    assert shown(Value(NAMES), Value([*NAMES[1:], "mary@acme.example"])) == [
        "    claims.role:",
        '      -"ada@acme.example"',
        '      +"mary@acme.example"',
    ]


def test_the_order_of_the_members_of_a_map_is_no_difference() -> None:
    before: list[Json] = [{"a": 1, "b": 1}, *NAMES[:3]]
    after: list[Json] = [{"b": 1, "a": 1}, *NAMES]

    assert shown(Value(before), Value(after)) == ["    claims.role:", '      +"barbara@acme.example"']


def test_another_order_of_the_same_is_shown_in_full() -> None:
    assert shown(Value(NAMES), Value(NAMES[::-1]))[1].startswith('      -["ada@acme.example"')


def test_a_list_that_is_new_or_gone_is_shown_entry_by_entry() -> None:
    assert shown(ABSENT, Value(NAMES))[1] == '      +"ada@acme.example"'
    assert shown(Value(NAMES), ABSENT)[1] == '      -"ada@acme.example"'


def test_of_a_long_list_ten_are_shown_and_the_rest_counted() -> None:
    many: Tagged = Value([f"https://{number}.acme.example" for number in range(1500)])

    lines = shown(ABSENT, many)

    assert len(lines) == 12
    assert lines[-1] == "      … and 1,490 more (--all lists them)"
    assert len(shown(ABSENT, many, style=EVERYTHING)) == 1501


def test_a_very_long_value_is_cut() -> None:
    line = shown(ABSENT, Value("x" * 3000))[0]

    assert line.endswith("… (3,002 characters)")
    assert len(line) < 220


@pytest.mark.parametrize(
    ("before", "after", "sign"),
    [(ABSENT, Value("\n".join(BODY)), "+"), (Value("\n".join(BODY)), ABSENT, "-")],
)
def test_a_text_that_is_new_or_gone_shows_how_it_begins(before: Tagged, after: Tagged, sign: str) -> None:
    lines = shown(before, after)

    assert lines[1] == f"      {sign}line 1 of the body"
    assert lines[-1] == "      … and 588 more lines (--all lists them)"
    assert len(shown(before, after, style=EVERYTHING)) == 601


def test_one_word_of_many_lines_takes_few_lines_and_is_marked() -> None:
    after = "\n".join(BODY).replace("line 300 of", "line 300 from")

    assert shown(Value("\n".join(BODY)), Value(after)) == [
        "    claims.role:",
        "      @@ line 299 @@",
        "       line 299 of the body",
        "      -line 300 of the body",
        "      ?         ^^",
        "      +line 300 from the body",
        "      ?         ^^^^",
        "       line 301 of the body",
    ]


@pytest.mark.parametrize("style", [Style(), COLOUR])
def test_a_plan_that_changes_one_word_of_600_lines_fits_into_14(style: Style) -> None:
    after = "\n".join(BODY).replace("line 300 of", "line 300 from")
    field = FieldChange(("body",), Value("\n".join(BODY)), Value(after))

    assert len(plan_text(plan(change(field)), 1, style).splitlines()) <= 14


def test_with_colour_the_word_is_marked_in_its_line() -> None:
    after = "\n".join(BODY).replace("line 300 of", "line 300 from")

    lines = shown(Value("\n".join(BODY)), Value(after), style=COLOUR)

    assert (
        "      \x1b[32m+\x1b[0m\x1b[32mline 300 \x1b[0m\x1b[1;4;32mfrom\x1b[0m\x1b[32m the body\x1b[0m"
        in lines
    )
    assert not [line for line in lines if "^" in line]


@pytest.mark.parametrize("style", [Style(), COLOUR])
@pytest.mark.parametrize("new", ["<b>cell</b>" * 30_000, "one " + "<b>cell</b>" * 30_000])
def test_a_long_line_that_is_another_altogether_is_not_shown_in_full(new: str, style: Style) -> None:
    lines = shown(Value("one\ntwo"), Value(f"{new}\ntwo"), style=style)

    assert max(map(len, lines)) < 1200
    assert any("characters)…" in line for line in lines)


def test_pointers_stand_below_wide_characters_and_tabs() -> None:
    before = "漢字\t👋 one two three four five six seven eight nine ten eleven twelve"

    pointer = shown(Value(before), Value(before.replace("two", "2")))[2]

    assert pointer == "      ?    " + " \t"[1:] + "       ^^^"


def test_a_diff_without_end_is_cut_and_says_so() -> None:
    before = "\n".join(f"{number} old" for number in range(500))

    lines = shown(Value(before), Value(before.replace("old", "new entirely")))

    assert len(lines) == 202
    assert lines[-1].startswith("      … and ")
    assert len(shown(Value(before), Value(before.replace("old", "new entirely")), style=EVERYTHING)) > 1000


def test_of_a_very_long_line_what_stands_around_the_change_is_shown() -> None:
    before = "<p>a</p>" * 1000 + "HERE" + "<p>b</p>" * 1000

    _, old, _, new, pointer = shown(Value(before), Value(before.replace("HERE", "THERE")))

    assert old == f"      -…(7,920 characters)…{'<p>a</p>' * 10}HERE{'<p>b</p>' * 10}…(7,920 characters)…"
    assert new == old.replace("-", "+").replace("HERE", "THERE")
    assert pointer.index("^^^^^") == new.index("THERE")
    assert before in "".join(shown(Value(before), Value(before.replace("HERE", "THERE")), style=EVERYTHING))


def test_a_very_long_line_that_only_surrounds_a_change_is_cut() -> None:
    before = "x" * 5000 + "\nold\n" + "tail"

    assert "…(4,920 characters)…" in shown(Value(before), Value(before.replace("old", "new")))[1]
