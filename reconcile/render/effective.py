"""The configuration as it takes effect: every value with the place where it was written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reconcile.codec.values import encode_value
from reconcile.model import Secret, Value
from reconcile.render.terminal.style import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.model import Declared, Desired, Json, Kind, Origin, Path, Section, Tagged


def effective_text(kinds: Mapping[str, Kind], desired: Desired) -> str:
    """A line for each value, under the address that it belongs to."""
    return "".join(f"{safe(line)}\n" for line in _lines(kinds, desired))


def _lines(kinds: Mapping[str, Kind], desired: Desired) -> Iterator[str]:
    for kind, declared in _objects(kinds, desired):
        yield f"{kind.address(declared.key)}  # {declared.origin}"
        if declared.default:
            yield f"    state: default  # {declared.place(('state',))}"
        for name, value in declared.fields.items():
            yield from _field(declared, (name,), value)
    for kind, section in _sections(kinds, desired):
        for key, place in section.unset.items():
            yield f"{kind.address(key)}: left alone here  # {place}"


def _field(declared: Declared, path: Path, value: Tagged) -> Iterator[str]:
    """A line for the value, or one for each part of it where parts were written in different files."""
    indent, name = "    " * len(path), path[-1]
    if not isinstance(value, Value) or not _mixed(declared, path):
        yield f"{indent}{name}: {_show(value)}  # {declared.place(path)}"
        return
    yield f"{indent}{name}:  # {declared.place(path)}"
    inner = value.value
    parts = inner.items() if isinstance(inner, dict) else enumerate(inner if isinstance(inner, list) else ())
    for part, member in parts:
        yield from _field(declared, (*path, part), Value(member))


def _mixed(declared: Declared, path: Path) -> bool:
    """Whether what stands below a path comes from another file than the path itself."""
    file = declared.place(path).file
    return any(known[: len(path)] == path and at.file != file for known, at in declared.lines.items())


def _objects(kinds: Mapping[str, Kind], desired: Desired) -> Iterator[tuple[Kind, Declared]]:
    for kind, section in _sections(kinds, desired):
        yield from ((kind, declared) for declared in section.objects.values())


def _sections(kinds: Mapping[str, Kind], desired: Desired) -> Iterator[tuple[Kind, Section]]:
    return ((kinds[name], section) for name, section in desired.sections.items())


def _show(value: Tagged) -> str:
    if isinstance(value, Secret):
        return f"${{env:{value.name}}}"
    return json.dumps(value.value, ensure_ascii=False) if isinstance(value, Value) else ""


def effective_document(kinds: Mapping[str, Kind], desired: Desired) -> dict[str, Json]:
    """The same for programs."""
    return {
        "format_version": "1",
        "sections": [
            {"section": kind.section, "prune": section.prune, "origin": _origin(section.origin)}
            for kind, section in _sections(kinds, desired)
        ],
        "objects": [_object(kind, declared) for kind, declared in _objects(kinds, desired)],
        "left_alone": [
            {"address": kind.address(key), "origin": _origin(place)}
            for kind, section in _sections(kinds, desired)
            for key, place in section.unset.items()
        ],
    }


def _object(kind: Kind, declared: Declared) -> Json:
    fields: dict[str, Json] = {
        name: {**_encoded(value), "origin": _origin(declared.place((name,))), **_parts(declared, name)}
        for name, value in declared.fields.items()
    }
    address = kind.address(declared.key)
    return {
        "address": address,
        "origin": _origin(declared.origin),
        "default": declared.default,
        "fields": fields,
    }


def _parts(declared: Declared, name: str) -> dict[str, Json]:
    """Where the parts of a value were written, by their paths inside of it, if it has any."""
    parts: list[Json] = [
        {"path": list(path[1:]), "origin": _origin(place)}
        for path, place in declared.lines.items()
        if path[0] == name and len(path) > 1
    ]
    return {"parts": parts} if parts else {}


def _encoded(value: Tagged) -> dict[str, Json]:
    encoded = encode_value(value)
    return encoded if isinstance(encoded, dict) else {}


def _origin(origin: Origin) -> Json:
    return {"file": origin.file, "line": origin.line}
