"""What will be sent for one object: decided here once, and never again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconcile.diff import text
from reconcile.model import ABSENT, Absent, FieldChange, Ref, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Declared, Json, Kind, Tagged


@dataclass(frozen=True, slots=True)
class Wanted:
    """One object between its two states, and which of its fields are to change."""

    kind: Kind
    declared: Declared
    live: Mapping[str, Json]
    changed: frozenset[str]

    def value(self, name: str) -> Tagged:
        """What the field will be afterwards: declared, else as it is."""
        if name == self.kind.key:
            return Value(self.declared.key)
        if name in self.declared.fields:
            return self.declared.fields[name]
        current = self.live.get(name)
        unsettable = current is None and not self.kind.fields[name].nullable
        return ABSENT if unsettable else Value(current)

    @property
    def carried(self) -> tuple[str, ...]:
        """Fields that go along because a switch is on."""
        on = (names for switch, names in self.kind.carries.items() if self.value(switch) == Value(value=True))
        return tuple(name for names in on for name in names)

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields that have to go along and that nobody can supply."""
        return tuple(name for name in self.carried if isinstance(self.value(name), Absent))


def body_to_create(kind: Kind, declared: Declared) -> Mapping[str, Tagged]:
    """Everything declared, under the key."""
    key = {kind.key: Value(declared.key)} if kind.key and kind.writable(kind.key) else {}
    return {**key, **_written(kind, declared.fields.items())}


def body_to_update(wanted: Wanted) -> Mapping[str, Tagged]:
    """What changes, and what the service wants beside it."""
    kind = wanted.kind
    if len(wanted.changed) == 1 and wanted.changed <= kind.shortcuts.keys():
        names: Iterable[str] = wanted.changed
    elif kind.whole:
        names = [name for name in kind.fields if kind.writable(name)]
    else:
        chosen = {*wanted.changed, *kind.always, *wanted.carried}
        names = [name for name in kind.fields if name in chosen]
    present = ((name, wanted.value(name)) for name in names)
    body = dict(_written(kind, ((name, value) for name, value in present if not isinstance(value, Absent))))
    return {**body, **{str(field.path[0]): field.after for field in _cleared(wanted)}}


def emptied(wanted: Wanted) -> Iterator[FieldChange]:
    """What is emptied because something else changes, and has not been empty."""
    return (field for field in _cleared(wanted) if field.before not in {Value(""), Value(None)})


def _cleared(wanted: Wanted) -> Iterator[FieldChange]:
    for cause, name in wanted.kind.clears.items():
        if cause in wanted.changed and name in wanted.kind.fields and name not in wanted.declared.fields:
            yield FieldChange((name,), Value(wanted.live.get(name)), Value(""))


def _written(kind: Kind, fields: Iterable[tuple[str, Tagged]]) -> dict[str, Tagged]:
    """Fields under the names and in the form in which they are written."""
    return dict(_as_written(kind, name, value) for name, value in fields)


def _as_written(kind: Kind, name: str, value: Tagged) -> tuple[str, Tagged]:
    reference = kind.references.get(name)
    if reference and isinstance(value, Value):
        return reference.written_as, Ref(f"{reference.kind}/{value.value}")
    if kind.fields[name].text and isinstance(value, Value) and isinstance(value.value, str):
        return name, Value(text(value.value))
    return name, value
