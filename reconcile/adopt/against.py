"""What was found, against what the files say in every environment: only what they say nothing about is new."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from reconcile.adopt.twins import Name, pairs
from reconcile.diff import as_compared, equal
from reconcile.model import ABSENT, Adoption, Clash, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Candidate, Desired, Json, Kind, Origin, Section, Tagged, Taken


class _Said(NamedTuple):
    """What one environment declares, and where."""

    environment: str
    value: Tagged
    origin: Origin


def against(kinds: Mapping[str, Kind], taken: Taken, sides: Mapping[str, Desired]) -> Adoption:
    """New, declared the same, or declared otherwise; `sides` are the wishes for each environment.

    What one environment declares is not new for another one: it stands in the files, and where it holds is for them
    to say.
    """
    parts = [
        _by_field(kinds, found, sides) if kinds[found.kind].singleton else _as_a_whole(kinds, found, sides)
        for found in taken.objects
    ]
    return Adoption(
        tuple(one for part in parts for one in part.new),
        tuple(one for part in parts for one in part.same),
        tuple(one for part in parts for one in part.clashes),
        taken.left,
    )


def _as_a_whole(kinds: Mapping[str, Kind], found: Candidate, sides: Mapping[str, Desired]) -> Adoption:
    """An entry of a list, or an object with a key of its own: its key is declared, or it is not."""
    kind = kinds[found.kind]
    said = [one for name, desired in sides.items() for one in _declared(name, desired, found)]
    if not said:
        return Adoption(new=(found,))
    if kind.entries and all(one.value != ABSENT for one in said):
        return Adoption(same=(found,))
    return Adoption(clashes=(_clash(kind, found, "", said, len(sides)),))


def _declared(environment: str, desired: Desired, found: Candidate) -> Iterator[_Said]:
    section = desired.sections.get(found.kind)
    if section is None:
        return
    if found.key in section.objects:
        yield _Said(environment, Value(True), section.objects[found.key].origin)
    elif found.key in section.unset:
        yield _Said(environment, ABSENT, section.unset[found.key])


def _by_field(kinds: Mapping[str, Kind], found: Candidate, sides: Mapping[str, Desired]) -> Adoption:
    """What exists once, field by field."""
    kind = kinds[found.kind]
    new: dict[str, Json] = {}
    same: dict[str, Json] = {}
    clashes = []
    for field, value in found.fields.items():
        said = [one for name in _names(kinds, Name(kind.name, field)) for one in _told(name, sides)]
        if not said:
            new[field] = value
        elif all(_equal(kind, field, one.value, value) for one in said):
            same[field] = value
        else:
            clashes.append(_clash(kind, found, field, said, len(sides)))
    return Adoption(_part(found, new), _part(found, same), tuple(clashes))


def _names(kinds: Mapping[str, Kind], name: Name) -> Iterable[Name]:
    """A field under every name that it has."""
    return {name, *(other for pair in pairs(kinds) if name in pair for other in pair)}


def _told(name: Name, sides: Mapping[str, Desired]) -> Iterator[_Said]:
    for environment, desired in sides.items():
        section: Section | None = desired.sections.get(name.kind)
        for declared in section.objects.values() if section else ():
            if name.field in declared.fields:
                yield _Said(environment, declared.fields[name.field], declared.place((name.field,)))


def _equal(kind: Kind, field: str, declared: Tagged, found: Json) -> bool:
    return isinstance(declared, Value) and equal(*as_compared(kind, field, found, declared.value))


def _clash(kind: Kind, found: Candidate, field: str, said: list[_Said], environments: int) -> Clash:
    """The first place that says something else, and the environments for which it does."""
    value = Value(found.fields[field]) if field else ABSENT
    other = next(one for one in said if not field or not _equal(kind, field, one.value, found.fields[field]))
    alike = (one for one in said if (one.origin, one.value) == (other.origin, other.value))
    where = tuple(one.environment for one in alike)
    names = () if len(where) == environments else where
    return Clash(kind.address(found.key), field, other.value, value, other.origin, names)


def _part(found: Candidate, fields: Mapping[str, Json]) -> tuple[Candidate, ...]:
    return (replace(found, fields=fields),) if fields else ()
