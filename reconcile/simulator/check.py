"""Does a request hold what the contract says? A checker for the part of JSON Schema that the contract uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reconcile.simulator.problems import Problem, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconcile.simulator.contract import Schema

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def check(value: Any, schema: Schema, param: str = "") -> Iterator[Problem]:
    """Everything that is wrong with `value`, each named by the parameter it sits in."""
    branches = schema.get("oneOf") or schema.get("anyOf")
    if branches:
        yield from _check_branches(value, branches, param)
    elif value is None:
        if not schema.get("nullable") and schema.get("type"):
            yield problem("form_param_nil", param)
    elif not _has_type(value, schema.get("type")):
        yield problem("form_param_type_invalid", param, why=f"must be of type {schema['type']}")
    else:
        yield from _check_value(value, schema, param)


def _check_branches(value: Any, branches: list[Schema], param: str) -> Iterator[Problem]:
    """No complaint when one alternative has none, else the first alternative's."""
    complaints = [tuple(check(value, branch, param)) for branch in branches]
    if all(complaints):
        yield from complaints[0]


def _has_type(value: Any, name: str | None) -> bool:
    """JSON's notion of type: a boolean is never a number."""
    if name is None:
        return True
    return isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _check_value(value: Any, schema: Schema, param: str) -> Iterator[Problem]:
    """The keywords for this value's type, then those for every type."""
    if "enum" in schema and value not in schema["enum"]:
        allowed = ", ".join(repr(one) for one in schema["enum"] if one is not None)
        yield problem("form_param_value_invalid", param, why=f"must be one of {allowed}")
    for kind, checker in _BY_TYPE:
        if isinstance(value, kind) and not isinstance(value, bool):
            yield from checker(value, schema, param)


def _check_object(value: Any, schema: Schema, param: str) -> Iterator[Problem]:
    """Required and unknown members, then each member."""
    known = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield problem("form_param_missing", _join(param, name))
    for name, member in value.items():
        if name in known:
            yield from check(member, known[name], _join(param, name))
        elif schema.get("additionalProperties") is False:
            yield problem("form_param_unknown", _join(param, name))


def _check_array(value: Any, schema: Schema, param: str) -> Iterator[Problem]:
    """Size, repetition, and each item under the array's own name."""
    if len(value) > schema.get("maxItems", len(value)):
        yield problem(
            "form_param_array_size_exceeded", param, why=f"takes at most {schema['maxItems']} items"
        )
    if len(value) < schema.get("minItems", 0):
        yield problem("form_param_value_invalid", param, why=f"needs at least {schema['minItems']} items")
    if schema.get("uniqueItems") and len({repr(one) for one in value}) < len(value):
        yield problem("form_param_duplicate", param, why="must not repeat an item")
    for item in value:
        yield from check(item, schema.get("items", {}), param)


def _check_string(value: Any, schema: Schema, param: str) -> Iterator[Problem]:
    """Length and pattern."""
    if len(value) > schema.get("maxLength", len(value)):
        yield problem(
            "form_param_max_length_exceeded", param, why=f"takes at most {schema['maxLength']} characters"
        )
    if len(value) < schema.get("minLength", 0):
        yield problem(
            "form_param_min_length_exceeded", param, why=f"needs at least {schema['minLength']} characters"
        )
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield problem("form_param_format_invalid", param, why=f"must match {schema['pattern']}")


def _check_number(value: Any, schema: Schema, param: str) -> Iterator[Problem]:
    """The bounds of a number."""
    if value > schema.get("maximum", value):
        yield problem("form_param_value_too_large", param, why=f"must be at most {schema['maximum']}")
    if value < schema.get("minimum", value):
        yield problem("form_param_value_invalid", param, why=f"must be at least {schema['minimum']}")


def _join(param: str, name: str) -> str:
    """The dotted name of a member."""
    return f"{param}.{name}" if param else name


_BY_TYPE: tuple[tuple[type | tuple[type, ...], Callable[[Any, Schema, str], Iterator[Problem]]], ...] = (
    (dict, _check_object),
    (list, _check_array),
    (str, _check_string),
    ((int, float), _check_number),
)
