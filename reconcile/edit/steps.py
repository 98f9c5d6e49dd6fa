"""What separates two JSON values, as steps that leave alone whatever both have. No I/O here."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from operator import ne
from typing import TYPE_CHECKING, TypeAlias

from reconcile.diff import canonical, equal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from reconcile.model import Json, Path


@dataclass(frozen=True, slots=True)
class Put:
    """Another value stands at the path."""

    path: Path
    value: Json


@dataclass(frozen=True, slots=True)
class Drop:
    """Nothing stands at the path any more."""

    path: Path


@dataclass(frozen=True, slots=True)
class Insert:
    """A member comes into the map at the path of `parent`."""

    parent: Path
    name: str
    value: Json

    @property
    def path(self) -> Path:
        """Where it will stand."""
        return (*self.parent, self.name)


@dataclass(frozen=True, slots=True)
class Fresh:
    """An item that a list has not had."""

    value: Json


@dataclass(frozen=True, slots=True)
class Relist:
    """The list at the path consists of these: items by their number, and fresh ones among them."""

    path: Path
    order: tuple[int | Fresh, ...]


Step: TypeAlias = Put | Drop | Insert | Relist


def steps(present: Json, wanted: Json, path: Path = (), sets: Collection[str] = ()) -> Iterator[Step]:
    """The fewest steps from one value to another; `sets` are fields that are lists without an order."""
    if equal(present, wanted):
        return
    if isinstance(present, dict) and isinstance(wanted, dict):
        yield from _maps(present, wanted, path, sets)
    elif isinstance(present, list) and isinstance(wanted, list) and path[0] in sets and len(path) == 1:
        yield _sets(present, wanted, path)
    elif isinstance(present, list) and isinstance(wanted, list):
        yield from _lists(present, wanted, path)
    else:
        yield Put(path, wanted)


def _maps(
    present: dict[str, Json], wanted: dict[str, Json], path: Path, sets: Collection[str]
) -> Iterator[Step]:
    for name, value in present.items():
        if name not in wanted:
            yield Drop((*path, name))
        else:
            yield from steps(value, wanted[name], (*path, name), sets)
    for name, value in wanted.items():
        if name not in present:
            yield Insert(path, name, value)


def _sets(present: list[Json], wanted: list[Json], path: Path) -> Relist:
    """What stays in a set stands where it stood, and what is new comes last."""
    old, new = [canonical(item) for item in present], [canonical(item) for item in wanted]
    kept = [index for index, item in enumerate(old) if item in new]
    return Relist(
        path, (*kept, *(Fresh(item) for item, name in zip(wanted, new, strict=True) if name not in old))
    )


def _lists(present: list[Json], wanted: list[Json], path: Path) -> Iterator[Step]:
    old, new = [canonical(item) for item in present], [canonical(item) for item in wanted]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    if len(old) == len(new) and sum(map(ne, old, new)) <= sum(
        j2 - j1 for what, _, _, j1, j2 in blocks if what != "equal"
    ):
        blocks = [("replace", 0, len(old), 0, len(new))]  # each in its place is no more than moving them
    order: list[int | Fresh] = []
    for what, i1, i2, j1, j2 in blocks:
        same = i2 - i1 if what in {"equal", "replace"} else 0
        kept = min(same, j2 - j1)
        for index, item in zip(range(i1, i1 + kept), wanted[j1 : j1 + kept], strict=True):
            yield from steps(present[index], item, (*path, index))
            order.append(index)
        order += [Fresh(item) for item in wanted[j1 + kept : j2]]
    if order != list(range(len(present))):
        yield Relist(path, tuple(order))
