from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.model import (
    ABSENT,
    Action,
    Change,
    FieldChange,
    Finding,
    Instance,
    Origin,
    Outcome,
    Plan,
    Severity,
    Status,
    Unverified,
    Value,
)
from reconcile.render.terminal import Style, columns, outcome_line, plan_text, safe, safe_lines
from tests.render.terminal.things import change, entry, plan

NARROW = Style(width=80)
OURS = re.compile(r"\x1b\[(?:1;(?:4;)?)?[0-9]{1,2}m")
hostile = st.text(
    st.sampled_from("ab \t\n\r\x00\x07\x08\x1b[2J\x7f\x9b\u202e\u2066\u200f\u200b\ufeff\U000e0041漢👋é"),
    max_size=90,
)


def everywhere(text: str) -> Plan:
    """A plan in which a text stands wherever somebody else's text can stand."""
    one = FieldChange((text, 0), Value(text), Value(text + "x"))
    gone = FieldChange(("n",), Value({text: [text] * 3}), ABSENT)
    new = FieldChange(("n",), ABSENT, Value(f"{text}\n{text}"))
    mine = Change(f"k/{text}", "k", text, Action.UPDATE, origin=Origin(text, 1), fields=(one, gone, new))
    return Plan(
        text,
        Instance(text, text),
        (mine, entry(text, FieldChange(("identifier",), ABSENT, Value(text)))),
        (Unverified(text, (text,), Value(1), text),),
        (text,),
        (text,),
        (Finding(Severity.ERROR, "r", text, text, Origin(text)), Finding(Severity.WARNING, "gated", text)),
    )


@given(hostile, st.builds(Style, st.booleans(), st.just(value=True), st.sampled_from([0, 80])))
def test_nothing_that_somebody_wrote_commands_the_terminal(text: str, style: Style) -> None:
    shown = OURS.sub("", plan_text(everywhere(text), 1, style))

    left = {one for one in shown if unicodedata.category(one) in {"Cc", "Cf"}}
    assert left <= {"\n", "\t"}


@given(hostile)
def test_an_outcome_is_one_line_whatever_the_service_says(text: str) -> None:
    assert "\n" not in outcome_line(Outcome(text, Action.CREATE, Status.FAILED, text))


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("plain", 5),
        ("漢字", 4),
        ("👋", 2),
        ("e\u0301", 1),
        ("a → b…", 6),
        ("👩\u200d👩\u200d👧", 2),
        ("a\tb", 3),
        ("漢\t", 2),
    ],
)
def test_columns_are_those_of_a_terminal(text: str, width: int) -> None:
    assert columns(text) == width


def test_commands_are_shown_as_what_they_are() -> None:
    assert safe("\x1b[2J\u202eevil\n") == "\\x1b[2J\\u202eevil\\x0a"
    assert safe_lines("\x07one\ntwo") == "\\x07one\ntwo"


def test_what_would_not_be_seen_is_seen() -> None:
    assert safe("pay\u200bpal soft\u00ad tag\U000e0041") == "pay\\u200bpal soft\\xad tag\\U000e0041"
    assert safe("👩\u200d💻 1\ufe0f\u20e3") == "👩\u200d💻 1\ufe0f\u20e3"


def test_prose_is_wrapped_on_a_terminal_and_not_in_a_pipe() -> None:
    mind = Plan("e", Instance("i", "t"), findings=(Finding(Severity.WARNING, "r", "word " * 40),))

    lines = plan_text(mind, 0, NARROW).splitlines()

    assert max(map(columns, lines)) <= 80
    assert lines[3].startswith("  word")
    assert max(map(columns, plan_text(mind, 0).splitlines())) > 200


def test_a_long_sum_is_wrapped_on_a_terminal() -> None:
    one_of_each = plan(*(change(action=action) for action in Action))

    lines = plan_text(one_of_each, 1000, NARROW, seconds=111.2).splitlines()

    assert max(map(columns, lines[-2:])) <= 80
    assert lines[-1].endswith("1,000 calls, about 111 s.")


def test_a_narrow_terminal_gets_the_place_on_a_line_of_its_own() -> None:
    far = Change(
        "email_template/" + "x" * 60, "email_template", "x", Action.UPDATE, origin=Origin("a.yml", 1)
    )

    assert "\n    a.yml:1" in plan_text(plan(far), 1, NARROW)
    assert "x  a.yml:1" in plan_text(plan(far), 1)


def test_a_sum_that_breaks_within_its_first_words_has_no_colour() -> None:
    tiny = Style(colour=True, width=20)

    assert "Plan: 0 to create, 1" in plan_text(plan(change()), 1, tiny)
