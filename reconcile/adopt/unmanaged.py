"""What is live and declared nowhere, as files would say it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconcile.adopt.fit import fit
from reconcile.adopt.twins import untwinned
from reconcile.model import Candidate, Desired, Left, Origin, Section, Taken, Value, Why
from reconcile.plan import make_plan
from reconcile.pull import declarable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reconcile.adopt.fit import Fit
    from reconcile.model import Fields, Kind, Live, Memory, Object

_NOWHERE = Section(Origin(""))
_UNREAD = "no call reads this group; `reads: probe` in its environment allows the one that shows it"
_UNTOLD = "cannot be read back; declare it yourself where it should be kept"
_DOT = "its name starts with a dot, which in files marks an option of the section"
_SECRET = "secret: set it by ${env:NAME}, as the comment in the file says"  # noqa: S105


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
        for name, objects in sorted(live.objects.items())
        for key, found in sorted(objects.items())
        if (name not in desired.sections if kinds[name].singleton else kinds[name].address(key) in leftover)
    )


def from_live(
    kinds: Mapping[str, Kind],
    schemas: Mapping[str, Mapping[str, Any]],
    objects: Iterable[tuple[str, Object]],
) -> Taken:
    """Live objects as files would declare them, and what of them cannot be."""
    found: list[Candidate] = []
    left: list[Left] = []
    for name, one in objects:
        kind, address = kinds[name], kinds[name].address(one.key)
        if one.key.startswith(".") and not kind.entries:
            left.append(Left((address,), Why.UNFIT, _DOT))
            continue
        plain = declarable(kind, one, None)
        judged = _judged(kind, schemas[name], plain.fields)
        fields = {field: item.value for field, item in judged.items() if item.why is None}
        left += (Left((address, field), item.why, item.reason) for field, item in judged.items() if item.why)
        left += (_hidden(kind, address, note) for note in plain.notes[1:])
        if fields or not kind.singleton:
            found.append(Candidate(name, one.key, fields, notes=plain.notes))
    kept, doubled = untwinned(kinds, found)
    return Taken(kept, (*left, *doubled))


def _judged(kind: Kind, schema: Mapping[str, Any], fields: Fields) -> dict[str, Fit]:
    """Whether files can hold each of these values."""
    return {
        name: fit(kind, schema, name, value.value)
        for name, value in fields.items()
        if isinstance(value, Value)
    }


def _hidden(kind: Kind, address: str, note: str) -> Left:
    """What a comment in the file names, because no call returns it."""
    name = note.partition(":")[0]
    why = Why.SECRET if kind.fields[name].sensitive else Why.UNREADABLE
    return Left((address, name), why, _SECRET if why is Why.SECRET else _UNTOLD)


def unread(
    kinds: Mapping[str, Kind], live: Live, asked: Iterable[str], selected: Callable[[str], bool]
) -> Iterator[Left]:
    """Kinds that were asked for and could not be read."""
    for name in asked:
        if name in live.missing:
            yield Left((name,), Why.UNREADABLE, live.missing[name])
        elif name not in live.objects and selected(kinds[name].address("")):
            yield Left((name,), Why.UNREADABLE, _UNREAD)
