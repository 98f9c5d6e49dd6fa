"""The configuration as it takes effect: every value with the place where it was written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reconcile.codec.values import encode_value
from reconcile.model import Secret, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.model import Declared, Desired, Json, Kind, Origin, Tagged


def effective_text(kinds: Mapping[str, Kind], desired: Desired) -> str:
    """A line for each value, under the address that it belongs to."""
    return "".join(f"{line}\n" for line in _lines(kinds, desired))


def _lines(kinds: Mapping[str, Kind], desired: Desired) -> Iterator[str]:
    for kind, declared in _objects(kinds, desired):
        yield f"{kind.address(declared.key)}  # {declared.origin}"
        if declared.default:
            yield "    state: default"
        for name, value in declared.fields.items():
            yield f"    {name}: {_show(value)}  # {declared.place((name,))}"


def _objects(kinds: Mapping[str, Kind], desired: Desired) -> Iterator[tuple[Kind, Declared]]:
    for name, section in desired.sections.items():
        yield from ((kinds[name], declared) for declared in section.objects.values())


def _show(value: Tagged) -> str:
    if isinstance(value, Secret):
        return f"${{env:{value.name}}}"
    return json.dumps(value.value, ensure_ascii=False) if isinstance(value, Value) else ""


def effective_document(kinds: Mapping[str, Kind], desired: Desired) -> dict[str, Json]:
    """The same for programs."""
    return {
        "format_version": "1",
        "sections": [
            {"section": kinds[name].section, "prune": section.prune, "origin": _origin(section.origin)}
            for name, section in desired.sections.items()
        ],
        "objects": [_object(kind, declared) for kind, declared in _objects(kinds, desired)],
    }


def _object(kind: Kind, declared: Declared) -> Json:
    fields: dict[str, Json] = {
        name: {**_encoded(value), "origin": _origin(declared.place((name,)))}
        for name, value in declared.fields.items()
    }
    address = kind.address(declared.key)
    return {
        "address": address,
        "origin": _origin(declared.origin),
        "default": declared.default,
        "fields": fields,
    }


def _encoded(value: Tagged) -> dict[str, Json]:
    encoded = encode_value(value)
    return encoded if isinstance(encoded, dict) else {}


def _origin(origin: Origin) -> Json:
    return {"file": origin.file, "line": origin.line}
