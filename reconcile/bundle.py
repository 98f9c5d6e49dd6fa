"""The schemas of the kinds put together into those that editors use for resource files and overlays. No I/O here."""

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
_ENVIRONMENTS: Schema = {"type": "array", "minItems": 1, "items": {"type": "string"}}
_STANDS_IN: Schema = {
    "only": {**_ENVIRONMENTS, "description": "This stands in these environments only."},
    "except": {**_ENVIRONMENTS, "description": "This stands in all environments but these."},
}
_NOTHING: Schema = {
    "type": ["null", "string"],
    "maxLength": 0,
    "description": "`!unset`: not declared in this environment, and so left alone.",
}


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


def overlay_bundle(kinds: Mapping[str, Kind], schemas: Mapping[str, Schema]) -> Schema:
    """The JSON Schema of an overlay: the same, where everything may be left alone. Tags are the editor's matter."""
    return {
        **bundle(kinds, schemas),
        "$id": "overlays.json",
        "title": "What is different in one environment",
        "description": "The sections of resource files, as far as they differ. `!append`, `!remove`, `!replace` and `!unset` "
        "before a value say what becomes of what stands in the files below.",
        "properties": {
            kind.section: _or_nothing(_section_above(kind, schemas[kind.name])) for kind in kinds.values()
        },
    }


def _section_above(kind: Kind, schema: Schema) -> Schema:
    if kind.singleton:
        return _object_above(kind, schema)
    section = _section(kind, schema)
    if not kind.entries:
        options = {name: _or_nothing(sub) for name, sub in section["properties"].items()}
        members = _or_nothing(_object_above(kind, schema))
        return {**section, "properties": options, "additionalProperties": members}
    options, *forms = section["anyOf"]
    properties = {**options["properties"], "prune": _or_nothing(_PRUNE)}
    return {**section, "anyOf": [{**options, "properties": properties}, *forms]}


def _object_above(kind: Kind, schema: Schema) -> Schema:
    base = _object(kind, schema)
    return {**base, "properties": {name: _or_nothing(sub) for name, sub in base["properties"].items()}}


def _or_nothing(schema: Schema) -> Schema:
    """The same, or `!unset`."""
    told: Schema = {name: schema[name] for name in ("description", "default", "deprecated") if name in schema}
    return {**told, "anyOf": [schema, _NOTHING]}


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
    yield from _STANDS_IN.items()


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
        "properties": {**{name: _field(sub) for name, sub in schema["properties"].items()}, **_STANDS_IN},
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
