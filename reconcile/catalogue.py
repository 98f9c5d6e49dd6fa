"""The kinds together with their schemas: read from `schemas/`, handed to the pure core."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reconcile import contract, kinds
from reconcile.model import Field, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every kind by name, with its fields, and the schema that they came from."""

    kinds: Mapping[str, Kind]
    schemas: Mapping[str, Schema]

    @property
    def by_section(self) -> Mapping[str, Kind]:
        """The kinds by the name of their section in the files."""
        return {kind.section: kind for kind in self.kinds.values()}


def load() -> Catalogue:
    """Read all schemas and give each kind its fields."""
    found = kinds.discover()
    schemas = {name: schema(name) for name in found}
    described = {name: replace(kind, fields=_fields(schemas[name])) for name, kind in found.items()}
    return Catalogue(described, schemas)


def schema(name: str) -> Schema:
    """One published JSON Schema by its file name."""
    text = (contract.root() / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    parsed: Schema = json.loads(text)
    return parsed


def _fields(schema: Schema) -> dict[str, Field]:
    return {name: Field.of(name, sub) for name, sub in schema["properties"].items()}
