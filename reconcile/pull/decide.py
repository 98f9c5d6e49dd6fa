"""The verdicts of a pull, from the plan between files and instance and what both last agreed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconcile.diff import normalise
from reconcile.model import ABSENT, UNREADABLE, Action, Unreadable, Value
from reconcile.pull.declarable import declarable, defaults_of, overridden
from reconcile.pull.threeway import Merged, Sides, merged, merged_set, same
from reconcile.pull.verdict import Item, Pulled, Verdict, Wish

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import (
        Baseline,
        Change,
        Declared,
        Desired,
        Field,
        Json,
        Kind,
        Live,
        Object,
        Path,
        Plan,
        Tagged,
    )

_HERE: Tagged = Value(value=True)
"""Stands for an object that is there, where its fields are not what is at issue."""


def pulled(
    kinds: Mapping[str, Kind],
    schemas: Mapping[str, Mapping[str, Any]],
    desired: Desired,
    live: Live,
    base: Baseline | None,
    plan: Plan,
) -> Pulled:
    """What becomes of each difference that `plan`, made from `desired` and `live`, has found."""
    items: list[Item] = []
    wishes: list[Wish] = []
    for change in plan.changes:
        one = _Object.of(kinds[change.kind], schemas[change.kind], desired, live, base, change)
        found, wish = one.decided()
        items += found
        wishes += [wish] if wish else []
    unread = {change.address: paths for change in plan.changes if (paths := tuple(_unread(change)))}
    return Pulled(tuple(items), tuple(wishes), plan.unmanaged, unread)


def _unread(change: Change) -> Iterator[Path]:
    return (item.path for item in change.fields if isinstance(item.before, Unreadable))


@dataclass(frozen=True, slots=True)
class _Object:
    """One object that differs, on all three sides; each may be missing."""

    kind: Kind
    schema: Mapping[str, Any]
    change: Change
    file: Declared | None
    live: Object | None
    base: Declared | None
    known: bool
    """Whether anything is known of what was last agreed on."""

    @classmethod
    def of(
        cls,
        kind: Kind,
        schema: Mapping[str, Any],
        desired: Desired,
        live: Live,
        base: Baseline | None,
        change: Change,
    ) -> _Object:
        section, older = (
            desired.sections.get(kind.name),
            base.desired.sections.get(kind.name) if base else None,
        )
        return cls(
            kind,
            schema,
            change,
            section.objects.get(change.key) if section else None,
            live.objects.get(kind.name, {}).get(change.key),
            older.objects.get(change.key) if older else None,
            base is not None,
        )

    def decided(self) -> tuple[Iterable[Item], Wish | None]:
        """The items about this object, and what the files are to say about it, if anything new."""
        if self.file is None:
            return self._undeclared()
        if self.change.action is Action.REVERT:
            return self._overridden()
        if self.change.action is Action.CREATE or self._gone_back():
            return self._gone()
        return self._fields(self.file)

    # --- whole objects ---

    def _undeclared(self) -> tuple[Iterable[Item], Wish | None]:
        """Live, and not declared in a section that is meant to be complete."""
        agreed = None if not self.known else (_HERE if self.base else ABSENT)
        verdict = Verdict.ADDED
        if self.base is not None:
            verdict = Verdict.LEFT if self._live_as_agreed(self.base) else Verdict.CONFLICT
        item = self._whole(verdict, Sides(ABSENT, agreed, _HERE))
        return (item,), self._new() if verdict is Verdict.ADDED else None

    def _overridden(self) -> tuple[Iterable[Item], Wish | None]:
        """To be the service's own, and changed on the instance."""
        verdict = Verdict.TAKEN
        if self.base is not None and not self.base.default:
            verdict = Verdict.LEFT if self._live_as_agreed(self.base) else Verdict.CONFLICT
        item = self._whole(verdict, Sides(Value("default"), None, _HERE))
        new = self._new()
        return (item,), Wish(new.kind, new.key, new.fields) if verdict is Verdict.TAKEN else None

    def _gone(self) -> tuple[Iterable[Item], Wish | None]:
        """Declared, and not on the instance."""
        agreed = None if not self.known else (_HERE if self.base else ABSENT)
        verdict = Verdict.REMOVED
        if self.known and self.base is None:
            verdict = Verdict.LEFT
        elif self.base is not None and not self._file_as_agreed(self.base):
            verdict = Verdict.CONFLICT
        item = self._whole(verdict, Sides(_HERE, agreed, ABSENT))
        gone = Wish(self.kind.name, self.change.key, gone=True)
        return (item,), gone if verdict is Verdict.REMOVED else None

    def _gone_back(self) -> bool:
        """Whether the service's own default is live again, and not just one switch of it another."""
        if self.live is None or overridden(self.kind, self.live):
            return False
        names = {str(item.path[0]) for item in self.change.fields}
        return not names <= self.kind.shortcuts.keys()

    def _new(self) -> Wish:
        found = declarable(self.kind, self.live, defaults_of(self.schema)) if self.live else None
        fields = found.fields if found else {}
        notes = found.notes if found else ()
        return Wish(self.kind.name, self.change.key, fields, new=True, notes=notes)

    def _whole(self, verdict: Verdict, sides: Sides) -> Item:
        origin = self.file.origin if self.file else None
        return Item(self.change.address, (), verdict, sides.file, sides.live, sides.base, origin)

    def _live_as_agreed(self, base: Declared) -> bool:
        """Whether the instance is still what was agreed on, as far as that says anything about it."""
        fields = self.live.fields if self.live else {}
        return all(
            same(self._compared(name, value), self._compared(name, _tagged(fields, name)))
            for name, value in base.fields.items()
            if isinstance(value, Value) and not self.kind.fields[name].write_only
        )

    def _file_as_agreed(self, base: Declared) -> bool:
        fields = self.file.fields if self.file else {}
        names = {*base.fields, *fields}
        return all(
            same(
                self._compared(name, base.fields.get(name, ABSENT)),
                self._compared(name, fields.get(name, ABSENT)),
            )
            for name in names
            if isinstance(base.fields.get(name, ABSENT), Value) or isinstance(fields.get(name, ABSENT), Value)
        )

    def _compared(self, name: str, side: Tagged) -> Tagged:
        field = self.kind.fields.get(name)
        return Value(normalise(field, side.value)) if field and isinstance(side, Value) else side

    # --- fields ---

    def _fields(self, file: Declared) -> tuple[Iterable[Item], Wish | None]:
        items: list[Item] = []
        fields: dict[str, Tagged] = {}
        names = dict.fromkeys(str(item.path[0]) for item in self.change.fields if item.before != UNREADABLE)
        for name in names:
            if name == self.kind.key:
                sides = Sides(Value(self.change.key), None, Value(file.renamed_from))
                items.append(self._whole(Verdict.LEFT, sides))
            elif isinstance(file.fields.get(name), Value):
                found = self._field(name, file.fields[name])
                items += (self._item(leaf.path, leaf.verdict, leaf.sides) for leaf in found.leaves)
                if any(leaf.verdict is Verdict.TAKEN for leaf in found.leaves):
                    fields[name] = found.value
        return items, Wish(self.kind.name, self.change.key, fields) if fields else None

    def _field(self, name: str, written: Tagged) -> Merged:
        """The verdicts on one field; text is compared as it counts, and taken as it is."""
        field = self.kind.fields[name]
        live = self._live(name, field)
        base = self._base(name, live)
        if field.unordered:
            known = self._compared(name, live), base and self._compared(name, base)
            return _unless_empty(merged_set(Sides(written, known[1], known[0]), (name,)))
        if field.text:
            sides = (self._compared(name, side) if side else None for side in (written, base, live))
            found = merged(Sides(*sides), (name,))  # type: ignore[arg-type]
            return (
                found._replace(value=live)
                if found.leaves and found.leaves[0].verdict is Verdict.TAKEN
                else found
            )
        return merged(Sides(written, base, live), (name,))

    def _base(self, name: str, live: Tagged) -> Tagged | None:
        """What was agreed on of a field; None where nothing is known of this instance.

        What was not declared then was whatever it was: only the files have changed since.
        """
        if not self.known:
            return None
        return live if self.base is None else self.base.fields.get(name, live)

    def _live(self, name: str, field: Field) -> Tagged:
        """What is live of a field, as far as a file can say it: nothing there is said by saying nothing."""
        found = _tagged(self.live.fields if self.live else {}, name)
        if not isinstance(found, Value) or (found.value is None and not field.nullable):
            return ABSENT
        kept: Json = (
            normalise(field, found.value, self.kind.ignored.get(name, frozenset()))
            if field.unordered
            else found.value
        )
        return Value(kept)

    def _item(self, path: Path, verdict: Verdict, sides: Sides) -> Item:
        origin = self.file.place(path) if self.file else None
        return Item(self.change.address, path, verdict, sides.file, sides.live, sides.base, origin)


def _unless_empty(found: Merged) -> Merged:
    """The service ignores an attempt to empty a set, so a file that wants it empty says nothing of it."""
    return found._replace(value=ABSENT) if found.value == Value([]) else found


def _tagged(fields: Mapping[str, Json], name: str) -> Tagged:
    return Value(fields[name]) if name in fields else ABSENT
