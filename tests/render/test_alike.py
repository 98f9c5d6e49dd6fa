"""What differs and looks the same is said, wherever a plan is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconcile.model import ABSENT, Action, Change, FieldChange, Instance, Plan, Value
from reconcile.render.alike import alike
from reconcile.render.html.content import content
from reconcile.render.html.plain import plain
from reconcile.render.markdown.fields import change_lines
from reconcile.render.terminal import Style
from reconcile.render.terminal.fields import field_lines
from tests.lab import known

if TYPE_CHECKING:
    from reconcile.model import Json

NOTE = "looks the same: U+0020 became U+00A0"
LONG = "a text that is so long that it is shown line by line, wherever it is shown at all"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("hello world", "hello\u00a0world", NOTE),
        ("10\u202f000 \u2009 €", "10 000   €", "looks the same: U+202F U+2009 became U+0020"),
        ("caf\u00e9", "cafe\u0301", "looks the same: U+00E9 became U+0065 U+0301"),
        ("a\u0327\u0301", "a\u0301\u0327", "looks the same: the order of its characters differs"),
        ({"a b": 1}, {"a\u2000b": 1}, "looks the same: U+0020 became U+2000"),
        ("\u2000\u2002\u2004\u2005", "    ", "looks the same: U+2000 U+2002 U+2004 … became U+0020"),
        ("hello world", "hello\u00a0World", ""),
        ("a", "a ", ""),
        ("a", "\u0430", ""),
        ("a", "a", ""),
        (1, 1.0, ""),
    ],
)
def test_texts_that_look_the_same_are_told_apart(before: Json, after: Json, said: str) -> None:
    assert alike(Value(before), Value(after)) == said
    assert alike(Value(before), ABSENT) == ""


@pytest.mark.parametrize("text", ["Your code", LONG])
def test_each_renderer_says_it(text: str) -> None:
    field = FieldChange(("subject",), Value(text), Value(text.replace(" ", "\u00a0", 1)))
    change = Change("email_template/a", "email_template", "a", Action.UPDATE, fields=(field,))
    plan = Plan("local", Instance("ins_1", "development"), (change,))
    page = content(plan, known().kinds)

    assert [*field_lines(change, field, Style())][-1] == f"      ({NOTE})"
    assert [*change_lines(change)][-1] == f"! subject {NOTE}"
    assert [one.text.split("\n")[-1] for one in plain(page)] == [f"  ({NOTE})"]
