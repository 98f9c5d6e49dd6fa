"""What the files of an environment are to say, as far as it differs from what they say. No I/O here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconcile.diff import equal, normalise, text
from reconcile.edit.steps import Drop, Fresh, Insert, Put, Relist
from reconcile.model import Declared, Desired, Origin, Section, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconcile.edit.steps import Step
    from reconcile.model import Fields, Json, Kind, Path, Tagged

_NOWHERE = Origin("")
_OUTER = " \t\r\n"


@dataclass(slots=True)
class Wanted:
    """One object as the files are to say it; `notes` are comments that go with a new one."""

    fields: dict[str, Tagged]
    default: bool = False
    notes: tuple[str, ...] = ()

    @property
    def plain(self) -> dict[str, Json]:
        """The values, secrets aside."""
        return {name: one.value for name, one in self.fields.items() if isinstance(one, Value)}


Objects = dict[str, dict[str, Wanted]]


class Wishes:
    """Collects what is wished about the objects of some files."""

    def __init__(self, kinds: Mapping[str, Kind], desired: Desired) -> None:
        self.desired = desired
        self._kinds = kinds
        self.objects: Objects = said(desired)

    def before(self, kind: str) -> Mapping[str, Declared]:
        """What the files say of a kind."""
        section = self.desired.sections.get(kind)
        return section.objects if section else {}

    def set(self, kind: str, key: str, path: Path, value: Json) -> None:
        """A field of a declared object, or a value inside of one, is to be this."""
        wanted, name = self.objects[kind][key], str(path[0])
        if len(path) == 1:
            wanted.fields[name] = Value(self._closest(kind, key, name, value))
        else:
            found = wanted.fields.get(name)
            wanted.fields[name] = Value(
                with_value(found.value if isinstance(found, Value) else {}, path[1:], value)
            )
        wanted.default = False

    def drop(self, kind: str, key: str, path: Path) -> None:
        """An object, or what stands at a path inside of it, is not to be declared any more."""
        if not path:
            self.objects[kind].pop(key)
            return
        fields, name = self.objects[kind][key].fields, str(path[0])
        found = fields.pop(name)
        if len(path) > 1 and isinstance(found, Value):
            fields[name] = Value(without(found.value, path[1:]))

    def revert(self, kind: str, key: str) -> None:
        """A declared object is to be the service's own."""
        self.objects[kind][key] = Wanted({}, default=True)

    def add(self, kind: str, key: str, fields: Fields, notes: Iterable[str]) -> None:
        """An object that no file declares."""
        self.objects.setdefault(kind, {})[key] = Wanted(dict(fields), notes=tuple(notes))

    def against(self, desired: Desired) -> Wishes:
        """The same wishes about files that say something else by now."""
        found = Wishes(self._kinds, desired)
        found.objects = self.objects
        return found

    def forget(self, kind: str, key: str) -> None:
        """Of an object, the files are to say what they say, or nothing."""
        before = self.before(kind).get(key)
        if before is None:
            self.objects[kind].pop(key, None)
        else:
            self.objects[kind][key] = Wanted(dict(before.fields), before.default)

    def rendered(self) -> Desired:
        """What the files would want if everything wished could be written."""
        sections = {
            name: replace(
                self.desired.sections.get(name, Section(_NOWHERE)),
                objects={key: self._declared(name, key, one) for key, one in objects.items()},
            )
            for name, objects in self.objects.items()
        }
        return Desired(sections)

    def _declared(self, kind: str, key: str, wanted: Wanted) -> Declared:
        old = self.before(kind).get(key, Declared(key, _NOWHERE))
        return replace(old, fields=wanted.fields, default=wanted.default)

    def _closest(self, kind: str, key: str, name: str, value: Json) -> Json:
        """A value in the form that is nearest to what the files say, where more than one means the same."""
        field = self._kinds[kind].fields.get(name)
        declared = self.before(kind).get(key)
        old = declared.fields.get(name) if declared else None
        if field is None or not isinstance(old, Value):
            return value
        if equal(normalise(field, old.value), normalise(field, value)):
            return old.value
        if field.text and isinstance(value, str) and isinstance(old.value, str) and old.value:
            return like(old.value, value)
        if field.unordered and isinstance(value, list) and isinstance(old.value, list):
            known = [one for one in old.value if one in value]
            return known + [one for one in value if one not in old.value]
        return value


def said(desired: Desired) -> Objects:
    """What the files say, in the form in which it is wished for."""
    return {
        name: {key: Wanted(dict(one.fields), one.default) for key, one in section.objects.items()}
        for name, section in desired.sections.items()
    }


def same(kind: Kind, one: Wanted, other: Wanted) -> bool:
    """Whether two say the same, whatever does not count in their fields aside."""
    return (
        one.default == other.default
        and one.fields.keys() == other.fields.keys()
        and all(_equal(kind, name, value, other.fields[name]) for name, value in one.fields.items())
    )


def _equal(kind: Kind, name: str, one: Tagged, other: Tagged) -> bool:
    if isinstance(one, Value) and isinstance(other, Value):
        field = kind.fields.get(name)
        sides = (
            [one.value, other.value]
            if field is None
            else [normalise(field, side.value) for side in (one, other)]
        )
        return equal(sides[0], sides[1])
    return one == other


def stepped(before: Wanted, step: Step) -> Wanted:
    """An object once a step is taken."""
    if step == Drop(("state",)):
        return Wanted(before.fields, default=False)
    after = _taken(before.plain, step)
    others = {name: one for name, one in before.fields.items() if not isinstance(one, Value)}
    named = after if isinstance(after, dict) else {}
    return Wanted({**others, **{name: Value(one) for name, one in named.items()}}, before.default)


def _taken(value: Json, step: Step) -> Json:
    match step:
        case Put() | Insert():
            return with_value(value, step.path, step.value)
        case Drop():
            return without(value, step.path)
        case Relist():
            old = value_at(value, step.path)
            items = old if isinstance(old, list) else []
            new: Json = [one.value if isinstance(one, Fresh) else items[one] for one in step.order]
            return with_value(value, step.path, new)


def value_at(value: Json, path: Path) -> Json:
    """What stands at a path; None where nothing does."""
    for part in path:
        if isinstance(value, dict):
            value = value.get(str(part))
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def with_value(value: Json, path: Path, new: Json) -> Json:
    """A value with another one at a path below."""
    if not path:
        return new
    part, rest = path[0], path[1:]
    if isinstance(value, list) and isinstance(part, int):
        return [with_value(one, rest, new) if index == part else one for index, one in enumerate(value)]
    inner = dict(value) if isinstance(value, dict) else {}
    inner[str(part)] = with_value(inner.get(str(part)), rest, new)
    return inner


def without(value: Json, path: Path) -> Json:
    """A value with nothing at a path below."""
    part, rest = path[0], path[1:]
    if isinstance(value, dict):
        kept = {name: one for name, one in value.items() if rest or name != part}
        return {name: without(one, rest) if name == part else one for name, one in kept.items()}
    if isinstance(value, list):
        return [
            without(one, rest) if index == part else one
            for index, one in enumerate(value)
            if rest or index != part
        ]
    return value


def like(old: str, new: str) -> str:
    """A text with the line ends and the outer white space of the one that it takes the place of."""
    eol = "\r\n" if "\r\n" in old else "\n"
    if not old.strip(_OUTER):
        return text(new).replace("\n", eol) + eol
    lead = old[: len(old) - len(old.lstrip(_OUTER))]
    trail = old[len(old.rstrip(_OUTER)) :]
    return lead + text(new).replace("\n", eol) + trail
