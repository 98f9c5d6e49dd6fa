"""List answers: cut to a page, bare or wrapped, as the contract of the operation says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.simulator.problems import refuse
from reconcile.simulator.shape import is_wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconcile.simulator.contract import Parameter, Schema
    from reconcile.simulator.world import Call

_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


def page(call: Call, records: Sequence[Any]) -> Any:
    """The part of a list that was asked for, in the form that was asked for."""
    parameters = call.operation.parameters
    limit = _number(parameters, call.query, "limit", len(records))
    offset = _number(parameters, call.query, "offset", 0)
    part = list(records[offset : offset + limit])
    wanted = (
        _flag(call.query.get("paginated"))
        if "paginated" in parameters
        else is_wrapped(call.operation.answer or {})
    )
    return {"data": part, "total_count": len(records)} if wanted else part


def _number(parameters: Mapping[str, Parameter], query: Mapping[str, str], name: str, otherwise: int) -> int:
    """A paging parameter within its bounds; `otherwise` where the operation does not take it."""
    if name not in parameters:
        return otherwise
    schema = parameters[name].schema
    text = query.get(name)
    if text is None:
        return int(schema.get("default", otherwise))
    if not text.removeprefix("-").isdecimal():
        raise refuse("malformed_request_parameters", name, why="must be a whole number")
    return _bounded(name, int(text), schema)


def _bounded(name: str, value: int, schema: Schema) -> int:
    """The number, if it is within the bounds of its schema."""
    if value < schema.get("minimum", value):
        raise refuse("form_param_value_invalid", name, why=f"must be at least {schema['minimum']}")
    if value > schema.get("maximum", value):
        raise refuse("form_param_value_too_large", name, why=f"must be at most {schema['maximum']}")
    return value


def _flag(text: str | None) -> bool:
    """A boolean of the query string; absent means false."""
    if text is not None and text not in _BOOLEANS:
        raise refuse("malformed_request_parameters", "paginated", why="must be true or false")
    return _BOOLEANS[text] if text is not None else False
