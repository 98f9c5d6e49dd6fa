"""A description with one operation in it, for tests of the judges that need no file of the vendor's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.conformance.vendor import Vendor

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH = "/things/{id}"
OPERATION = "PATCH /things/{id}"


def described(
    *,
    sent: Mapping[str, Any] | None = None,
    answered: Mapping[str, Any] | None = None,
    version: str = "2026-05-12",
    **more: Any,
) -> Vendor:
    """`PATCH /things/{id}` with these properties in its body and in its answer, and more members of the operation."""
    operation = {
        "operationId": "UpdateThing",
        "parameters": [{"$ref": "#/components/parameters/Id"}],
        "requestBody": {"content": _json({"type": "object", "properties": sent or {}})},
        "responses": {"200": {"content": _json({"$ref": "#/components/schemas/Thing"})}},
        **more,
    }
    components = {
        "parameters": {
            "Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        },
        "schemas": {
            "Thing": {"type": "object", "properties": answered or {}},
            "Unused": {"type": "object"},
        },
    }
    return Vendor(version, {"paths": {PATH: {"patch": operation}}, "components": components})


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
