"""A cheap answer to "is this valid?": yes, or "ask jsonschema".

Most files are valid, and importing jsonschema costs more than reading all of them. What is not certainly valid
goes to jsonschema, which decides and explains; a test holds this module to never saying yes on its own.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}
_pattern = lru_cache(maxsize=64)(re.compile)


def surely_valid(schema: Mapping[str, Any], value: Any) -> bool:
    """True only where every keyword of the schema is one known here, and holds."""
    return all(
        keyword in _KEYWORDS and _KEYWORDS[keyword](argument, value, schema)
        for keyword, argument in schema.items()
    )


def _type(names: Any, value: Any, _: Any) -> bool:
    return any(_TYPES[name](value) for name in ([names] if isinstance(names, str) else names))


def _properties(properties: Any, value: Any, _: Any) -> bool:
    if not isinstance(value, dict):
        return False
    return all(surely_valid(properties[name], item) for name, item in value.items() if name in properties)


def _additional(allowed: Any, value: Any, schema: Mapping[str, Any]) -> bool:
    if allowed is True:
        return True
    if not isinstance(value, dict):
        return False
    known = schema.get("properties", {})
    rest = (item for name, item in value.items() if name not in known)
    return all(allowed is not False and surely_valid(allowed, item) for item in rest)


def _items(schema: Any, value: Any, _: Any) -> bool:
    return isinstance(value, list) and all(surely_valid(schema, item) for item in value)


def _unique(wanted: Any, value: Any, _: Any) -> bool:
    if not wanted:
        return True
    texts = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return texts and len(set(value)) == len(value)


def _anything(_argument: Any, _value: Any, _schema: Any) -> bool:
    return True


_KEYWORDS: Mapping[str, Callable[[Any, Any, Mapping[str, Any]], bool]] = {
    "type": _type,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "uniqueItems": _unique,
    "enum": lambda allowed, value, _: isinstance(value, str) and value in allowed,
    "const": lambda wanted, value, _: isinstance(value, str) and value == wanted,
    "minimum": lambda least, value, _: _TYPES["number"](value) and value >= least,
    "maximum": lambda most, value, _: _TYPES["number"](value) and value <= most,
    "minItems": lambda least, value, _: isinstance(value, list) and len(value) >= least,
    "maxItems": lambda most, value, _: isinstance(value, list) and len(value) <= most,
    "minLength": lambda least, value, _: isinstance(value, str) and len(value) >= least,
    "maxLength": lambda most, value, _: isinstance(value, str) and len(value) <= most,
    "pattern": lambda pattern, value, _: isinstance(value, str) and bool(_pattern(pattern).search(value)),
    "required": lambda names, value, _: isinstance(value, dict) and all(name in value for name in names),
    **dict.fromkeys(
        (
            "$schema",
            "$id",
            "title",
            "description",
            "default",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly",
        ),
        _anything,
    ),
    **dict.fromkeys(
        (
            "x-clerk-config",
            "x-clerk-config-left",
            "x-create-only",
            "x-preview",
            "x-required-to-create",
            "x-sensitive",
            "x-text",
            "x-unordered",
        ),
        _anything,
    ),
}
