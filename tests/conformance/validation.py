"""One version of the vendor's description as a judge of single messages; openapi-core does the judging.

It is stricter than the description: an object whose members are described may have no others, even where the
description leaves that open, and neither may a query or the headers; and an answer has to show every member that is
described, because clients of the vendor's rely on more than what is required.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from jsonschema.exceptions import ValidationError
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.paths.exceptions import OperationNotFound, PathNotFound
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.validation.request.exceptions import ParameterValidationError, SecurityValidationError
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from werkzeug.datastructures import Headers, MultiDict

from tests.conformance.exchange import CLIENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.conformance.exchange import Exchange
    from tests.conformance.vendor import Vendor

_HOST: Final = "https://api.clerk.com"
_OF_EVERY_CLIENT: Final = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "clerk-api-version",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    }
)
_LONGEST_MESSAGE: Final = 200

Objection = tuple[str, str]
"""What it is about, and why."""


@dataclass(slots=True)
class _Request:
    """An exchange as openapi-core wants to see a request."""

    path: str
    method: str
    body: bytes | None
    content_type: str
    parameters: RequestParameters
    host_url: str = _HOST


@dataclass(frozen=True, slots=True)
class _Response:
    """An exchange as openapi-core wants to see an answer."""

    status_code: int
    content_type: str
    data: bytes | None
    headers: Headers = field(default_factory=Headers)


class Validation:
    """The judge for one version. Operations are named like `GET /jwt_templates`."""

    def __init__(self, vendor: Vendor, paths: Iterable[str]) -> None:
        self._vendor = vendor
        config = Config(
            spec_validator_cls=None,  # type: ignore[arg-type] # means that the description itself is not judged
            response_properties_default_policy="required",
        )
        self._openapi = OpenAPI.from_dict(_closed(vendor.slice(paths)), config=config)

    def of_request(self, operation: str, one: Exchange) -> Iterator[Objection]:
        """What is wrong with a request of our client."""
        if self._describes_path(operation):
            yield from self._undescribed(operation, one)
        for error in self._openapi.iter_request_errors(_request(one)):
            yield from _objections(error, "request body", one)

    def of_answer(self, operation: str, one: Exchange) -> Iterator[Objection]:
        """What is wrong with an answer of the simulator; a refusal at a path that is not described cannot be wrong."""
        if one.status >= 400 and not self._describes_path(operation):
            return
        errors = self._answer_errors(one)
        if (rows := _wrapped_rows(one)) is not None and any(map(_wants_a_list, errors)):
            yield "response under paginated", "is an object with data and total_count, not a list"
            errors = self._answer_errors(replace(one, body=rows))
        for error in errors:
            yield from _objections(error, _place_of_body(one.status), one)
        if one.body and not errors and not self._has_content(operation, one.status):
            yield _place_of_body(one.status), "is not described"

    def _answer_errors(self, one: Exchange) -> list[Exception]:
        return list(self._openapi.iter_response_errors(_request(one), _response(one)))

    def _undescribed(self, operation: str, one: Exchange) -> Iterator[Objection]:
        """What a request holds beyond the description, and the one header that no description mentions."""
        if not one.version:
            yield "header Clerk-API-Version", "is not sent"
        described = self._operation(operation)
        unknown = {name for name, _ in one.headers} - _OF_EVERY_CLIENT
        yield from ((f"header {name}", "is not described") for name in sorted(unknown))
        unknown = {name for name, _ in one.query} - self._query(described)
        yield from ((f"query {name}", "is not described") for name in sorted(unknown))
        if one.body and "requestBody" not in described:
            yield "request body", "is not described"

    def _describes_path(self, operation: str) -> bool:
        return operation.partition(" ")[2] in self._vendor.document["paths"]

    def _operation(self, operation: str) -> Mapping[str, Any]:
        method, _, path = operation.partition(" ")
        return self._vendor.operation(method, path) or {}

    def _query(self, described: Mapping[str, Any]) -> set[str]:
        parameters = map(self._vendor.resolve, described.get("parameters", ()))
        return {one["name"] for one in parameters if one["in"] == "query"}

    def _has_content(self, operation: str, status: int) -> bool:
        answer = self._operation(operation).get("responses", {}).get(str(status), {})
        return "content" in self._vendor.resolve(answer)


# --- from and to openapi-core ---


def _closed(part: Any) -> Any:
    """The same description, in which an object whose members are described has no others."""
    if isinstance(part, list):
        return [_closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    copy = {name: _closed(child) for name, child in part.items()}
    return {**copy, "additionalProperties": False} if isinstance(copy.get("properties"), dict) else copy


def _request(one: Exchange) -> _Request:
    sent = one.headers if one.speaker == CLIENT else (("authorization", "Bearer *"),)
    parameters = RequestParameters(query=MultiDict(one.query), header=Headers(sent))
    body = one.body.encode() if one.speaker == CLIENT and one.body else None
    return _Request(one.path, one.method.lower(), body, one.header("content-type"), parameters)


def _response(one: Exchange) -> _Response:
    return _Response(one.status, one.header("content-type"), one.body.encode() or None)


def _place_of_body(status: int) -> str:
    return "response" if status < 300 else f"status {status} body"


def _wrapped_rows(one: Exchange) -> str | None:
    """The rows of `{data, total_count}` as a body of their own, where the flag asked for that form."""
    if "paginated" not in dict(one.query) or one.status != 200:
        return None
    try:
        document = one.document
    except ValueError:
        return None
    wrapped = isinstance(document, dict) and document.keys() == {"data", "total_count"}
    return json.dumps(document["data"]) if wrapped else None


def _wants_a_list(error: Exception) -> bool:
    found = _schema_errors(error)
    return any(not one.path and one.validator == "type" and one.validator_value == "array" for one in found)


def _schema_errors(error: Exception) -> tuple[ValidationError, ...]:
    cause = error.__cause__
    if not isinstance(cause, InvalidSchemaValue):
        return ()
    return tuple(one for one in cause.schema_errors if isinstance(one, ValidationError))


def _objections(error: Exception, body: str, one: Exchange) -> Iterator[Objection]:
    """One error of openapi-core, which may speak of several places in a body."""
    if isinstance(error, ParameterValidationError):
        yield f"{error.location} {error.name}", _shortened(str(error.__cause__ or error))
    elif inner := _schema_errors(error):
        yield from dict.fromkeys(_said_of_body(body, inner))
    else:
        yield _subject(error, body, one), _shortened(str(error.__cause__ or error))


def _said_of_body(body: str, errors: Iterable[ValidationError]) -> Iterator[Objection]:
    for wrong in errors:
        for name in _names(wrong):
            yield _place(body, [*wrong.path, *name]), _shortened(wrong.message)


def _subject(error: Exception, body: str, one: Exchange) -> str:
    """What an error is about that names no place."""
    if isinstance(error.__cause__, MediaTypeNotFound):
        return f"{body} content type"
    named = {
        PathNotFound: "path",
        OperationNotFound: "method",
        SecurityValidationError: "header Authorization",
    }
    if isinstance(error, ResponseNotFound | OperationNotFound) and one.status >= 300:
        return f"status {one.status}"
    return next((about for kind, about in named.items() if isinstance(error, kind)), body)


def _names(wrong: ValidationError) -> list[list[str]]:
    """The members that are missing or too many; otherwise the place itself is wrong."""
    instance: Any = wrong.instance
    if wrong.validator == "required":
        missing: Any = wrong.validator_value
        return [[name] for name in missing if name not in instance]
    if wrong.validator == "properties":  # openapi-core's own way to miss a member that is not required
        return [[wrong.message.split("'")[1]]]
    if wrong.validator == "additionalProperties":
        schema: Any = wrong.schema
        return [[name] for name in instance if name not in schema["properties"]]
    return [[]]


def _place(body: str, path: Iterable[str | int]) -> str:
    """A place in a body: `request body.claims`, `response data[].id`, `status 422 body errors[].code`."""
    inner = "".join("[]" if isinstance(step, int) else f".{step}" for step in path)
    if body == "request body":
        return body + inner
    return f"{body} {inner.removeprefix('.')}".rstrip()


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]} …"
