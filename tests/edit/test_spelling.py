from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from reconcile.edit.spelling import Noted, Raw, Spaced, entry, escaped, flowing, item, scalar
from tests.edit.written import loaded, texts, values

if TYPE_CHECKING:
    from reconcile.edit.spelling import Writable
    from reconcile.model import Json


@given(texts)
@pytest.mark.parametrize("style", ["", "'", '"'])
def test_a_text_is_read_as_it_was_in_whatever_quotes(style: str, text: str) -> None:
    assert loaded(f"a: {scalar(text, style)}\n") == {"a": text}
    assert loaded(f"a: [{scalar(text, style, flow=True)}, x]\n") == {"a": [text, "x"]}


@given(texts, values)
def test_any_value_is_read_as_it_was(name: str, value: Json) -> None:
    block = "".join(f"{line}\n" for line in entry(name, value, 2))
    assert loaded(f"x:\n{block}") == {"x": {name: value}}
    assert loaded(f"x: {flowing({name: value})}\n") == {"x": {name: value}}


@given(values)
def test_any_item_is_read_as_it_was(value: Json) -> None:
    lines = "".join(f"{line}\n" for line in item(value, 2))
    assert loaded(f"x:\n{lines}") == {"x": [value]}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain words", "plain words"),
        ("NO", '"NO"'),
        ("true", '"true"'),
        ("+15555550100", '"+15555550100"'),
        ("2026-05-12", '"2026-05-12"'),
        ("{{user.id}}", '"{{user.id}}"'),
        ("*@acme.example", '"*@acme.example"'),
        ('say "x"', 'say "x"'),
        ('"x"', "'\"x\"'"),
        ("a: b", '"a: b"'),
        ("https://x.example/a?b=c", "https://x.example/a?b=c"),
        ("\u2028\x85", '"\\u2028\\u0085"'),
        ("", '""'),
    ],
)
def test_texts_are_quoted_as_a_person_would(text: str, written: str) -> None:
    assert scalar(text) == written


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (None, "null"), (1.0, "1.0"), (Raw("!file x"), "!file x")]
)
def test_other_values_are_written_as_in_json(value: Writable, text: str) -> None:
    assert scalar(value) == text


def lines(name: str, value: Writable) -> list[str]:
    return list(entry(name, value, 0))


def test_short_lists_stand_on_one_line_and_longer_ones_and_nested_ones_do_not() -> None:
    assert lines("a", ["x", 1]) == ["a: [x, 1]"]
    assert lines("a", ["x" * 50, "y" * 50]) == ["a:", f"  - {'x' * 50}", f"  - {'y' * 50}"]
    assert lines("a", [{"x": 1, "b": ["z"]}]) == ["a:", "  - x: 1", "    b: [z]"]
    assert lines("a", {"b": {}, "c": []}) == ["a:", "  b: {}", "  c: []"]


def test_several_lines_are_a_block_where_one_can_hold_them() -> None:
    assert lines("a", "x\n  y\n\nz") == ["a: |-", "  x", "    y", "", "  z"]
    assert lines("a", "x\n") == ["a: |", "  x"]
    assert lines("a", " x\ny") == ["a: |2-", "   x", "  y"]
    assert lines("a", "x\n\n") == ['a: "x\\n\\n"']


def test_notes_stand_below_and_objects_apart() -> None:
    value: Writable = Spaced({"b": {"c": 1}, "d": Noted({"e": 2}, ("f:", "")), "g": 3})

    assert lines("a", value) == [
        "a:",
        "  b:",
        "    c: 1",
        "",
        "  d:",
        "    e: 2",
        "    # f:",
        "    #",
        "",
        "  g: 3",
    ]
    assert flowing(value) == "{b: {c: 1}, d: {e: 2}, g: 3}"


def test_what_would_be_a_variable_of_ours_is_escaped() -> None:
    assert escaped({"a": ["${x}", 1], "b": "$${y}"}) == {"a": ["$${x}", 1], "b": "$$${y}"}
