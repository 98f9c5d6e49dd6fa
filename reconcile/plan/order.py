"""Which change has to wait for which, and the waves that follow from it.

A list is filled before the switch that puts it in force is turned on, and the switch is turned off before entries
go; entries are added before others are removed. A need is an address, or `kind/*`: all that adds to that kind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from reconcile.errors import ReconcileError
from reconcile.model import Action, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconcile.model import Change, Kind


@dataclass(frozen=True, slots=True)
class _Switch:
    """A change that puts the list of a kind in force, or out of it."""

    change: Change
    kind: str
    on: bool


def arrange(kinds: Mapping[str, Kind], changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes with their needs, in the order of applying."""
    adding = {change.kind for change in changes if change.action is not Action.DELETE}
    switches = [switch for change in changes for switch in _switched(kinds[change.kind], change)]
    needy = [replace(change, needs=tuple(_needs(change, adding, switches))) for change in changes]
    return tuple(change for wave in waves(needy) for change in wave)


def waves(changes: Iterable[Change]) -> tuple[tuple[Change, ...], ...]:
    """The changes in groups: those of one group need nothing of each other, only of the groups before."""
    by_address = {change.address: change for change in changes}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for change in by_address.values():
        sorter.add(change.address, *change.needs)
        if change.action is not Action.DELETE:
            sorter.add(f"{change.kind}/*", change.address)
    try:
        sorter.prepare()
    except CycleError as error:
        raise ReconcileError(f"these changes wait for each other: {' -> '.join(error.args[1])}") from error
    return tuple(_groups(sorter, by_address))


def _groups(sorter: TopologicalSorter[str], by_address: Mapping[str, Change]) -> Iterator[tuple[Change, ...]]:
    while sorter.is_active():
        ready = sorter.get_ready()
        sorter.done(*ready)
        if wave := sorted((by_address[name] for name in ready if name in by_address), key=_rank):
            yield tuple(wave)


def _rank(change: Change) -> tuple[str, bool, str]:
    return (change.kind, change.action is Action.DELETE, change.key)


def _switched(kind: Kind, change: Change) -> Iterator[_Switch]:
    """The lists that this change puts in or out of force."""
    for field, gated in kind.gates.items():
        if field in change.body:
            yield _Switch(change, gated, on=change.body[field] == Value(value=True))


def _needs(change: Change, adding: set[str], switches: Iterable[_Switch]) -> Iterator[str]:
    """A delete waits for what is added and for the switch; a switch that turns on waits for its list."""
    if change.action is Action.DELETE:
        if change.kind in adding:
            yield f"{change.kind}/*"
        yield from sorted({switch.change.address for switch in switches if switch.kind == change.kind})
    else:
        mine = (switch for switch in switches if switch.change is change and switch.on)
        yield from sorted(f"{switch.kind}/*" for switch in mine if switch.kind in adding)
