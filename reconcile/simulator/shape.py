"""Answers in the contract's shape: what the contract does not show (secrets, marks of our own) stays inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconcile.simulator.contract import Schema

_NEW_FIELD = "introduced_later"
_NEW_VALUE: dict[str, Any] = {"since": "2031-01-01", "levels": [1, 2, 3]}
_NEW_ENUM_VALUES: dict[tuple[str, str], str] = {
    # (object, read-only field): a value that no published version names
    ("allowlist_identifier", "identifier_type"): "passkey_holder",
    ("blocklist_identifier", "identifier_type"): "passkey_holder",
    ("permission", "type"): "delegated",
}


def shape(value: Any, schema: Schema, *, future: bool) -> Any:
    """`value` with the members that the contract shows; with `future`, some more that it does not know yet."""
    finish = _from_the_future if future else _as_it_is
    return _shape(value, schema, finish)


def item_schema(schema: Schema) -> Schema:
    """What one element of a list answer looks like, be it a bare array, a wrapper, or either."""
    for branch in schema.get("oneOf", [schema]):
        if branch.get("type") == "array":
            return dict(branch["items"])
        if "data" in branch.get("properties", {}):
            return dict(branch["properties"]["data"]["items"])
    return schema


def is_wrapped(schema: Schema) -> bool:
    """Whether the only documented list answer is `{data, total_count}`."""
    return "oneOf" not in schema and "data" in schema.get("properties", {})


def _shape(value: Any, schema: Schema, finish: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """One value, by the part of the schema that speaks of it."""
    if isinstance(value, list):
        items = item_schema(schema)
        return [_shape(one, items, finish) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"data", "total_count"}:
        return finish({"data": _shape(value["data"], schema, finish), "total_count": value["total_count"]})
    return _shape_object(value, schema, finish)


def _shape_object(
    value: dict[str, Any], schema: Schema, finish: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    """An object's documented members; an object without documented members is free-form and kept whole."""
    known: Mapping[str, Schema] = schema.get("properties", {})
    if not known:
        return value
    return finish(
        {
            name: _shape(member, known[name], finish) if isinstance(member, dict | list) else member
            for name, member in value.items()
            if name in known
        }
    )


def _as_it_is(value: dict[str, Any]) -> dict[str, Any]:
    """Nothing that is not in the contract."""
    return value


def _from_the_future(value: dict[str, Any]) -> dict[str, Any]:
    """One more field, and values that a closed enum would not take."""
    name = value.get("object", "")
    newer = {
        field: new for (owner, field), new in _NEW_ENUM_VALUES.items() if owner == name and field in value
    }
    return {**value, **newer, _NEW_FIELD: _NEW_VALUE}
