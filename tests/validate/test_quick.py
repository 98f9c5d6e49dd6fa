from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconcile.bundle import bundle
from reconcile.model import Value
from reconcile.validate.quick import surely_valid
from tests.lab import ROOT, known
from tests.laws.stories import EXAMPLES
from tests.values import jsons, texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconcile.model import Json
    from tests.lab import Lab

SCHEMAS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "schemas").glob("*.json"))
}
SCHEMAS["the bundle"] = bundle(known().kinds, known().schemas)
WORDS = st.sampled_from(
    ["org:admin", "automatic_invitation", "otp", "NO", "ins_1", "a://b", "x@y", "${env:A}", ""]
)
NUMBERS = st.sampled_from([0, 1, 29, 30, 300, 301, 315360000, 315360001, -1, 1.0, 0.5, 30.0, True])
JUNK = jsons | WORDS | NUMBERS


def near(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Values that this schema is about: some valid, some just not."""
    forms = [near(one) for one in schema.get("anyOf", ())]
    types = schema.get("type", ())
    forms += [_BY_TYPE[name](schema) for name in ([types] if isinstance(types, str) else types)]
    forms += [st.sampled_from(schema["enum"])] if "enum" in schema else []
    forms += [st.just(schema["const"])] if "const" in schema else []
    likely = st.one_of(forms) if forms else JUNK
    return st.one_of(likely, likely, likely, JUNK)


def _objects(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    members = {name: near(sub) for name, sub in schema.get("properties", {}).items()}
    extra = schema.get("additionalProperties", True)
    others = st.dictionaries(texts, near(extra) if isinstance(extra, dict) else JUNK, max_size=1)
    known_members = st.fixed_dictionaries({}, optional=members)
    return st.tuples(known_members, st.just({}) | others).map(lambda both: {**both[0], **both[1]})


def _arrays(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    return st.lists(near(schema.get("items", {})), max_size=3)


_BY_TYPE: Mapping[str, Any] = {
    "object": _objects,
    "array": _arrays,
    "string": lambda _: texts | WORDS,
    "boolean": lambda _: st.booleans(),
    "integer": lambda _: NUMBERS | st.integers(-5, 400),
    "number": lambda _: NUMBERS | st.floats(allow_nan=False),
    "null": lambda _: st.none(),
}


def holds(schema: Mapping[str, Any], value: Any) -> None:
    if surely_valid(schema, value):
        found = [error.message for error in Draft202012Validator(schema).iter_errors(value)]
        assert found == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_never_says_yes_where_jsonschema_says_no(name: str) -> None:
    schema = SCHEMAS[name]

    @settings(max_examples=60)
    @given(near(schema))
    def never(value: Json) -> None:
        holds(schema, value)

    never()


KEYWORDS: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": ["integer", "null"]},
    {"type": "number", "minimum": 1, "maximum": 2.5},
    {"type": "string", "minLength": 1, "maxLength": 2},
    {"minLength": 1},
    {"pattern": "^a"},
    {"enum": ["a", 1, True, None]},
    {"const": "a"},
    {"const": 1},
    {"type": "array", "minItems": 1, "maxItems": 2, "uniqueItems": True},
    {"uniqueItems": True},
    {"uniqueItems": False},
    {"items": {"type": "string"}, "maxItems": 1},
    {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
    {"properties": {"a": {"enum": ["x"]}}, "additionalProperties": False},
    {"additionalProperties": True},
    {"additionalProperties": {"maximum": 1}},
    {"not": {}},
    {"patternProperties": {"^a": False}},
    {"x-unknown": 1},
]
SMALL = st.recursive(
    st.sampled_from(["", "a", "ab", "abc", "x", 0, 1, 2, 3, 1.0, 2.5, True, False, None]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abx"), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=1000)
@given(st.sampled_from(KEYWORDS), SMALL)
def test_keyword_by_keyword_it_never_says_yes_on_its_own(schema: dict[str, Any], value: Json) -> None:
    holds(schema, value)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "a"),
        ({"type": ["array", "null"], "items": {"type": "string"}}, ["a"]),
        (
            {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False},
            {"a": 1},
        ),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"a": 1}),
        ({"type": "object", "additionalProperties": True}, {"a": 1}),
        ({"type": "array", "uniqueItems": True, "minItems": 1, "maxItems": 2}, ["a", "b"]),
        ({"type": "array", "uniqueItems": False}, ["a", "a"]),
        ({"type": "integer", "minimum": 1, "maximum": 2}, 2),
        ({"type": "string", "pattern": "^a", "minLength": 1, "maxLength": 2}, "ab"),
        ({"enum": ["a", "b"]}, "b"),
        ({"const": "a"}, "a"),
        ({"required": ["a"]}, {"a": 1}),
        ({"title": "T", "description": "d", "x-text": True}, 1),
    ],
)
def test_it_says_yes_where_it_can(schema: dict[str, Any], value: Json) -> None:
    assert surely_valid(schema, value)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, 1),
        ({"type": "integer"}, True),
        ({"properties": {}}, []),
        ({"additionalProperties": False}, 1),
        ({"additionalProperties": False}, {"a": 1}),
        ({"additionalProperties": {"type": "string"}}, {"a": 1}),
        ({"items": {}}, "text"),
        ({"uniqueItems": True}, ["a", "a"]),
        ({"uniqueItems": True}, [1, 2]),
        ({"uniqueItems": True}, 1),
        ({"anyOf": [{}]}, 1),
    ],
)
def test_otherwise_it_leaves_the_verdict_to_others(schema: dict[str, Any], value: Json) -> None:
    assert not surely_valid(schema, value)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_need_nothing_else(path: Path, lab: Lab) -> None:
    for name, section in lab.load(path).sections.items():
        for declared in section.objects.values():
            plain = {
                field: value.value for field, value in declared.fields.items() if isinstance(value, Value)
            }
            assert surely_valid(SCHEMAS[name], plain)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer", "minimum": 30}, 29),
        ({"type": "integer", "maximum": 300}, 301),
        ({"type": "array", "minItems": 1}, []),
        ({"type": "array", "maxItems": 1}, [1, 2]),
        ({"type": "string", "minLength": 1}, ""),
        ({"type": "string", "maxLength": 1}, "ab"),
        ({"type": "string", "pattern": "^a$"}, "b"),
        ({"enum": ["a"]}, "b"),
        ({"const": "a"}, "b"),
        ({"type": "array", "uniqueItems": True}, ["a", "a"]),
        ({"type": "array", "items": {"type": "string"}}, [1]),
        ({"type": "object", "required": ["a"]}, {}),
        ({"properties": {}, "additionalProperties": False}, {"a": 1}),
        ({"properties": {}, "additionalProperties": {"type": "string"}}, {"a": 1}),
        ({"properties": {"a": {"type": "string"}}}, {"a": 1}),
        ({"type": "integer"}, True),
        ({"not": {}}, 1),
    ],
)
def test_just_beyond_a_limit_it_leaves_the_verdict_to_jsonschema(schema: dict[str, Any], value: Json) -> None:
    assert not Draft202012Validator(schema).is_valid(value)
    assert not surely_valid(schema, value)
