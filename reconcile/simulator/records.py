"""Things that come and go: listed, read, created, changed and deleted, each collection with rules of its own.

A collection that the table does not know follows the contract alone, so that a new slice of `openapi.yml` is
served at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconcile.simulator import identifiers, jwt, plans, redirects
from reconcile.simulator.check import check
from reconcile.simulator.paging import page
from reconcile.simulator.problems import refuse, refuse_if_any
from reconcile.simulator.shape import item_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reconcile.simulator.contract import Schema
    from reconcile.simulator.lag import Record
    from reconcile.simulator.problems import Problem
    from reconcile.simulator.world import Call

Body = dict[str, Any]


def _no_problems(_call: Call, _body: Body, _old: Record | None) -> Iterable[Problem]:
    """A collection without rules beyond the contract."""
    return ()


def _as_sent(_call: Call, body: Body, _old: Record | None) -> Body:
    """A collection that stores what it is sent."""
    return body


def _deletable(_record: Record) -> None:
    """A collection whose entries can all be deleted."""


@dataclass(frozen=True, slots=True)
class Collection:
    """What the contract does not say about a collection."""

    object: str
    prefix: str
    problems: Callable[[Call, Body, Record | None], Iterable[Problem]] = _no_problems
    stored: Callable[[Call, Body, Record | None], Body] = _as_sent
    before_delete: Callable[[Record], None] = _deletable
    defaults: Mapping[str, Any] = field(default_factory=dict)


COLLECTIONS = {
    "jwt_templates": Collection(
        "jwt_template", "jtmp_", jwt.problems, jwt.stored, jwt.before_delete, defaults=jwt.DEFAULTS
    ),
    "allowlist_identifiers": Collection(
        "allowlist_identifier", "alid_", identifiers.problems, identifiers.stored_allowed
    ),
    "blocklist_identifiers": Collection(
        "blocklist_identifier", "blid_", identifiers.problems, identifiers.stored
    ),
    "redirect_urls": Collection("redirect_url", "ru_", redirects.problems),
}


def read_list(call: Call) -> Any:
    """A page of the collection, newest first."""
    _require_plan(call)
    return page(call, list(call.world.listed(call.owner))[::-1])


def read_one(call: Call) -> Any:
    """One entry, as a reader sees it."""
    _require_plan(call)
    record = call.world.seen(call.owner, call.key)
    if record is None:
        raise _missing(call)
    return record


def create(call: Call) -> Any:
    """A new entry with an id and time stamps."""
    _require_plan(call)
    known = _known(call)
    stored = _accepted(call, known, None)
    now = call.world.milliseconds()
    key = call.world.new_id(known.prefix)
    stamps = {"instance_id": call.world.store.instance["id"], "created_at": now, "updated_at": now}
    record = {**known.defaults, **stored, **stamps, "object": known.object, "id": key}
    call.world.put(call.owner, key, record)
    return record


def update(call: Call) -> Any:
    """The entry with what was sent in place of what was there."""
    _require_plan(call)
    old = _existing(call)
    stored = _accepted(call, _known(call), old)
    record = {**old, **stored, "updated_at": call.world.milliseconds()}
    call.world.put(call.owner, call.key, record)
    return record


def delete(call: Call) -> Any:
    """The entry is gone; the answer says which one it was."""
    _require_plan(call)
    old = _existing(call)
    _known(call).before_delete(old)
    call.world.remove(call.owner, call.key)
    return {"object": old["object"], "id": call.key, "deleted": True}


def _accepted(call: Call, known: Collection, old: Record | None) -> Body:
    """What to store of the body, if nothing is wrong with it."""
    refuse_if_any(check(call.body, call.operation.body or {}))
    plans.require(call.world.options, plans.needed_for(call.owner, call.body))
    refuse_if_any(known.problems(call, call.body, old))
    return known.stored(call, call.body, old)


def _existing(call: Call) -> Record:
    """The entry as it is."""
    record = call.world.store.get(call.owner, call.key)
    if record is None:
        raise _missing(call)
    return record


def _missing(call: Call) -> Exception:
    """There is no such entry."""
    return refuse("resource_not_found", what=_known(call).object, value=call.key)


def _require_plan(call: Call) -> None:
    """Some collections are closed without the feature, also for reading and deleting."""
    feature = plans.COLLECTIONS.get(call.owner)
    plans.require(call.world.options, [feature] if feature else [])


def _known(call: Call) -> Collection:
    """The rules of this collection, or what the contract lets us guess."""
    return COLLECTIONS.get(call.owner) or _guessed(call)


def _guessed(call: Call) -> Collection:
    """A collection made from the contract: its object name, an id prefix, and a value for every required member."""
    schema = item_schema(call.operation.answer or {})
    named = schema.get("properties", {}).get("object", {}).get("enum", [call.owner.removesuffix("s")])
    prefix = "".join(word[0] for word in named[0].split("_")) + "_"
    return Collection(named[0], prefix, defaults=blank(schema))


_BLANK: dict[str, Any] = {
    "string": "",
    "integer": 0,
    "number": 0,
    "boolean": False,
    "array": [],
    "object": {},
}


def blank(schema: Schema) -> dict[str, Any]:
    """A value for every member that an answer must have: its default, null, or nothing much."""
    members = ((name, schema["properties"].get(name, {})) for name in schema.get("required", []))
    return {
        name: member.get(
            "default", None if member.get("nullable") else _BLANK.get(member.get("type", "string"))
        )
        for name, member in members
    }
