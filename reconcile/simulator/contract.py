"""The contract as routes: which operation a request means, what it may hold and what its answer holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from reconcile.contract import root

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_METHODS = ("get", "put", "post", "patch", "delete")
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One path or query parameter."""

    name: str
    place: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class Operation:
    """One route of the contract with everything resolved."""

    id: str
    method: str
    path: str
    parameters: Mapping[str, Parameter]
    body: Schema | None
    answers: Mapping[int, Schema | None]

    @property
    def status(self) -> int:
        """The status of success."""
        return next(status for status in self.answers if status < 300)

    @property
    def answer(self) -> Schema | None:
        """What a success holds; None when its body is empty."""
        return self.answers[self.status]

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path."""
        return _segments(self.path)


@dataclass(frozen=True, slots=True)
class Contract:
    """Every operation, and the shape of an error."""

    operations: tuple[Operation, ...]
    errors: Schema

    def at(self, path: str) -> dict[str, tuple[Operation, dict[str, str]]]:
        """By method, the operations that answer at this path (without `/v1`) and their path parameters."""
        parts = tuple(unquote(part) for part in path.removeprefix("/").split("/"))
        found = ((operation, _match(operation.segments, parts)) for operation in self.operations)
        return {operation.method: (operation, params) for operation, params in found if params is not None}


@cache
def _segments(path: str) -> tuple[str, ...]:
    """The parts of a path; every request asks for those of all operations."""
    return tuple(path.strip("/").split("/"))


def _match(template: tuple[str, ...], parts: tuple[str, ...]) -> dict[str, str] | None:
    """The values of the template's parameters, or None when the path is another one."""
    if len(template) != len(parts):
        return None
    params: dict[str, str] = {}
    for name, part in zip(template, parts, strict=True):
        if name.startswith("{") and part:
            params[name[1:-1]] = part
        elif name != part:
            return None
    return params


@cache
def published() -> Contract:
    """The contract that is shipped with this package, read once."""
    return load(root() / "openapi.yml")


def load(path: Path) -> Contract:
    """Read a contract from a file."""
    document = _parse(path)
    operations = tuple(_operations(document))
    errors = document.get("components", {}).get("schemas", {}).get("ClerkErrors", {})
    return Contract(operations, _resolve(errors, document))


def _parse(path: Path) -> dict[str, Any]:
    """The document as plain data, by libyaml where there is one."""
    import yaml  # noqa: PLC0415 - the package imports without it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506 - a safe loader
    return document


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Every operation of the document."""
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method in _METHODS:
            if method in item:
                yield _operation(method, path, item[method], shared, document)


def _operation(method: str, path: str, raw: Schema, shared: list[Any], document: Schema) -> Operation:
    """One operation with its references resolved."""
    named = (_resolve(one, document) for one in (*shared, *raw.get("parameters", [])))
    parameters = {one["name"]: Parameter(one["name"], one["in"], one.get("schema", {})) for one in named}
    answers = {
        int(status): _content(_resolve(answer, document))
        for status, answer in raw["responses"].items()
        if str(status).isdigit()
    }
    body = _content(_resolve(raw.get("requestBody", {}), document))
    return Operation(raw["operationId"], method.upper(), path, parameters, body, answers)


def _content(holder: Schema) -> Schema | None:
    """The JSON schema of a request body or an answer."""
    schema: Schema | None = holder.get("content", {}).get("application/json", {}).get("schema")
    return schema


def _resolve(node: Any, document: Schema) -> Any:
    """The same data with every `$ref` replaced by what it points to."""
    if isinstance(node, list):
        return [_resolve(one, document) for one in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return _resolve(_pointed(node["$ref"], document), document)
    return {name: _resolve(one, document) for name, one in node.items()}


def _pointed(reference: str, document: Schema) -> Any:
    """What a local reference points to."""
    target: Any = document
    for part in reference.removeprefix("#/").split("/"):
        target = target[part.replace("~1", "/").replace("~0", "~")]
    return target
