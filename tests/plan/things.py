"""A made-up kind, and short ways to write the values around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.model import (
    Action,
    Change,
    Declared,
    Desired,
    Field,
    Instance,
    Kind,
    Live,
    Object,
    Origin,
    Section,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Json

THING = Kind(
    name="thing",
    section="things",
    path="/things",
    key="name",
    fields={
        "name": Field("name"),
        "size": Field("size"),
        "shape": Field("shape", create_only=True),
        "secret": Field("secret", write_only=True),
    },
)
SWITCH = Kind(
    name="switch",
    section="switch",
    path="/switch",
    gates={"on": "thing"},
    fields={"on": Field("on"), "other": Field("other")},
)
KINDS = {kind.name: kind for kind in (THING, SWITCH)}
INSTANCE = Instance("ins_1", "development")
HERE = Origin("things.yml", 1)


def declared(key: str = "a", **fields: Any) -> Declared:
    return Declared(key, HERE, {name: Value(value) for name, value in fields.items()})


def desired(*objects: Declared, prune: bool = False, **switch: Any) -> Desired:
    sections = {"thing": Section(HERE, {one.key: one for one in objects}, prune=prune)}
    if switch:
        sections["switch"] = Section(HERE, {"": declared("", **switch)})
    return Desired(sections)


def live(objects: Mapping[str, Mapping[str, Json]], **switch: Any) -> Live:
    """Things by name; a thing's id is its name behind `id-`."""
    things = {key: Object(key, f"id-{key}", {"name": key, **fields}) for key, fields in objects.items()}
    return Live(INSTANCE, {"thing": things, "switch": {"": Object("", "", switch)}})


def change(key: str = "a", action: Action = Action.UPDATE, **words: Any) -> Change:
    return Change(address=f"thing/{key}", kind="thing", key=key, action=action, **words)
