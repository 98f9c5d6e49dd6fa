"""What a request carries: JSON or a refusal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from reconcile.simulator.problems import refuse

if TYPE_CHECKING:
    from reconcile.simulator.contract import Operation
    from reconcile.simulator.values import Request


def body_of(request: Request, operation: Operation) -> dict[str, Any]:
    """The body as an object; operations without a body ignore what is sent."""
    if operation.body is None:
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise refuse("unsupported_content_type", value=kind or "(none)")
    try:
        body = json.loads(request.body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise refuse("request_body_invalid", why="it is not JSON") from error
    if not isinstance(body, dict):
        raise refuse("request_body_invalid", why="it is not a JSON object")
    return body


def _no_number(text: str) -> NoReturn:
    """Python would take NaN and Infinity for numbers."""
    raise ValueError(text)
