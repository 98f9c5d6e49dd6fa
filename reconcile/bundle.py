"""The schemas of the kinds put together into the one that editors use for resource files. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.model import Kind

Schema = dict[str, Any]
_PRUNE: Schema = {
    "type": "boolean",
    "description": "true: whatever is live and not listed here is deleted. Default: false, it is only reported.",
}
_FILLED_IN: Schema = {"type": "string", "pattern": r"\$\{"}


def bundle(kinds: Mapping[str, Kind], schemas: Mapping[str, Schema]) -> Schema:
    """The JSON Schema of a resource file: one property for each section."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "resources.json",
        "title": "Resources of a Clerk instance",
        "description": "A section for each kind of resource. A section that is absent is left alone.",
        "type": "object",
        "additionalProperties": False,
        "properties": {kind.section: _section(kind, schemas[kind.name]) for kind in kinds.values()},
    }


def _section(kind: Kind, schema: Schema) -> Schema:
    if kind.singleton:
        return _object(kind, schema)
    return _list(kind, schema) if kind.entries else _map(kind, schema)


def _object(kind: Kind, schema: Schema) -> Schema:
    """The fields of one object as people write them: without its key, and with what only files have."""
    fields = {name: _field(sub) for name, sub in schema["properties"].items() if name != kind.key}
    return {
        "type": "object",
        "description": schema["description"],
        "additionalProperties": False,
        "properties": {**fields, **dict(_file_only(kind))},
    }


def _file_only(kind: Kind) -> Iterator[tuple[str, Schema]]:
    if kind.fixed:
        text = "`default` brings the vendor's own text back. It stands alone."
        yield "state", {"type": "string", "const": "default", "description": text}
    if kind.renameable:
        text = f"The {kind.key} that this had before: it is renamed, and keeps its id."
        yield "renamed_from", {"type": "string", "description": text}


def _field(schema: Schema) -> Schema:
    """A field, which may also be filled in by a variable; only text may hold one already."""
    if schema.get("type") == "string" and not {"enum", "pattern", "maxLength"} & schema.keys():
        return schema
    told: Schema = {name: schema[name] for name in ("description", "default", "deprecated") if name in schema}
    return {**told, "anyOf": [schema, _FILLED_IN]}


def _map(kind: Kind, schema: Schema) -> Schema:
    return {
        "type": "object",
        "description": schema["description"],
        "properties": {} if kind.fixed else {".prune": _PRUNE},
        "additionalProperties": _object(kind, schema),
    }


def _list(kind: Kind, schema: Schema) -> Schema:
    key = schema["properties"][kind.key]
    entry = {
        "type": "object",
        "additionalProperties": False,
        "required": [kind.key],
        "properties": {name: _field(sub) for name, sub in schema["properties"].items()},
    }
    entries = {
        "description": schema["description"],
        "anyOf": [{"type": "array", "items": {"anyOf": [key, entry]}}, {"type": ["string", "null"]}],
    }
    options = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"prune": _PRUNE, kind.entries: entries},
    }
    return {"description": schema["description"], "anyOf": [options, *entries["anyOf"]]}
