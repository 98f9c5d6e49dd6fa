from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.diff import canonical, compare, digest, equal, explain, normalise, text
from reconcile.model import (
    ABSENT,
    UNREADABLE,
    Absent,
    Field,
    FieldChange,
    Json,
    Kind,
    Ref,
    Secret,
    Value,
)
from tests.values import jsons, maps, names

KIND = Kind(
    name="thing",
    section="things",
    path="/things",
    key="name",
    ignored={"modes": frozenset({"manual"})},
    fields={
        "plain": Field("plain"),
        "body": Field("body", text=True),
        "modes": Field("modes", unordered=True),
        "secret": Field("secret", write_only=True),
        "scopes": Field("scopes", nullable=True),
        "notify": Field("notify", write_only=True, create_only=True),
    },
)


# --- equality ---


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (0, -0.0),
        (10**20, 1e20),
        ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}),
        ([1, {"x": None}], [1.0, {"x": None}]),
        ("a", "a"),
        (None, None),
        (True, True),
    ],
)
def test_json_values_are_equal_by_value(one: Json, other: Json) -> None:
    assert equal(one, other)
    assert equal(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        (1.0, True),
        ([1], [True]),
        ({"a": 0}, {"a": False}),
        ([1, 2], [2, 1]),
        ("1", 1),
        ("", None),
        (0, None),
        (False, None),
        ([], {}),
        ("a", "A"),
        ({"a": None}, {}),
        (1, 1.5),
    ],
)
def test_json_values_differ_by_type_and_order(one: Json, other: Json) -> None:
    assert not equal(one, other)
    assert not equal(other, one)


@given(jsons, jsons)
def test_equal_values_and_no_others_have_the_same_canonical_text(one: Json, other: Json) -> None:
    assert equal(one, other) == (canonical(one) == canonical(other))
    assert equal(one, copy.deepcopy(one))


# --- texts ---


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        (" \t\r\n a \n\t ", "a"),
        ("a\r\r\nb", "a\n\nb"),
        # what Python's own functions would take for white space or a line end
        ("\u00a0a\u00a0", "\u00a0a\u00a0"),
        ("\x0ca\x0b", "\x0ca\x0b"),
        ("a\u2028b\u2029c\x85d", "a\u2028b\u2029c\x85d"),
        ("\ufeffa\u200f👋", "\ufeffa\u200f👋"),
    ],
)
def test_only_line_ends_and_outer_white_space_are_tidied(written: str, kept: str) -> None:
    assert text(written) == kept


@given(st.text())
def test_tidying_twice_is_tidying_once(written: str) -> None:
    assert text(text(written)) == text(written)


# --- the form in which fields are compared ---


def test_a_text_is_compared_tidied() -> None:
    assert normalise(Field("body", text=True), " a\r\n") == "a"


def test_a_set_has_no_order_and_no_repetition() -> None:
    modes = Field("modes", unordered=True)

    assert normalise(modes, ["b", "a", "b"]) == normalise(modes, ["a", "b"])


def test_a_set_may_hold_anything() -> None:
    modes = Field("modes", unordered=True)

    assert normalise(modes, [{"a": 1}, [2], "x"], frozenset({"x"})) == [[2], {"a": 1}]


@pytest.mark.parametrize("value", [None, 1, "a", {"a": 1}])
def test_what_is_no_list_is_no_set(value: Json) -> None:
    assert normalise(Field("modes", unordered=True), value) == value


def test_a_plain_value_is_left_alone() -> None:
    assert normalise(Field("plain"), " a ") == " a "
    assert normalise(Field("body", text=True), None) is None


# --- declared against live ---


def compared(declared: dict[str, Any], live: dict[str, Any] | None) -> list[FieldChange]:
    return list(compare(KIND, declared, live))


def test_fields_as_wanted_are_no_change() -> None:
    declared = {"plain": Value(1), "body": Value("a\n"), "modes": Value(["x", "y"])}

    assert compared(declared, {"plain": 1.0, "body": "a", "modes": ["y", "x"], "other": 5}) == []


def test_a_field_that_differs_is_shown_with_both_values() -> None:
    assert compared({"plain": Value(1)}, {"plain": 2}) == [FieldChange(("plain",), Value(2), Value(1))]


def test_of_a_text_only_what_counts_is_shown() -> None:
    (change,) = compare(KIND, {"body": Value("one\r\ntwo\r\n\r\n")}, {"body": "one\nsix"})

    assert change == FieldChange(("body",), Value("one\nsix"), Value("one\ntwo"))


def test_a_field_that_the_service_does_not_return_is_absent() -> None:
    assert compared({"plain": Value(None)}, {}) == [FieldChange(("plain",), ABSENT, Value(None))]


def test_null_and_absent_are_two_things() -> None:
    assert compared({"plain": Value(None)}, {"plain": None}) == []
    assert compared({"plain": Value("")}, {"plain": None}) == [
        FieldChange(("plain",), Value(None), Value(""))
    ]


def test_what_is_left_to_the_service_cannot_be_read() -> None:
    assert compared({"scopes": Value(None)}, {"scopes": ["a"]}) == [
        FieldChange(("scopes",), UNREADABLE, Value(None))
    ]
    assert compared({"scopes": Value(None)}, {"scopes": None}) == []
    assert compared({"scopes": Value(None)}, {}) == [FieldChange(("scopes",), ABSENT, Value(None))]


