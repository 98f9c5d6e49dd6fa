"""Made-up kinds that can do harm, and short ways to judge a plan of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.guard import guard
from reconcile.model import (
    Declared,
    Desired,
    Field,
    Instance,
    Kind,
    Live,
    Object,
    Origin,
    Rules,
    Section,
    Value,
)
from reconcile.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Finding, Plan

GUEST = Kind(
    name="guest",
    section="guests",
    path="/guests",
    key="name",
    entries="names",
    admits=True,
    messages="write",
    fields={
        "name": Field("name", create_only=True),
        "write": Field("write", write_only=True, create_only=True),
    },
)
BANNED = Kind(name="banned", section="banned", path="/banned", key="name", fields={"name": Field("name")})
DOOR = Kind(
    name="door",
    section="door",
    path="/door",
    gates={"guests_only": "guest", "no_banned": "banned"},
    fields={"guests_only": Field("guests_only"), "no_banned": Field("no_banned"), "paint": Field("paint")},
)
GATE = Kind(
    name="gate", section="gate", path="/gate", gates={"strict": "guest"}, fields={"strict": Field("strict")}
)
LETTER = Kind(
    name="letter",
    section="letters",
    path="/letters",
    key="name",
    hands_over="we_send",
    fields={
        "name": Field("name"),
        "we_send": Field("we_send"),
        "text": Field("text"),
        "paper": Field("paper", create_only=True),
    },
)
ROAD = Kind(
    name="road",
    section="roads",
    path="/roads",
    key="name",
    update=None,
    family=lambda name: f"the town {town}" if (town := name.partition(":")[0]) != name else "",
    fields={"name": Field("name", create_only=True)},
)
KINDS = {kind.name: kind for kind in (GUEST, BANNED, DOOR, GATE, LETTER, ROAD)}
INSTANCE = Instance("ins_1", "production")
HERE = Origin("house.yml", 1)


def rows(kind: str, objects: Any) -> dict[str, dict[str, Any]]:
    """Objects by key, written as a list of keys, as fields by key, or as the fields of what exists once."""
    if KINDS[kind].singleton:
        return {"": objects}
    return objects if isinstance(objects, dict) else {key: {} for key in objects}


def files(**sections: Any) -> Desired:
    """What the files want, by kind; what they leave out is deleted."""
    return Desired(
        {name: Section(HERE, declared(rows(name, objects)), prune=True) for name, objects in sections.items()}
    )


def declared(objects: Mapping[str, Mapping[str, Any]]) -> dict[str, Declared]:
    """One object a line, below the line of their section."""
    return {
        key: Declared(key, Origin("house.yml", line), {name: Value(value) for name, value in one.items()})
        for line, (key, one) in enumerate(objects.items(), start=2)
    }


def live(**kinds: Any) -> Live:
    """What is there, by kind; an id is a key behind `id-`."""
    found = {
        name: {
            key: Object(key, f"id-{key}", {KINDS[name].key: key, **fields})
            for key, fields in rows(name, objects).items()
        }
        for name, objects in kinds.items()
    }
    return Live(INSTANCE, found)


def planned(desired: Desired, there: Live) -> Plan:
    return make_plan(KINDS, desired, there, environment="production")


def judged(desired: Desired, there: Live, **rules: Any) -> tuple[Finding, ...]:
    """What the guards say to the plan between the two; takes the same words as Rules."""
    return guard(planned(desired, there), KINDS, desired, there, Rules(**rules)).findings


def rules_broken(desired: Desired, there: Live, **rules: Any) -> list[str]:
    """The names of the rules that such a plan breaks."""
    return [finding.rule for finding in judged(desired, there, **rules)]
