"""What is live and declared nowhere, as files would say it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconcile.adopt.fit import fit
from reconcile.adopt.twins import untwinned
from reconcile.model import Desired, Found, Left, Origin, Section, Taken, Why
from reconcile.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reconcile.model import Json, Kind, Live, Memory, Object

_NOWHERE = Section(Origin(""))
_UNREAD = "no call reads this group; `reads: probe` in its environment allows the one that shows it"
_UNTOLD = "cannot be read back; declare it yourself where it should be kept"


def unmanaged(
    kinds: Mapping[str, Kind], desired: Desired, live: Live, memory: Memory
) -> tuple[tuple[str, Object], ...]:
    """Name of the kind and object, for all that a plan calls unmanaged, or would delete because nobody declares it.

    A group of settings is one where the files have no section for it.
    """
    open_sections = {
        name: replace(desired.sections.get(name, _NOWHERE), prune=False) for name in live.objects
    }
    leftover = frozenset(make_plan(kinds, Desired(open_sections), live, memory=memory).unmanaged)
    return tuple(
        (name, found)
        for name, objects in live.objects.items()
        for key, found in objects.items()
        if (name not in desired.sections if kinds[name].singleton else kinds[name].address(key) in leftover)
    )


def from_live(
    kinds: Mapping[str, Kind],
    schemas: Mapping[str, Mapping[str, Any]],
    objects: Iterable[tuple[str, Object]],
) -> Taken:
    """Live objects as files would declare them, and what of them cannot be."""
    found: list[Found] = []
    left: list[Left] = []
    for name, one in objects:
        kind, address = kinds[name], kinds[name].address(one.key)
        fields, rest = _fields(kind, schemas[name], one)
        secrets = {field: _variable(kind, one, field) for field in _hidden(kind, one)}
        left += [Left((address, *item.path), item.why, item.reason) for item in rest]
        left += [
            Left((address, field), Why.SECRET, f"secret: set it by ${{env:{variable}}}, or any other name")
            for field, variable in secrets.items()
        ]
        if fields or not kind.singleton:
            found.append(Found(name, one.key, fields, secrets=secrets))
    kept, doubled = untwinned(kinds, found)
    return Taken(kept, (*left, *doubled))


def unread(
    kinds: Mapping[str, Kind], live: Live, asked: Iterable[str], selected: Callable[[str], bool]
) -> Iterator[Left]:
    """Kinds that were asked for and could not be read."""
    for name in asked:
        if name in live.missing:
            yield Left((name,), Why.UNREADABLE, live.missing[name])
        elif name not in live.objects and selected(kinds[name].address("")):
            yield Left((name,), Why.UNREADABLE, _UNREAD)


def _fields(kind: Kind, schema: Mapping[str, Any], one: Object) -> tuple[dict[str, Json], list[Left]]:
    """The fields of an object that files can declare, and those of which only the name is known."""
    fields: dict[str, Json] = {}
    left: list[Left] = []
    for name in _declarable(kind):
        field = kind.fields[name]
        if field.write_only and not field.sensitive:
            left.append(Left((name,), Why.UNREADABLE, _UNTOLD))
        elif not field.write_only and one.fields.get(name) is not None:
            kept = fit(kind, schema, name, one.fields[name])
            if kept.why is None:
                fields[name] = kept.value
            elif kept.why is not Why.UNSET:
                left.append(Left((name,), kept.why, kept.reason))
    return fields, left


def _declarable(kind: Kind) -> Iterator[str]:
    return (
        name
        for name, field in kind.fields.items()
        if name != kind.key and kind.writable(name) and not field.create_only
    )


def _hidden(kind: Kind, one: Object) -> Iterator[str]:
    """Secrets that no call returns, unless the switch that they go with is off."""
    for name in _declarable(kind):
        field = kind.fields[name]
        switches = [switch for switch, names in kind.carries.items() if name in names]
        if field.write_only and field.sensitive and all(one.fields.get(switch) for switch in switches):
            yield name


def _variable(kind: Kind, one: Object, name: str) -> str:
    words = f"{kind.name}_{one.key}_{name}".upper()
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in words)
