"""Live -> YAML that says the same: only what can be written, no ids, no time stamps, in a stable order."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from reconcile.diff import normalise
from reconcile.wishes import declarable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.model import Json, Kind, Live, Object

_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def export(kinds: Mapping[str, Kind], live: Live) -> str:
    """One YAML document with a section for each kind that was read."""
    doubled = frozenset(other for name in live.objects for other in kinds[name].twins.values())
    document = {
        kinds[name].section: _section(kinds[name], live.objects[name], doubled)
        for name in sorted(live.objects)
    }
    return "".join(f"{line}\n" for line in _block(document, 0)) if document else "{}\n"


def _section(kind: Kind, objects: Mapping[str, Object], doubled: frozenset[str]) -> Json:
    """What one kind has; `doubled` names the switches that another kind shows already."""
    if kind.singleton:
        fields = next((_fields(kind, found) for found in objects.values()), {})
        return {name: value for name, value in fields.items() if f"{kind.name}.{name}" not in doubled}
    if kind.entries:
        return {kind.entries: [_escape(key) for key in sorted(objects)]}
    field, override = kind.overridden
    kept = (key for key in sorted(objects) if not field or objects[key].fields.get(field) == override)
    return {key: _fields(kind, objects[key]) for key in kept}


def _fields(kind: Kind, found: Object) -> dict[str, Json]:
    """What of an object can be declared: what the service returned and takes back."""
    return {
        name: _escape(normalise(kind.fields[name], value, kind.ignored.get(name, frozenset())))
        for name, value in ((name, found.fields.get(name)) for name in kind.fields)
        if value is not None and declarable(kind, name, value) and not _empty_set(kind, name, value)
    }


def _empty_set(kind: Kind, name: str, value: Json) -> bool:
    """The service ignores an attempt to empty a list of origins, so nobody can want it."""
    return kind.fields[name].unordered and value == []


def _escape(value: Json) -> Json:
    """`${` is ours in files, so live text that holds it is written as `$${`."""
    if isinstance(value, str):
        return value.replace("${", "$${")
    if isinstance(value, list):
        return [_escape(item) for item in value]
    if isinstance(value, dict):
        return {name: _escape(item) for name, item in value.items()}
    return value


def _block(value: Json, depth: int) -> Iterator[str]:
    pad = "  " * depth
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _entry(f"{pad}{_name(name)}:", item, depth)
    elif isinstance(value, list):
        for item in value:
            yield from _entry(f"{pad}-", item, depth)


def _entry(head: str, item: Json, depth: int) -> Iterator[str]:
    if isinstance(item, (dict, list)) and item:
        yield head
        yield from _block(item, depth + 1)
    else:
        yield f"{head} {_scalar(item)}"


def _name(name: str) -> str:
    return name if _BARE.fullmatch(name) and name.lower() not in _WORDS else _scalar(name)


def _scalar(value: Json) -> str:
    """JSON is YAML, but for some characters that YAML does not take as they are."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
