"""What a fault does to one exchange: to the request, to what stands behind, to the answer, to the connection."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from reconcile.simulator.problems import Refused, problem
from reconcile.simulator.values import LOST, RESET, TRUNCATED, Request, Response

if TYPE_CHECKING:
    import random

    from reconcile.clock import Clock
    from reconcile.simulator.faults import Fault
    from reconcile.simulator.lag import History


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind the rules: the instance that carries requests out, and how it answers."""

    carry_out: Callable[[Request], Response]
    write_beside: Callable[[Request], Response]
    """Carry out another client's request, which no limit counts."""
    refuse: Callable[[Refused], Response]
    plain: Callable[[str], dict[str, str]]
    """The headers of every answer, with this content type."""
    history: History
    clock: Clock
    rng: random.Random


Below = Callable[[Request], Response]
Taken = tuple[Response, bool]
"""An answer, and whether the effect took: some have nothing to do to some requests."""

DEFAULT_CODES = {
    # what an error says where the rule names no code; other statuses come as a page, as from a proxy
    400: "bad_request",
    401: "clerk_key_invalid",
    402: "unsupported_subscription_plan_features",
    403: "authorization_invalid",
    404: "resource_not_found",
    409: "conflict",
    410: "operation_deprecated",
    413: "request_body_too_large",
    415: "unsupported_content_type",
    422: "form_param_value_invalid",
    423: "email_template_customization_locked",
    429: "too_many_requests",
    500: "internal_clerk_error",
    503: "service_unavailable",
    504: "gateway_timeout",
}
_LETTERS: dict[Any, Callable[[str], str]] = {"upper": str.upper, "lower": str.lower}


def _status(rule: Fault, request: Request, below: Below, behind: Behind) -> Taken:
    """An error in place of the answer."""
    if rule.after:
        below(request)
    headers = _retry_after(rule, behind)
    code = rule.code or DEFAULT_CODES.get(rule.status or 0, "")
    if code and rule.body in {None, "echo"}:
        return behind.refuse(_refused(code, rule, request, headers)), True
    kind, content = _content(rule)
    return Response(rule.status or 0, {**behind.plain(kind), **headers}, content), True


def _refused(code: str, rule: Fault, request: Request, headers: Mapping[str, str]) -> Refused:
    """The error in the service's own form."""
    param = rule.param or (next(iter(_members(request)), "") if code.startswith("form_") else "")
    seconds = rule.retry_after if rule.status == 429 and isinstance(rule.retry_after, int | float) else None
    extra = {"unsupported_features": [rule.feature] if rule.feature else None, "reset": seconds}
    meta = {name: value for name, value in extra.items() if value is not None}
    value = rule.feature or request.path.rpartition("/")[2]
    found = problem(code, param, meta=meta, value=value, what="object", why="is not accepted")
    if rule.body == "echo":
        sent = request.body.decode("utf-8", "replace")
        found = replace(found, long_message=f"{found.long_message} The request was: {sent}")
    return Refused([found], headers)


def _retry_after(rule: Fault, behind: Behind) -> dict[str, str]:
    """When to come back: in seconds, as a date, or as whatever the rule says."""
    wait = rule.retry_after
    if wait is None:
        return {}
    if isinstance(wait, Mapping):
        return {"retry-after": formatdate(math.ceil(behind.clock.now() + wait["date"]), usegmt=True)}
    return {"retry-after": wait if isinstance(wait, str) else f"{wait:g}"}


def _content(rule: Fault) -> tuple[str, bytes]:
    """The content type and the content of an error that is no JSON."""
    if rule.body in {None, "html"}:
        return "text/html; charset=utf-8", _page(rule.status or 0)
    if rule.body in {"", "empty"}:
        return "", b""
    return "text/plain; charset=utf-8", str(rule.body).encode()


def _page(status: int) -> bytes:
    """A page for people, as something between the client and the service would show it."""
    named = {known.value: known.phrase for known in HTTPStatus}
    title = f"{status} {named.get(status, 'Error')}"
    return f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n".encode()


