"""The calls that a kind makes, read off what the kind and its schema say, and what each of them carries and returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconcile.model import Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconcile.model import Kind
    from tests.conformance.parts import Schema

_TEXT: Final[Schema] = {"type": "string"}


@dataclass(frozen=True, slots=True)
class Route:
    """A call that a kind makes: fields by the name under which the call carries them, or returns them."""

    method: str
    path: str  # `*` stands for an id
    sent: Mapping[str, Schema]
    read: Mapping[str, Schema]
    since: str = ""
    own: bool = True  # not a call that only looks up what a field refers to

    @property
    def name(self) -> str:
        """How the call is named as long as the vendor's name for its path is not known."""
        return f"{self.method} {self.path}"


def routes(kind: Kind, schema: Schema) -> Iterator[Route]:
    """Every call that a kind makes."""
    member = kind.path if kind.singleton else f"{kind.path}/*"
    yield from _reading(kind, schema)
    if kind.key and kind.create:
        yield Route(kind.create, kind.path, _written(kind, schema), {}, kind.since)
    if kind.update:
        kept = [name for name, field in kind.fields.items() if field.create_only]
        echo = _readable(kind, schema) if kind.read is Read.ECHO else {}
        yield Route(kind.update, member, _written(kind, schema, kept), echo, kind.since)
    if kind.key and kind.delete:
        yield Route(kind.delete, member, {}, {}, kind.since)
    if kind.revert:
        yield Route("POST", f"{member}/{kind.revert}", {}, {}, kind.since)
    for field, path in kind.shortcuts.items():
        yield Route("POST", f"{member}/{path}", {field: schema["properties"][field]}, {}, kind.since)


def _reading(kind: Kind, schema: Schema) -> Iterator[Route]:
    if kind.read is not Read.ECHO:
        yield Route("GET", kind.path, {}, {**structure(kind), **_readable(kind, schema)}, kind.since)
    for one in kind.references.values():
        yield Route("GET", one.path, {}, dict.fromkeys(("id", one.key), _TEXT), one.since, own=False)


def _readable(kind: Kind, schema: Schema) -> dict[str, Schema]:
    return {name: schema["properties"][name] for name, field in kind.fields.items() if not field.write_only}


def structure(kind: Kind) -> Mapping[str, Schema]:
    """The fields by which a kind finds its objects, whether or not people may declare them."""
    names = (kind.key and kind.member, kind.overridden[0])
    return {name: _TEXT for name in names if name}


def _written(kind: Kind, schema: Schema, kept: Sequence[str] = ()) -> dict[str, Schema]:
    """What a body carries, under the names that it is written by, without what is kept as it was made."""
    return {
        kind.references[name].written_as if name in kind.references else name: schema["properties"][name]
        for name, field in kind.fields.items()
        if not field.read_only and name not in kept
    }
