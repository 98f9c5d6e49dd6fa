"""Nodes -> JSON values, as a schema wants them: where it wants text, the text is taken as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.load.nodes import Mapping as MapNode
from reconcile.load.nodes import Scalar, Sequence, plain_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.load.nodes import Node
    from reconcile.model import Json

_ANYTHING: Mapping[str, Any] = {}


def plain(node: Node, schema: Mapping[str, Any]) -> Json:
    """The JSON value of a node."""
    match node:
        case Scalar():
            return scalar(node, schema)
        case Sequence(items):
            return [plain(item, schema.get("items", _ANYTHING)) for item in items]
        case MapNode(entries):
            return {name: plain(entry.node, _member(schema, name)) for name, entry in entries.items()}


def scalar(node: Scalar, schema: Mapping[str, Any]) -> Json:
    """`NO`, `+15555550100` and `2026-05-12` are text where text is wanted; nothing is nothing everywhere."""
    value = plain_value(node)
    if value is None or isinstance(value, str):
        return value
    types = schema.get("type", ())
    wants_text = types == "string" or ("string" in types and len(types) <= 2)
    return node.text if wants_text else value


def _member(schema: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
    return found if isinstance(found, dict) else _ANYTHING