def test_a_kind_that_cannot_be_read_has_unreadable_fields() -> None:
    assert compared({"plain": Value(1)}, None) == [FieldChange(("plain",), UNREADABLE, Value(1))]


def test_a_write_only_field_is_unreadable() -> None:
    secret = Secret("KEY", "x")

    assert compared({"secret": secret}, {"plain": 1}) == [FieldChange(("secret",), UNREADABLE, secret)]


def test_a_side_effect_of_creating_is_never_compared() -> None:
    assert compared({"notify": Value(value=True)}, {"plain": 1}) == []
    assert compared({"notify": Value(value=True)}, None) == []


def test_a_member_that_the_service_adds_is_ignored_unless_it_is_declared() -> None:
    assert compared({"modes": Value(["a"])}, {"modes": ["manual", "a"]}) == []
    assert compared({"modes": Value(["a", "manual"])}, {"modes": ["a"]}) == [
        FieldChange(("modes",), Value(["a"]), Value(["a", "manual"]))
    ]


def test_a_list_may_hold_what_no_file_of_today_can_say() -> None:
    assert compared(
        {"plain": Value([[1], {}]), "modes": Value([{"a": []}])}, {"plain": [[1], {}], "modes": []}
    ) == [FieldChange(("modes",), Value([]), Value([{"a": []}]))]


def test_a_readable_field_that_is_not_a_plain_value_differs_from_everything() -> None:
    assert compared({"plain": Ref("a/b")}, {"plain": 1}) == [FieldChange(("plain",), Value(1), Value(None))]


# --- where inside two values the difference lies ---


def test_only_what_differs_inside_a_map_is_shown() -> None:
    before: Json = {"role": "user", "deep": {"a": 1, "b": [1, 2]}, "gone": 1, "same": 1}
    after: Json = {"role": "admin", "deep": {"a": 1, "b": [1, 3]}, "new": 2, "same": 1.0}

    assert explain(("claims",), before, after) == (
        FieldChange(("claims", "deep", "b", 1), Value(2), Value(3)),
        FieldChange(("claims", "gone"), Value(1), ABSENT),
        FieldChange(("claims", "new"), ABSENT, Value(2)),
        FieldChange(("claims", "role"), Value("user"), Value("admin")),
    )


@pytest.mark.parametrize(("before", "after"), [([1], [2]), ("a", "b"), ({"a": 1}, None), (1, {"a": 1})])
def test_what_is_not_two_maps_is_shown_whole(before: Json, after: Json) -> None:
    assert explain(("x",), before, after) == (FieldChange(("x",), Value(before), Value(after)),)


@pytest.mark.parametrize("name", ["__private", "a.b", "it's", 'say "x"', "", "0", "root['a']", "a[0]", "é"])
def test_a_member_of_any_name_is_found(name: str) -> None:
    assert explain((), {name: 1, "x": 1}, {name: 2, "x": 2}) == tuple(
        sorted(
            (FieldChange((name,), Value(1), Value(2)), FieldChange(("x",), Value(1), Value(2))),
            key=lambda change: str(change.path[0]),
        )
    )


def patched(before: dict[str, Any], changes: tuple[FieldChange, ...]) -> Any:
    """What comes out when somebody carries out the changes by hand."""
    result: Any = {"whole": copy.deepcopy(before)}
    for change in changes:
        owner = result
        *way, last = ("whole", *change.path)
        for part in way:
            owner = owner[part]
        if isinstance(change.after, Absent):
            del owner[last]
        else:
            assert isinstance(change.after, Value)
            owner[last] = change.after.value
    return result["whole"]


scalars_in_maps = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from([1.0, 0.5]) | names,
    lambda inner: st.dictionaries(names | st.sampled_from(["__x", "a.b", "a'b"]), inner, max_size=4),
    max_leaves=10,
).filter(lambda value: isinstance(value, dict))


@given(scalars_in_maps, scalars_in_maps)
def test_the_shown_changes_are_all_of_the_difference(before: Any, after: Any) -> None:
    if not equal(before, after):
        assert equal(patched(before, explain((), before, after)), after)


@given(maps, maps)
def test_nothing_equal_is_shown_and_something_is(before: dict[str, Json], after: dict[str, Json]) -> None:
    if not equal(before, after):
        changes = explain((), before, after)
        assert changes
        for change in changes:
            both = isinstance(change.before, Value) and isinstance(change.after, Value)
            assert not (both and equal(change.before.value, change.after.value))  # type: ignore[union-attr]


# --- digests ---


def test_the_digest_covers_every_field_declared_or_not() -> None:
    assert digest(KIND, {"plain": 1, "other": 1}) != digest(KIND, {"plain": 1, "other": 2})
    assert digest(KIND, {"plain": 1}) != digest(KIND, {"plain": 1, "other": None})


def test_the_digest_sees_values_as_they_are_compared() -> None:
    one = digest(KIND, {"plain": 1, "body": "a\r\n", "modes": ["x", "y"]})

    assert one == digest(KIND, {"modes": ["y", "x"], "body": "a", "plain": 1.0})
    assert one.startswith("sha256:")
