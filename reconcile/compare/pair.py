"""Where two sides differ: a plan in each direction, and the values of both at every place that it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconcile.compare.standing import WHOLE, standing, strayed
from reconcile.compare.values import Comparison, Difference, Party, Side, Unread
from reconcile.diff import as_compared, equal
from reconcile.model import ABSENT, UNREADABLE, Desired, Live, Object, Secret, Unreadable, Value
from reconcile.plan import make_plan
from reconcile.wishes import wish, wishes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reconcile.compare.standing import Strayed
    from reconcile.model import Change, Declared, Json, Kind, Path, Plan, Tagged

SILENT = "no call returns this"


def from_files(name: str, desired: Desired, nothing: Plan) -> Side:
    """The side of an instance that is just as its files want it, so that there is nothing to plan."""
    objects = {
        kind: {key: Object(key, "", _plain(one)) for key, one in section.objects.items() if not one.default}
        for kind, section in desired.sections.items()
    }
    return Side(name, Live(nothing.instance, objects), desired, nothing, files=True)


def _plain(one: Declared) -> Mapping[str, Json]:
    return {name: value.value for name, value in one.fields.items() if isinstance(value, Value)}


def _every(_: str) -> bool:
    return True


def compare(
    kinds: Mapping[str, Kind], a: Side, b: Side, chosen: Callable[[str], bool] = _every
) -> Comparison:
    """Hold two sides against each other; `chosen` says which addresses are of interest."""
    pair = _Pair(kinds, a, b, (strayed(a), strayed(b)))
    leaves = sorted(
        {(address, path) for address, path in pair.leaves() if chosen(address)},
        key=lambda leaf: (leaf[0], [str(part) for part in leaf[1]]),
    )
    differences = tuple(item for address, path in leaves for item in pair.difference(address, path))
    unread = tuple(item for item in pair.unread() if chosen(item.address))
    apart = {*(item.address for item in differences), *(item.address for item in unread)}
    same = sorted(address for address in pair.both() if chosen(address) and address not in apart)
    return Comparison((_party(a), _party(b)), differences, unread, tuple(same))


def _party(side: Side) -> Party:
    return Party(side.name, None if side.files else side.live.instance)


@dataclass(frozen=True, slots=True)
class _Pair:
    kinds: Mapping[str, Kind]
    a: Side
    b: Side
    strayed: tuple[Strayed, Strayed]

    @property
    def sides(self) -> tuple[Side, Side]:
        return (self.a, self.b)

    @property
    def shared(self) -> list[str]:
        """The kinds that both sides have something to say about."""
        return sorted(self.a.live.objects.keys() & self.b.live.objects.keys())

    # --- where they differ ---

    def leaves(self) -> Iterator[tuple[str, Path]]:
        """Places at which the two may differ, as each sees it; files say nothing about what they do not declare."""
        for wisher, other in (self.sides, self.sides[::-1]):
            if wisher.files or not other.files:
                plan = make_plan(self.kinds, self._wishes(wisher), other.live)
                yield from ((address, ()) for address in plan.unmanaged)
                for change in plan.changes:
                    yield from self._changed(change, other)

    def _wishes(self, side: Side) -> Desired:
        desired = side.desired if side.files else wishes(self.kinds, side.live)
        return Desired({name: desired.sections[name] for name in self.shared})

    def _changed(self, change: Change, other: Side) -> Iterator[tuple[str, Path]]:
        if change.action in WHOLE or not other.found(self.kinds[change.kind], change.key):
            yield change.address, ()
            return
        for item in change.fields:
            yield change.address, outside_lists(item.path)

    def difference(self, address: str, path: Path) -> Iterator[Difference]:
        """What stands on both sides; nothing where one cannot be read, or where it is the same to us."""
        name, _, key = address.partition("/")
        kind = self.kinds[name]
        one, other = (_value(kind, side, key, path) for side in self.sides)
        if isinstance(one, Unreadable) or isinstance(other, Unreadable) or alike(kind, path, one, other):
            return
        stands = (
            standing(kind, self.a, self.strayed[0], key, path),
            standing(kind, self.b, self.strayed[1], key, path),
        )
        yield Difference(address, path, (one, other), stands)

    def both(self) -> Iterator[str]:
        """The objects that are there on both sides."""
        for kind in (self.kinds[name] for name in self.shared):
            for key in self.a.live.objects[kind.name]:
                if all(self._has(side, kind, key) for side in self.sides):
                    yield kind.address(key)

    def _has(self, side: Side, kind: Kind, key: str) -> bool:
        return side.found(kind, key) is not None

    # --- what cannot be told ---

    def unread(self) -> Iterator[Unread]:
        """What is declared on either side and cannot be read on one of them; what files leave out is not asked for."""
        for name in sorted({name for side in self.sides for name in side.desired.sections}):
            kind = self.kinds[name]
            if all(not side.files or name in side.desired.sections for side in self.sides):
                yield from self._unread(kind, _reason(kind, self.sides))

    def _unread(self, kind: Kind, why: str) -> Iterator[Unread]:
        """Of each declared object the fields that are not known on both sides; all of them where the kind is not."""
        declared: dict[str, dict[str, None]] = {}
        for side in self.sides:
            for key, one in side.declared(kind).items():
                declared.setdefault(key, {}).update(dict.fromkeys(one.fields))
        if why and not any(declared.values()):
            yield Unread(kind.name, (), why)
        for key, names in declared.items():
            fields = tuple(name for name in names if why or self._hidden(kind, key, name))
            if fields:
                yield Unread(kind.address(key), fields, why or SILENT)

    def _hidden(self, kind: Kind, key: str, name: str) -> bool:
        """Whether a field of an object that both sides have is known to one at most; creates leave no trace of some."""
        field = kind.fields[name]
        if (field.create_only and field.write_only) or not all(
            self._has(side, kind, key) for side in self.sides
        ):
            return False
        return any(isinstance(_value(kind, side, key, (name,)), Unreadable) for side in self.sides)


def outside_lists(path: Path) -> Path:
    """The path as far as the first list on it: a list is one value."""
    end = next((at for at, part in enumerate(path) if isinstance(part, int)), len(path))
    return path[:end]


def value_at(value: Json, path: Path) -> Tagged:
    """What stands at a path inside of a value."""
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return ABSENT
        value = value[str(part)]
    return Value(value)


def _reason(kind: Kind, sides: tuple[Side, Side]) -> str:
    """Why a kind is not known on both sides; nothing where it is."""
    silent = [side for side in sides if kind.name not in side.live.objects]
    reasons = {side.name: side.live.missing.get(kind.name, SILENT) for side in silent}
    if set(reasons.values()) == {SILENT}:
        return SILENT if len(silent) == len(sides) else f"{SILENT} of {silent[0].name}"
    return "; ".join(f"{name}: {why}" for name, why in reasons.items())


def _value(kind: Kind, side: Side, key: str, path: Path) -> Tagged:
    """What a side has there, as far as it may be told."""
    found = side.found(kind, key)
    if found is None:
        return ABSENT
    if not path:
        return _object(kind, side, found)
    return value_at(dict(found.fields), path) if _known(kind, side, key, str(path[0])) else UNREADABLE


def _known(kind: Kind, side: Side, key: str, name: str) -> bool:
    """Whether it is known what a field is: files hold no secrets, and some fields no call returns."""
    if side.files:
        return not isinstance(side.declared(kind)[key].fields.get(name), Secret)
    return not kind.fields[name].write_only


def _object(kind: Kind, side: Side, found: Object) -> Tagged:
    """All that makes up an object that only one side has."""
    if side.files:
        return Value(dict(found.fields))
    fields = wish(kind, found.key, found.fields).fields
    return Value({name: one.value for name, one in fields.items() if isinstance(one, Value)})


def alike(kind: Kind, path: Path, one: Tagged, other: Tagged) -> bool:
    """Whether two values are the same once what does not count is gone."""
    if not (isinstance(one, Value) and isinstance(other, Value)):
        return one == other
    if len(path) == 1:
        pairs = (
            (one.value, other.value),
            (other.value, one.value),
        )  # what the service adds may be on either side
        return any(equal(*as_compared(kind, str(path[0]), *pair)) for pair in pairs)
    return bool(path) and equal(one.value, other.value)
