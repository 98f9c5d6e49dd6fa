"""What moved since the base, on either side, path by path."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.diff import compare
from reconcile.model import ABSENT, Action, Desired, Memory, Unreadable, Value
from reconcile.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Base, Change, Declared, FieldChange, Json, Kind, Live, Path, Section, Tagged

_IN_PLACE = frozenset({Action.UPDATE, Action.REPLACE, Action.ASSERT})


class Moves:
    """The base, and a plan from the instance back to it: what stands in that plan was changed on the instance."""

    def __init__(
        self, kinds: Mapping[str, Kind], base: Base, desired: Desired, live: Live, memory: Memory
    ) -> None:
        self._kinds = kinds
        self._complete = base.complete
        known = base.desired.sections if base.desired else {}
        shared = {name: one for name, one in known.items() if name in desired.sections}
        self._sections = {name: replace(one, prune=False) for name, one in shared.items()}
        self._pruned = frozenset(name for name, one in shared.items() if one.prune)
        plan = make_plan(kinds, Desired(self._sections), live, memory=memory)
        self._back = {change.address: change for change in plan.changes}
        self.nothing_known = base.desired is None

    def declared(self, kind: str, *keys: str) -> Declared | None:
        """The object of the base that goes by one of these keys."""
        section: Section | None = self._sections.get(kind)
        found = (section.objects[key] for key in keys if section and key in section.objects)
        return next(found, None)

    def unrecorded(self) -> tuple[bool, bool]:
        """Whether instance and files moved where the base holds nothing: it was declared since, as far as is known."""
        return False, self._complete and not self.nothing_known

    def appeared(self, kind: str) -> tuple[bool, bool]:
        """The same for an object that only the instance has: in a list that was complete, it came later."""
        return (True, False) if kind in self._pruned else self.unrecorded()

    def on_the_instance(self, kind: Kind, base: Declared, path: Path = ()) -> bool:
        """Whether this was changed on the instance; without a path, whether any of the object was."""
        change = self._back.get(kind.address(base.key))
        if change is None:
            return False
        return change.action not in _IN_PLACE or any(_touches(item, path) for item in _readable(change))

    def in_the_files(self, kind: Kind, base: Declared, now: Declared, path: Path = ()) -> bool:
        """Whether this was changed in the files; without a path, whether any of the object was."""
        known = values(base.fields)
        both = {name: value for name, value in now.fields.items() if name in known}
        others = not path and base.fields.keys() != now.fields.keys()
        return others or any(_touches(item, path) for item in compare(kind, both, known))


def _readable(change: Change) -> Iterator[FieldChange]:
    return (item for item in change.fields if not isinstance(item.before, Unreadable))


def _touches(item: FieldChange, path: Path) -> bool:
    """Whether a change of a field changes what is at a path: it is there or below, or above and different there."""
    own = stem(item.path)
    shorter = min(len(own), len(path))
    if own[:shorter] != path[:shorter]:
        return False
    rest = path[
        len(own) :
    ]  # where both sides are maps, the change would be deeper: so one of them has nothing there
    return not rest or any(_inside(side, rest) != ABSENT for side in (item.before, item.after))


def _inside(tagged: Tagged, path: Path) -> Tagged:
    whole = tagged.value if isinstance(tagged, Value) else None
    return at(whole, path) if isinstance(whole, dict) else ABSENT


def values(fields: Mapping[str, Tagged]) -> dict[str, Json]:
    """The fields whose values are known."""
    return {name: one.value for name, one in fields.items() if isinstance(one, Value)}


def stem(path: Path) -> Path:
    """The path as far as it goes without counting: a list that has an order is one value."""
    numbers = (place for place, part in enumerate(path) if isinstance(part, int))
    return path[: next(numbers, len(path))]


def at(fields: Mapping[str, Json], path: Iterable[str | int]) -> Tagged:
    """The value at a path through maps."""
    found: Json = dict(fields)
    for part in path:
        if not isinstance(found, dict) or part not in found:
            return ABSENT
        found = found[str(part)]
    return Value(found)
