"""One switch under two names: files may declare one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from reconcile.diff import equal
from reconcile.model import Candidate, Left, Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Kind


class Name(NamedTuple):
    """A field of a kind that exists once."""

    kind: str
    field: str

    @classmethod
    def of(cls, text: str) -> Name:
        """From `kind.field`."""
        kind, _, field = text.partition(".")
        return cls(kind, field)


def pairs(kinds: Mapping[str, Kind]) -> Iterator[tuple[Name, Name]]:
    """The two names of each switch that has two, the preferred one first."""
    for kind in kinds.values():
        for field, other in kind.twins.items():
            yield Name(kind.name, field), Name.of(other)


def untwinned(
    kinds: Mapping[str, Kind], objects: Iterable[Candidate]
) -> tuple[tuple[Candidate, ...], tuple[Left, ...]]:
    """The objects with each switch under one name; where the two differ, under none."""
    found = {one.kind: one for one in objects if kinds[one.kind].singleton}
    left: dict[Name, Left] = {}
    for one, other in pairs(kinds):
        if _has(found, one) and _has(found, other):
            same = equal(found[one.kind].fields[one.field], found[other.kind].fields[other.field])
            for name in (other,) if same else (one, other):
                left[name] = _left(found, name, one, other, same=same)
    kept = (_without(one, left) for one in objects)
    return tuple(one for one in kept if one.fields or not kinds[one.kind].singleton), tuple(left.values())


def _has(found: Mapping[str, Candidate], name: Name) -> bool:
    return name.kind in found and name.field in found[name.kind].fields


def _left(found: Mapping[str, Candidate], name: Name, one: Name, other: Name, *, same: bool) -> Left:
    source = found[name.kind].sources.get(name.field, f"{name.kind}.{name.field}")
    both = f"{one.kind}.{one.field} and {other.kind}.{other.field} are one switch"
    reason = f"{both}; the first is enough" if same else f"{both}, and here they say two things"
    return Left(tuple(source.removeprefix("not ").split(".")), Why.TWIN, reason)


def _without(one: Candidate, left: Mapping[Name, Left]) -> Candidate:
    if not any(name.kind == one.kind for name in left):
        return one
    fields = {name: value for name, value in one.fields.items() if Name(one.kind, name) not in left}
    return replace(one, fields=fields)
