"""What a description says of one operation, taken apart: a table of parts that can be compared with another one.

A part has the name that violations use (`query limit`, `request body.claims`, `response data[].id`, `status 422`) and
aspects, such as its type or whether it must be there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conformance.vendor import Vendor

Schema = Mapping[str, Any]
Aspects = Mapping[str, Any]

_BRANCHES: Final = ("oneOf", "anyOf", "allOf")
_LIMITS: Final = (
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
    "format",
    "uniqueItems",
    "default",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part: whether we send it or are sent it, the part that it stands in, and what is said of it."""

    sent: bool
    within: str
    aspects: Aspects


Parts = Mapping[str, Part]


def parts(spec: Vendor, method: str, path: str) -> dict[str, Part] | None:
    """Everything that a description says of an operation; None where it has no such operation."""
    operation = spec.operation(method, path)
    if operation is None:
        return None
    about = {"deprecated": operation.get("deprecated", False), "name": operation.get("operationId")}
    found = {"operation": Part(True, "", about)}
    for parameter in operation["parameters"]:
        found.update(_parameter(spec, spec.resolve(parameter)))
    if "requestBody" in operation:
        found.update(_request(spec, spec.resolve(operation["requestBody"])))
    for status, response in operation["responses"].items():
        found.update(_response(spec, str(status), spec.resolve(response)))
    return found


def _parameter(spec: Vendor, parameter: Schema) -> Iterator[tuple[str, Part]]:
    required = {"required": parameter.get("required", False)}
    aspects = {**_aspects(_forms(spec, parameter["schema"])), **required}
    yield f"{parameter['in']} {parameter['name']}", Part(True, "operation", aspects)


def _request(spec: Vendor, body: Schema) -> Iterator[tuple[str, Part]]:
    name = "request body"
    aspects = {"required": body.get("required", False), "content": frozenset(body["content"])}
    yield name, Part(True, "operation", aspects)
    for content in body["content"].values():
        yield from _below(spec, content["schema"], name, f"{name}.", sent=True)


def _response(spec: Vendor, status: str, response: Schema) -> Iterator[tuple[str, Part]]:
    """A status, its headers, and the fields of its body, which of a success are simply the response."""
    name = f"status {status}"
    content = response.get("content", {})
    yield name, Part(False, "operation", {"content": frozenset(content)})
    for header in response.get("headers", {}):
        yield f"{name} header {header}", Part(False, name, {})
    for form in content.values():
        body = "response" if status.startswith("2") else f"{name} body"
        yield body, Part(False, name, _aspects(_forms(spec, form["schema"])))
        yield from _below(spec, form["schema"], body, f"{body} ", sent=False)


def _below(spec: Vendor, schema: Schema, name: str, prefix: str, *, sent: bool) -> Iterator[tuple[str, Part]]:
    """The fields of an object and the items of a list, in every form that the schema allows."""
    for form in _forms(spec, schema):
        required = form.get("required", ())
        for field, child in form.get("properties", {}).items():
            inner = f"{prefix}{field}"
            aspects = {**_aspects(_forms(spec, child)), "required": field in required}
            yield inner, Part(sent, name, aspects)
            yield from _below(spec, child, inner, f"{inner}.", sent=sent)
        if "items" in form:
            inner = f"{name}[]" if prefix.endswith(".") else f"{prefix}[]"
            yield inner, Part(sent, name, _aspects(_forms(spec, form["items"])))
            yield from _below(spec, form["items"], inner, f"{inner}.", sent=sent)


def _forms(spec: Vendor, schema: Schema) -> list[Schema]:
    """A schema in each of its forms, references followed."""
    schema = spec.resolve(schema)
    branches = [branch for word in _BRANCHES for branch in schema.get(word, ())]
    return [form for branch in branches for form in _forms(spec, branch)] or [schema]


def _aspects(forms: list[Schema]) -> dict[str, Any]:
    """What is said of a value; of one with several forms only what holds for any of them."""
    first = forms[0]
    deprecated = any(form.get("deprecated") for form in forms)
    found: dict[str, Any] = {"type": frozenset[str]().union(*map(types, forms)), "deprecated": deprecated}
    if len(forms) == 1:
        found |= {word: first[word] for word in _LIMITS if word in first}
        found["values"] = values(first)
        found["closed"] = first.get("additionalProperties") is False
    return found


def types(schema: Schema) -> frozenset[str]:
    """The JSON types that a schema allows, in either way of writing down null; none means any."""
    said = schema.get("type", "object" if "properties" in schema else ())
    null = ("null",) if schema.get("nullable") else ()
    return frozenset((said,) if isinstance(said, str) else said).union(null)


def values(schema: Schema) -> frozenset[str] | None:
    """The only values that a schema allows, each as JSON; None means that they are not counted up."""
    return frozenset(map(json.dumps, schema["enum"])) if "enum" in schema else None


# --- compared ---


def _same(ours: Any, theirs: Any) -> bool:
    return bool(ours == theirs)


def _promised(ours: Any, theirs: Any) -> bool:
    """We may rely on less than the vendor promises, never on more."""
    return not ours or bool(theirs)


def _covered(ours: Any, theirs: Any) -> bool:
    """We have to expect every value that the vendor names."""
    return ours is None or (theirs is not None and theirs <= ours)


def _silent(ours: Any, theirs: Any) -> bool:
    """We may say nothing of what limits an answer."""
    return ours is None or bool(ours == theirs)


# What we send has to be described alike, for the simulator to take and to refuse what Clerk does. What we are sent may
# be described more openly than the vendor does, because we have to bear what a newer service answers.
_ANSWERED: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "type": _same,
    "content": _same,
    "deprecated": _same,
    "required": _promised,
    "closed": _promised,
    "values": _covered,
}


def compatible(aspect: str, ours: Any, theirs: Any, *, sent: bool) -> bool:
    """Whether what we say agrees with what the vendor says."""
    return (_same if sent else _ANSWERED.get(aspect, _silent))(ours, theirs)


def differences(ours: Parts, theirs: Parts) -> Iterator[tuple[str, str]]:
    """What we say and the vendor does not, or says differently: the name of the part, and how."""
    for name, part in ours.items():
        if name in theirs:
            yield from _differences(name, part, theirs[name].aspects)
        elif part.within in theirs:
            yield name, "the vendor has none"


def _differences(name: str, part: Part, theirs: Aspects) -> Iterator[tuple[str, str]]:
    for aspect in sorted(part.aspects.keys() | theirs.keys()):
        mine, other = part.aspects.get(aspect), theirs.get(aspect)
        if not compatible(aspect, mine, other, sent=part.sent):
            yield f"{name} {aspect}", f"{shown(mine)} here, {shown(other)} at the vendor's"


def missing(ours: Parts, theirs: Parts) -> Iterator[str]:
    """The parts that the vendor has and we do not, each without what stands inside of it."""
    return (name for name, part in theirs.items() if name not in ours and part.within in ours)


def shown(value: Any) -> str:
    """An aspect for people."""
    if value is None:
        return "nothing"
    return " or ".join(sorted(value)) if isinstance(value, frozenset) else json.dumps(value)