def _reset(rule: Fault, request: Request, below: Below, _behind: Behind) -> Taken:
    """The connection is gone, and whether the request was carried out cannot be seen from that."""
    if rule.reset == "after":
        below(request)
    return Response(0, {}, b"", broken=RESET), True


def _lost(_rule: Fault, request: Request, below: Below, _behind: Behind) -> Taken:
    """The request is carried out, and the answer never arrives."""
    below(request)
    return Response(0, {}, b"", broken=LOST), True


def _slow(rule: Fault, request: Request, below: Below, _behind: Behind) -> Taken:
    """The request is carried out at once, and the answer comes late."""
    response = below(request)
    return replace(response, delay=response.delay + (rule.slow or 0.0)), True


def _truncate(_rule: Fault, request: Request, below: Below, _behind: Behind) -> Taken:
    """Half a body; an answer without one has nothing to lose."""
    response = below(request)
    if not response.body:
        return response, False
    return replace(response, broken=TRUNCATED), True


def _not_json(_rule: Fault, request: Request, below: Below, _behind: Behind) -> Taken:
    """A page where JSON is announced; an answer that had no body gets one."""
    response = below(request)
    if response.broken:
        return response, False
    status = 200 if response.status == 204 else response.status
    headers = {**response.headers, "content-type": "application/json"}
    return replace(response, status=status, headers=headers, body=_page(status)), True


def _stale(rule: Fault, request: Request, below: Below, behind: Behind) -> Taken:
    """What a reader would have seen some time ago; where nothing was another then, it is the truth."""
    with behind.history.looking_back(rule.stale or 0.0) as glance:
        response = below(request)
    return response, glance.used


def _drop(rule: Fault, request: Request, below: Below, _behind: Behind) -> Taken:
    """Members of the body get lost on the way in."""
    members = _members(request)
    kept = {name: value for name, value in members.items() if name not in rule.drop}
    return _with_members(request, members, kept, below)


def _rewrite(rule: Fault, request: Request, below: Below, _behind: Behind) -> Taken:
    """Members of the body become something else on the way in."""
    members = _members(request)
    changed = {name: _rewritten(members[name], to) for name, to in rule.rewrite.items() if name in members}
    return _with_members(request, members, {**members, **changed}, below)


def _rewritten(value: Any, to: Any) -> Any:
    """One value: another one, or the same in other letters."""
    change = _LETTERS.get(to) if isinstance(to, str) else None
    if change is None:
        return to
    return change(value) if isinstance(value, str) else value


def _with_members(request: Request, before: dict[str, Any], after: dict[str, Any], below: Below) -> Taken:
    """Send the request on with another body, if it is another one."""
    if after == before:
        return below(request), False
    return below(replace(request, body=json.dumps(after).encode())), True


def _second_writer(rule: Fault, request: Request, below: Below, behind: Behind) -> Taken:
    """Another client is faster; a write that the instance refuses does not count."""
    other = rule.second_writer
    assert other is not None  # noqa: S101 - it is this rule's effect
    path = f"/v1{other.path}" if other.path else request.path
    body = request.body if other.body is None else json.dumps(dict(other.body)).encode()
    headers = {**request.headers, "content-type": "application/json"}
    written = behind.write_beside(Request(other.method or request.method, path, {}, headers, body))
    return below(request), written.status < 400


def _members(request: Request) -> dict[str, Any]:
    """The members of a body; none where it is no JSON object."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


EFFECTS: Mapping[str, Callable[[Fault, Request, Below, Behind], Taken]] = {
    "status": _status,
    "reset": _reset,
    "lost": _lost,
    "slow": _slow,
    "truncate": _truncate,
    "not_json": _not_json,
    "stale": _stale,
    "drop": _drop,
    "rewrite": _rewrite,
    "second_writer": _second_writer,
}
"""Each effect by the name that a rule gives it."""
