"""Three sides of one value: which of them is right, member by member where all are maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconcile.diff import canonical, equal
from reconcile.model import ABSENT, Absent, Value
from reconcile.pull.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.model import Json, Path, Tagged


class Sides(NamedTuple):
    """What the file, the base and the instance say; `base` is None where nothing is known of it."""

    file: Tagged
    base: Tagged | None
    live: Tagged

    def member(self, name: str) -> Sides:
        """The same of one member of three maps."""
        base = None if self.base is None else _member(self.base, name)
        return Sides(_member(self.file, name), base, _member(self.live, name))


class Leaf(NamedTuple):
    """One value that differs, below the field."""

    path: Path
    verdict: Verdict
    sides: Sides


class Merged(NamedTuple):
    """What the file is to say, and how that came about."""

    value: Tagged
    leaves: tuple[Leaf, ...]


def merged(sides: Sides, path: Path = ()) -> Merged:
    """The verdicts on a value, and what comes of them."""
    if same(sides.file, sides.live):
        return Merged(sides.file, ())
    file, live = _map(sides.file), _map(sides.live)
    if file is not None and live is not None:
        return _maps(sides, path, [*file, *(name for name in live if name not in file)])
    verdict = judge(sides)
    return Merged(sides.live if verdict is Verdict.TAKEN else sides.file, (Leaf(path, verdict, sides),))


def merged_set(sides: Sides, path: Path = ()) -> Merged:
    """The same for a list without an order, whose members come and go one by one: two sides never conflict."""
    file, live = _list(sides.file), _list(sides.live)
    if file is None or live is None:
        return merged(sides, path)
    base = None if sides.base is None else {canonical(item) for item in _list(sides.base) or ()}
    mine, theirs = {canonical(item) for item in file}, {canonical(item) for item in live}
    kept = [item for item in file if canonical(item) in theirs or _ahead(item, base)]
    come = [
        item for item in live if canonical(item) not in mine and (base is None or canonical(item) not in base)
    ]
    after = [*kept, *come]
    value: Tagged = Value(after)
    leaves = []
    if {canonical(item) for item in after} != mine:
        leaves.append(Leaf(path, Verdict.TAKEN, sides._replace(live=value)))
    if {canonical(item) for item in after} != theirs:
        leaves.append(Leaf(path, Verdict.LEFT, sides))
    return Merged(value if leaves and leaves[0].verdict is Verdict.TAKEN else sides.file, tuple(leaves))


def judge(sides: Sides) -> Verdict:
    """Who has changed a value that differs; where nobody knows, the instance is right: it was asked."""
    if sides.base is None or same(sides.base, sides.file):
        return Verdict.TAKEN
    return Verdict.LEFT if same(sides.base, sides.live) else Verdict.CONFLICT


def same(one: Tagged, other: Tagged) -> bool:
    """Whether two sides say the same."""
    if isinstance(one, Value) and isinstance(other, Value):
        return equal(one.value, other.value)
    return one == other


def _ahead(item: Json, base: set[str] | None) -> bool:
    """Whether a member is only in the files because it was added to them since."""
    return base is not None and canonical(item) not in base


def _maps(sides: Sides, path: Path, names: Sequence[str]) -> Merged:
    members: dict[str, Json] = {}
    leaves: list[Leaf] = []
    for name, one in _members(sides, path, names):
        leaves += one.leaves
        if isinstance(one.value, Value):
            members[name] = one.value.value
    return Merged(Value(members), tuple(leaves))


def _members(sides: Sides, path: Path, names: Sequence[str]) -> Iterator[tuple[str, Merged]]:
    return ((name, merged(sides.member(name), (*path, name))) for name in names)


def _member(side: Tagged, name: str) -> Tagged:
    inner = _map(side)
    return Value(inner[name]) if inner is not None and name in inner else ABSENT


def _map(side: Tagged) -> dict[str, Json] | None:
    return side.value if isinstance(side, Value) and isinstance(side.value, dict) else None


def _list(side: Tagged) -> list[Json] | None:
    if isinstance(side, Absent):
        return None
    return side.value if isinstance(side, Value) and isinstance(side.value, list) else None
