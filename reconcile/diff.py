"""Declared against live, field by field. No I/O here: values in, values out."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from reconcile.model import ABSENT, UNREADABLE, FieldChange, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.model import Field, Fields, Json, Kind, Path, Tagged

_OUTER = " \t\r\n"
_LINE_END = re.compile(r"\r\n?")


def text(value: str) -> str:
    """The form in which texts are compared and sent: line ends become LF, outer space, tab, CR and LF are gone."""
    return _LINE_END.sub("\n", value).strip(_OUTER)


def canonical(value: Json) -> str:
    """The same text for JSON values that are equal: numbers by value, keys without order, booleans no numbers."""
    return json.dumps(_numbers(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def equal(one: Json, other: Json) -> bool:
    """JSON equality: `1` is `1.0`, `true` is not `1`, arrays have an order and objects have none."""
    if isinstance(one, str) or isinstance(other, str) or one is None or other is None:
        return one == other
    return canonical(one) == canonical(other)


def _numbers(value: Json) -> Json:
    """Whole floats as integers, all the way down."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    if isinstance(value, dict):
        return {name: _numbers(item) for name, item in value.items()}
    return value


def normalise(field: Field, value: Json, ignored: frozenset[str] = frozenset()) -> Json:
    """A value in the form in which this field is compared: texts and sets lose what does not count."""
    if field.text and isinstance(value, str):
        return text(value)
    if field.unordered and isinstance(value, list):
        kept = {canonical(item): item for item in value if not _among(item, ignored)}
        return [kept[name] for name in sorted(kept)]
    return value


def _among(item: Json, names: frozenset[str]) -> bool:
    return isinstance(item, str) and item in names


def digest(kind: Kind, fields: Mapping[str, Json]) -> str:
    """What an object looked like, in one line: of every field that the service returned, declared or not."""
    plain = {
        name: normalise(kind.fields[name], value) if name in kind.fields else value
        for name, value in fields.items()
    }
    return "sha256:" + hashlib.sha256(canonical(plain).encode("utf-8", "surrogatepass")).hexdigest()


def compare(kind: Kind, declared: Fields, live: Mapping[str, Json] | None) -> Iterator[FieldChange]:
    """Every declared field that is not known to be as wanted; `live` is None where the kind cannot be read.

    A field that cannot be read comes with `before` unreadable: whether it needs sending is not decided here.
    """
    for name, after in declared.items():
        field = kind.fields[name]
        if field.create_only and field.write_only:
            continue
        if live is None or field.write_only or _left_to_the_service(field, after, live):
            yield FieldChange((name,), UNREADABLE, after)
        else:
            yield from _compare_readable(kind, name, live, after)


def _left_to_the_service(field: Field, after: Tagged, live: Mapping[str, Json]) -> bool:
    """Null brings back what the service uses by itself, and no call tells that from the same value chosen."""
    return field.nullable and after == Value(None) and live.get(field.name) is not None


def _compare_readable(
    kind: Kind, name: str, live: Mapping[str, Json], after: Tagged
) -> Iterator[FieldChange]:
    if name not in live:
        yield FieldChange((name,), ABSENT, after)
        return
    wanted = after.value if isinstance(after, Value) else None
    before, expected = as_compared(kind, name, live[name], wanted)
    if not equal(before, expected):
        yield from explain((name,), before, expected if kind.fields[name].text else wanted)


def as_compared(kind: Kind, name: str, live: Json, wanted: Json) -> tuple[Json, Json]:
    """What is live and what is wanted of one field, in the form in which they are held against each other."""
    asked = wanted if isinstance(wanted, list) else []
    added = frozenset(one for one in kind.ignored.get(name, ()) if one not in asked)
    return normalise(kind.fields[name], live, added), normalise(kind.fields[name], wanted)


def explain(path: Path, before: Json, after: Json) -> tuple[FieldChange, ...]:
    """Where inside two different values the difference lies; deepdiff sees nothing but maps known to differ."""
    whole = (FieldChange(path, Value(before), Value(after)),)
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return whole
    from deepdiff import DeepDiff  # noqa: PLC0415 - costs 90 ms, and most plans have nothing to explain

    tree: Mapping[str, Any] = DeepDiff(
        before, after, view="tree", threshold_to_diff_deeper=0, ignore_private_variables=False
    )
    found = (_change(path, item) for items in tree.values() for item in items)
    changes = sorted(
        (change for change in found if change is not None),
        key=lambda change: [str(part) for part in change.path],
    )
    return tuple(changes) or whole


def _change(path: Path, item: Any) -> FieldChange | None:
    """One of deepdiff's findings in our words; none where it sees a difference that JSON does not."""
    before, after = _side(item.t1), _side(item.t2)
    if isinstance(before, Value) and isinstance(after, Value) and equal(before.value, after.value):
        return None
    return FieldChange((*path, *item.path(output_format="list")), before, after)


def _side(value: Any) -> Tagged:
    return ABSENT if type(value).__name__ == "NotPresent" else Value(value)
