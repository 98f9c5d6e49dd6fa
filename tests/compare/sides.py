"""Two environments made of plain values: what is live in each, and what its files want."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.compare import Side, from_files
from reconcile.model import Declared, Desired, Instance, Live, Object, Origin, Plan, Secret, Section, Value
from reconcile.plan import make_plan
from tests.lab import known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Tagged

KINDS = known().kinds


def live(name: str, **kinds: Mapping[str, Mapping[str, Any]]) -> Live:
    """An instance with these objects, by kind and key."""
    return Live(
        Instance(f"ins_{name}", "development"),
        {
            kind: {key: Object(key, f"id_{key}", fields) for key, fields in objects.items()}
            for kind, objects in kinds.items()
        },
    )


def declared(key: str, file: str, **fields: Any) -> Declared:
    """An object that a file wants; plain values are tagged."""
    tagged: dict[str, Tagged] = {
        name: value if isinstance(value, Secret) else Value(value) for name, value in fields.items()
    }
    return Declared(key, Origin(file, 1), tagged)


def section(*objects: Declared, file: str = "base.yml", **words: Any) -> Section:
    return Section(Origin(file, 9), {one.key: one for one in objects}, **words)


def side(name: str, found: Live, **sections: Section) -> Side:
    """An environment, with the plan between its instance and its files."""
    desired = Desired(sections)
    return Side(name, found, desired, make_plan(KINDS, desired, found))


def files(name: str, **sections: Section) -> Side:
    """The files of an environment in place of its instance."""
    return from_files(f"files:{name}", Desired(sections), Plan(name, Instance("", "")))
