"""Each change of a plan, field by field: on which side it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.diff import canonical, normalise
from reconcile.drift.moves import Moves, at, stem, values
from reconcile.model import (
    ABSENT,
    Action,
    Declared,
    Difference,
    Drifted,
    Memory,
    Origin,
    Presence,
    Side,
    Unreadable,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reconcile.model import Base, Change, Desired, FieldChange, Json, Kind, Live, Path, Plan, Tagged

_SIDES: Mapping[tuple[bool, bool], Side] = {
    (True, False): Side.INSTANCE,
    (False, True): Side.FILES,
    (True, True): Side.BOTH,
    (False, False): Side.UNKNOWN,
}
_FRESH = Memory()


def classify(
    kinds: Mapping[str, Kind],
    plan: Plan,
    desired: Desired,
    live: Live,
    base: Base,
    memory: Memory = _FRESH,
) -> tuple[Drifted, ...]:
    """What of a plan between files and instance was changed on which side. What cannot be read is left out."""
    moves = Moves(kinds, base, desired, live, memory)
    found = (_Case(kinds[change.kind], change, desired, live, moves).drifted() for change in plan.changes)
    return tuple(sorted((one for one in found if one), key=lambda one: (one.kind, one.key)))


def combined(sides: Iterable[Side]) -> Side:
    """The side of a whole: of parts of which nobody knows, the others say it."""
    known = {*sides} - {Side.UNKNOWN}
    return Side.BOTH if len(known) > 1 else next(iter(known), Side.UNKNOWN)


class _Case:
    """One change of the plan, with all that is known about its object."""

    def __init__(self, kind: Kind, change: Change, desired: Desired, live: Live, moves: Moves) -> None:
        self.kind = kind
        self.change = change
        self.moves = moves
        self.renamed = next((item for item in change.fields if item.path == (kind.key,)), None)
        keys = dict.fromkeys((change.key, self._old_key()))
        section = desired.sections[change.kind]
        objects = live.objects.get(change.kind, {})
        self.now = section.objects.get(change.key, Declared(change.key, Origin("")))
        self.live = next((objects[key].fields for key in keys if key in objects), {})
        old = self.now.renamed_from
        beside = {old, change.key} <= objects.keys()  # what has the new name came from elsewhere
        self.base = moves.declared(change.kind, *keys, *(() if beside else (old,)))

    def _old_key(self) -> str:
        before = self.renamed.before if self.renamed else ABSENT
        return str(before.value) if isinstance(before, Value) else self.change.key

    def drifted(self) -> Drifted | None:
        """The object as it has drifted; None where all that differs is what cannot be read."""
        decide = _DECIDE[self.change.action]
        found, fields = decide(self)
        if not fields:
            return None
        side = combined(item.side for item in fields)
        change = self.change
        return Drifted(change.address, change.kind, change.key, found, side, change.origin, fields)

    def missing(self) -> tuple[Presence, tuple[Difference, ...]]:
        """It is declared, and it is not there."""
        moved = self.moves.unrecorded()
        if self.base:
            moved = (True, self._edited())
        side = _SIDES[moved]
        known = self._base_value
        fields = (
            Difference(item.path, side, known(item.path), ABSENT, item.after) for item in self.change.fields
        )
        return Presence.MISSING, tuple(fields)

    def extra(self) -> tuple[Presence, tuple[Difference, ...]]:
        """It is there, is not declared, and the list is meant to be complete."""
        moved = self.moves.appeared(self.kind.name)
        if self.base:
            moved = (self.moves.on_the_instance(self.kind, self.base), True)
        side = _SIDES[moved]
        known = self._base_value
        fields = (
            Difference(item.path, side, known(item.path), item.before, ABSENT) for item in self.change.fields
        )
        return Presence.EXTRA, tuple(fields)

    def reverted(self) -> tuple[Presence, tuple[Difference, ...]]:
        """The files want what the service has by itself, and somebody's own is there."""
        moved = self.moves.unrecorded()
        base: Tagged | None = None
        live = "override"
        if self.base:
            moved = (self.moves.on_the_instance(self.kind, self.base), not self.base.default)
            base = Value("default" if self.base.default else "override")
            live = "another override" if moved == (True, True) else live
        item = Difference(("state",), _SIDES[moved], base, Value(live), Value("default"))
        return Presence.CHANGED, (item,)

    def changed(self) -> tuple[Presence, tuple[Difference, ...]]:
        """It is there and is another one."""
        return Presence.CHANGED, tuple(self._fields())

    def _fields(self) -> Iterator[Difference]:
        seen: set[Path] = set()
        for item in self.change.fields:
            path = stem(item.path)
            if item is self.renamed:
                yield self._difference(path, self._key_moved(), item.before, item.after)
            elif self._compared(item) and path not in seen:
                seen.add(path)
                yield from self._one(item, path)

    def _compared(self, item: FieldChange) -> bool:
        """Whether a field was declared and could be read: others go along with a change, or are asserted."""
        return item.path[0] in self.now.fields and not isinstance(item.before, Unreadable)

    def _one(self, item: FieldChange, path: Path) -> Iterator[Difference]:
        if path != item.path:
            moved = self._moved(path)
            yield self._difference(path, moved, at(self.live, path), at(values(self.now.fields), path))
        elif (lists := self._as_sets(item)) is not None:
            yield from self._entries(path, *lists)
        else:
            yield self._difference(path, self._moved(path), item.before, item.after)

    def _difference(self, path: Path, moved: tuple[bool, bool], live: Tagged, files: Tagged) -> Difference:
        base = self._base_value(path)
        return Difference(
            path,
            _SIDES[moved],
            base if base is None else self._as_compared(path, base),
            self._as_compared(path, live),
            self._as_compared(path, files),
        )

    def _as_compared(self, path: Path, tagged: Tagged) -> Tagged:
        """A whole field in the form in which it is compared: what does not count is not shown either."""
        field = self.kind.fields.get(str(path[0])) if len(path) == 1 else None
        return Value(normalise(field, tagged.value)) if field and isinstance(tagged, Value) else tagged

    def _base_value(self, path: Path) -> Tagged | None:
        if self.base is None:
            return None
        if path == (self.kind.key,):
            return Value(self.base.key)
        return at(values(self.base.fields), path) if path[0] in self.base.fields else None

    def _key_moved(self) -> tuple[bool, bool]:
        """Where an object got another name."""
        if self.base is None:
            return self.moves.unrecorded()
        back = self.base.key == self.change.key
        return back, not back

    def _moved(self, path: Path) -> tuple[bool, bool]:
        if self.base is None or path[0] not in self.base.fields:
            return self._newly_declared()
        return (
            self.moves.on_the_instance(self.kind, self.base, path),
            self.moves.in_the_files(self.kind, self.base, self.now, path),
        )

    def _newly_declared(self) -> tuple[bool, bool]:
        """A field that the base does not hold: declared since then, and nobody watched it before.

        Where the base had the whole object as the service makes it, an override on the instance is a change there too.
        """
        instance, files = self.moves.unrecorded()
        if self.base and self.base.default:
            instance = self.moves.on_the_instance(self.kind, self.base)
        return instance, files

    def _edited(self) -> bool:
        return self.base is not None and (
            self.base.key != self.now.key or self.moves.in_the_files(self.kind, self.base, self.now)
        )

    # --- lists without order ---

    def _as_sets(self, item: FieldChange) -> tuple[list[Json], list[Json]] | None:
        """Both sides of a list whose order means nothing."""
        field = self.kind.fields[str(item.path[0])]
        before, after = (one.value if isinstance(one, Value) else None for one in (item.before, item.after))
        if not (field.unordered and isinstance(before, list) and isinstance(after, list)):
            return None
        return before, after

    def _entries(self, path: Path, live: list[Json], files: list[Json]) -> Iterator[Difference]:
        """What only one of the sides holds; an entry came or went, so it is always known where, if the base is."""
        here, there = ({canonical(one): one for one in side} for side in (live, files))
        known, base = self._base_value(path), self.base
        moved_there = base is not None and self.moves.on_the_instance(self.kind, base, path)
        before = _entries_of(known, self.kind, str(path[0])) if moved_there else here.keys()
        for name in sorted(here.keys() ^ there.keys()):
            entry = Value(here[name] if name in here else there[name])
            was = name in before
            moved = (
                self._moved(path)
                if known is None
                else ((name in here) is not was, (name in there) is not was)
            )
            yield Difference(
                path,
                _SIDES[moved],
                None if known is None else entry if was else ABSENT,
                entry if name in here else ABSENT,
                entry if name in there else ABSENT,
                entry=True,
            )


def _entries_of(known: Tagged | None, kind: Kind, name: str) -> frozenset[str]:
    value = normalise(kind.fields[name], known.value) if isinstance(known, Value) else None
    return frozenset(canonical(one) for one in value) if isinstance(value, list) else frozenset()


_DECIDE: Mapping[Action, Callable[[_Case], tuple[Presence, tuple[Difference, ...]]]] = {
    Action.CREATE: _Case.missing,
    Action.DELETE: _Case.extra,
    Action.REVERT: _Case.reverted,
    Action.UPDATE: _Case.changed,
    Action.REPLACE: _Case.changed,
    Action.ASSERT: _Case.changed,
}
