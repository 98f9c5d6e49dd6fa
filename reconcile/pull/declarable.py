"""What of a live object a person would have written down: no ids, no time stamps, nothing that is so anyway."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconcile import wishes
from reconcile.diff import equal, normalise
from reconcile.model import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.model import Fields, Json, Kind, Live, Object

_NO_WORD = re.compile(r"[^A-Za-z0-9]+")
NEVER_SHOWN = "Clerk never shows these. Take out the `#` and set what you want:"


@dataclass(frozen=True, slots=True)
class Draft:
    """One live object as it would be declared; `notes` are what it takes that no call returns, as comments."""

    key: str
    fields: Fields
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """All of one kind; `objects` is None where no call returns anything of it."""

    kind: Kind
    objects: tuple[Draft, ...] | None
    notes: tuple[str, ...] = ()


def everything(
    kinds: Mapping[str, Kind], schemas: Mapping[str, Mapping[str, Any]], live: Live, *, defaults: bool
) -> Iterator[Section]:
    """All of an instance that can be declared, kind by kind, in a stable order; `defaults` too, if wanted."""
    doubled = frozenset(other for name in live.objects for other in kinds[name].twins.values())
    twins = frozenset(other for kind in kinds.values() for other in kind.twins.values())
    for name in sorted(kinds):
        kind, objects = kinds[name], live.objects.get(name)
        if objects is None:
            if name not in live.missing:
                yield Section(kind, None, _whole_section(kind, twins))
            continue
        known = None if defaults else defaults_of(schemas[name])
        shown = [one for key, one in sorted(objects.items()) if overridden(kind, one)]
        found = tuple(declarable(kind, one, known, doubled) for one in shown)
        if any(one.fields or one.notes or not kind.singleton for one in found):
            yield Section(kind, found)


def overridden(kind: Kind, found: Object) -> bool:
    """Whether an object is more than the service's own default."""
    field, override = kind.overridden
    return not field or found.fields.get(field) == override


def declarable(
    kind: Kind, found: Object, defaults: Mapping[str, Json] | None, doubled: frozenset[str] = frozenset()
) -> Draft:
    """What of an object can be declared, in the order of its schema; `doubled` are switches of other kinds.

    What is as it is by default stays out, unless `defaults` is None.
    """
    if kind.entries:
        return Draft(found.key, {})
    fields = {
        name: Value(value)
        for name, value in _readable(kind, found)
        if f"{kind.name}.{name}" not in doubled and not _as_anyway(kind, found, name, value, defaults)
    }
    return Draft(found.key, fields, tuple(_notes(kind, found)))


def _readable(kind: Kind, found: Object) -> Iterator[tuple[str, Json]]:
    for name, field in kind.fields.items():
        value = found.fields.get(name)
        if value is None or not wishes.declarable(kind, name, value):
            continue
        kept = normalise(field, value, kind.ignored.get(name, frozenset()))
        if not (field.unordered and kept == []):
            yield name, kept


def _as_anyway(
    kind: Kind, found: Object, name: str, value: Json, defaults: Mapping[str, Json] | None
) -> bool:
    """Whether a value is what it would be without anybody saying so."""
    if defaults is None:
        return False
    off = any(
        name in carried and found.fields.get(switch) is not True for switch, carried in kind.carries.items()
    )
    empty = kind.fixed and value == ""
    at_work = name == kind.hands_over and value is True
    return off or empty or at_work or (name in defaults and equal(defaults[name], value))


def defaults_of(schema: Mapping[str, Any]) -> dict[str, Json]:
    """What the fields of a kind are where nobody says anything, as far as its schema knows."""
    return {name: sub["default"] for name, sub in schema["properties"].items() if "default" in sub}


def _notes(kind: Kind, found: Object) -> Iterator[str]:
    """Comments that name what this object has and no call returns."""
    hidden = [name for name, field in kind.fields.items() if field.write_only and not field.create_only]
    on = {
        name for switch, names in kind.carries.items() if found.fields.get(switch) is True for name in names
    }
    wanted = [name for name in hidden if kind.singleton or name in on]
    if wanted:
        yield NEVER_SHOWN
    for name in wanted:
        secret = f' "${{env:{_variable(kind, found.key, name)}}}"' if kind.fields[name].sensitive else ""
        yield f"{name}:{secret}"


def _whole_section(kind: Kind, twins: frozenset[str]) -> tuple[str, ...]:
    names = [name for name in kind.fields if kind.writable(name) and f"{kind.name}.{name}" not in twins]
    return (NEVER_SHOWN, f"{kind.section}:", *(f"  {name}:" for name in names))


def _variable(kind: Kind, key: str, name: str) -> str:
    return _NO_WORD.sub("_", f"{key or kind.name}_{name}").strip("_").upper()
