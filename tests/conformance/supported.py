"""The judge "kinds": what our kinds and their schemas claim to read and write, held against the vendor's file of each version.

The kinds are what is judged here: they say which calls they make, and the vendor's file alone says what those may carry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconcile import catalogue
from reconcile.model.versions import VERSIONS
from tests.conformance import left_out
from tests.conformance.left_out import Lack
from tests.conformance.parts import parts, shown, types, values
from tests.conformance.report import Verdict, Violation
from tests.conformance.routes import routes, structure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from reconcile.catalogue import Catalogue
    from reconcile.model import Kind
    from tests.conformance.left_out import LeftOut
    from tests.conformance.parts import Aspects, Part, Parts, Schema
    from tests.conformance.routes import Route
    from tests.conformance.vendor import Vendor

    Faults = Callable[[Schema, Aspects], Iterator[str]]

JUDGE: Final = "kinds"
_LOWER: Final = ("minimum", "minLength", "minItems")
_UPPER: Final = ("maximum", "maxLength", "maxItems")
_PAGE, _LIST, _ONE = "response data[].", "response [].", "response "


# --- the vendor's side ---


@dataclass(frozen=True, slots=True)
class Described:
    """An operation as the vendor describes it, with the fields of its body and of what it answers."""

    name: str
    deprecated: bool
    sent: Parts
    answered: Parts


def described(spec: Vendor, method: str, path: str) -> Described | None:
    """The operation that answers a call; None where there is none."""
    for verb, template in spec.operations():
        if verb == method and _fits(template, path):
            found = parts(spec, method, template) or {}
            deprecated = bool(found["operation"].aspects["deprecated"])
            return Described(
                f"{method} {template}", deprecated, _below(found, "request body."), _answered(found)
            )
    return None


def _fits(template: str, path: str) -> bool:
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        one == other or one.startswith("{") for one, other in zip(wanted, given, strict=True)
    )


def _below(found: Parts, prefix: str) -> dict[str, Part]:
    return {name.removeprefix(prefix): part for name, part in found.items() if name.startswith(prefix)}


def _answered(found: Parts) -> dict[str, Part]:
    """The fields of one resource in an answer, which may be the resource, a list or a page."""
    prefix = _PAGE if "response data" in found else _LIST if "response []" in found else _ONE
    return _below(found, prefix)


# --- the judgement ---


def judge(specs: Mapping[str, Vendor]) -> Iterator[Verdict]:
    """Our kinds against every version of the vendor's description; what the newest lets us set is supported or left out."""
    known = catalogue.load()
    entries = left_out.read(JUDGE)
    newest = max(specs)
    for version, spec in specs.items():
        found = list(forward(known, spec))
        if version == newest:
            found += [*backward(known, spec, entries), *_versions(specs)]
        yield Verdict(JUDGE, version, "fields", _count(known), tuple(dict.fromkeys(found)))


def _count(known: Catalogue) -> int:
    made = (route for kind in known.kinds.values() for route in routes(kind, known.schemas[kind.name]))
    return sum(len(route.sent) + len(route.read) for route in made)


def _versions(specs: Iterable[str]) -> Iterator[Violation]:
    """The versions that an environment can name are those that the vendor describes."""
    for version in sorted(set(VERSIONS) ^ set(specs)):
        message = "is known to us alone" if version in VERSIONS else "is not known to us"
        yield Violation(JUDGE, version, "reconcile/model/versions.py", "version", message)


def forward(known: Catalogue, spec: Vendor) -> Iterator[Violation]:
    """What a kind does and the vendor's file does not know, or knows differently."""
    for kind in known.kinds.values():
        for route in routes(kind, known.schemas[kind.name]):
            for operation, about, message in _of_route(kind, route, spec):
                yield Violation(JUDGE, spec.version, operation, about, f"{kind.name}: {message}")


def _of_route(kind: Kind, route: Route, spec: Vendor) -> Iterator[tuple[str, str, str]]:
    theirs = described(spec, route.method, route.path)
    if (theirs is None) != (spec.version < route.since):
        message = (
            "the vendor has none" if theirs is None else f"is there, and said to come with {route.since}"
        )
        yield (theirs.name if theirs else route.name), "operation", message
    if theirs is None:
        return
    if route.own and theirs.deprecated != kind.deprecated:
        yield theirs.name, "operation", f"deprecated is {shown(theirs.deprecated)} at the vendor's"
    for name, schema in route.sent.items():
        for about, message in _unlike(theirs.sent, name, schema, _sendable):
            yield theirs.name, f"request body.{about}", message
    for name, schema in route.read.items():
        for about, message in _unlike(theirs.answered, name, schema, _bearable):
            yield theirs.name, f"response {about}", message


def _unlike(theirs: Parts, name: str, schema: Schema, faults: Faults) -> Iterator[tuple[str, str]]:
    """What is wrong with one field, and with the items of a list."""
    if name not in theirs:
        yield name, "the vendor has none"
        return
    for fault in faults(schema, theirs[name].aspects):
        yield name, fault
    if "items" in schema and "type" in schema["items"]:
        yield from _unlike(theirs, f"{name}[]", schema["items"], faults)


def _bearable(schema: Schema, theirs: Aspects) -> Iterator[str]:
    """What we cannot read of what may be answered; null is read everywhere."""
    if unread := theirs["type"] - types(schema) - {"null"}:
        yield f"may be {shown(unread)}"


def _sendable(schema: Schema, theirs: Aspects) -> Iterator[str]:
    """What our schema lets people write and the vendor does not take."""
    if refused := types(schema) - theirs["type"]:
        yield f"may not be {shown(refused)}"
    ours = values(schema)
    if theirs.get("values") is not None and (ours is None or not ours <= theirs["values"]):
        yield f"takes {shown(theirs['values'])} alone"
    for words, narrower in ((_LOWER, min), (_UPPER, max)):
        for word in words:
            limit = theirs.get(word)
            if limit is not None and (word not in schema or narrower(schema[word], limit) != limit):
                yield f"has the {word} {limit}"
    for word in ("pattern", "uniqueItems"):
        if theirs.get(word) and schema.get(word) != theirs[word]:
            yield f"has the {word} {theirs[word]}"


def backward(known: Catalogue, spec: Vendor, entries: Sequence[LeftOut]) -> Iterator[Violation]:
    """What the vendor's file lets people set or see and no kind supports, but for what is left out with a reason."""
    message = "the kind does not have it"
    lacks = [
        Lack(kind.name, Violation(JUDGE, spec.version, operation, about, f"{kind.name}: {message}"))
        for kind in known.kinds.values()
        for operation, about in unsupported(kind, known.schemas[kind.name], spec)
    ]
    return left_out.objections(entries, lacks, JUDGE, spec.version)


def unsupported(kind: Kind, schema: Schema, spec: Vendor) -> Iterator[tuple[str, str]]:
    """The fields of the bodies and of the answers of a kind's calls that the kind does not have: operation and part."""
    made = [(route, described(spec, route.method, route.path)) for route in routes(kind, schema)]
    own = kind.fields.keys() | structure(kind).keys()
    for route, theirs in made:
        if theirs is None or not route.own:
            continue
        yield from (
            (theirs.name, f"request body.{name}") for name in _top(theirs.sent) if name not in route.sent
        )
        if route.method != kind.delete:
            yield from (
                (theirs.name, f"response {name}") for name in _top(theirs.answered) if name not in own
            )


def _top(found: Parts) -> Iterator[str]:
    """The fields of the resource itself, without what is inside of them."""
    return (name for name in found if name.isidentifier())
