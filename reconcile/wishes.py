"""Live -> Desired: the wishes that a live state stands for, so that two states are compared by a plan. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Declared, Desired, Origin, Section, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Json, Kind, Live

LIVE = Origin("the live instance")


def declarable(kind: Kind, name: str, value: Json) -> bool:
    """Whether a live field can be wished for as it is."""
    one = kind.fields.get(name)
    if one is None or (name in kind.references and not value):
        return False  # nothing was named, and nothing cannot be looked up
    return (
        kind.writable(name)
        and not one.write_only
        and name != kind.key
        and (value is not None or one.nullable)
    )


def wish(kind: Kind, key: str, fields: Mapping[str, Json], origin: Origin = LIVE) -> Declared:
    """One live object as somebody would have to declare it; a template without an override is the service's own."""
    switch, override = kind.overridden
    if kind.fixed and fields.get(switch) != override:
        return Declared(key, origin, default=True)
    wanted = {
        name: Value(_ours(kind, name, fields[name]))
        for name in kind.fields
        if name in fields and declarable(kind, name, fields[name])
    }
    return Declared(key, origin, wanted)


def _ours(kind: Kind, name: str, value: Json) -> Json:
    """A value without what the service adds to it by itself and takes from nobody."""
    added = kind.ignored.get(name)
    return [entry for entry in value if entry not in added] if added and isinstance(value, list) else value


def wishes(kinds: Mapping[str, Kind], live: Live) -> Desired:
    """All that could be read, as wishes. Nothing more is wished for: what else there is stays as it is."""
    return Desired(
        {
            name: Section(LIVE, {key: wish(kinds[name], key, one.fields) for key, one in objects.items()})
            for name, objects in live.objects.items()
        }
    )
