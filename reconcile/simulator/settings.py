"""Settings groups: unknown names are dropped, null changes nothing, and some switches stand in two groups.

A group that the tables do not know follows the contract alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconcile.simulator import organizations, plans
from reconcile.simulator.check import check
from reconcile.simulator.problems import refuse_if_any
from reconcile.simulator.records import blank
from reconcile.simulator.rules import (
    communication_problems,
    instance_problems,
    oauth_problems,
    oauth_stored,
    restriction_problems,
    sender_problems,
    without_unknown_countries,
)
from reconcile.simulator.world import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reconcile.simulator.lag import Record
    from reconcile.simulator.problems import Problem
    from reconcile.simulator.world import Call

Body = dict[str, Any]


def _no_problems(_call: Call, _body: Body) -> Iterable[Problem]:
    """A group without rules beyond the contract."""
    return ()


def _as_sent(_call: Call, body: Body) -> Body:
    """A group that stores what it is sent."""
    return body


def _as_stored(_call: Call, group: Record) -> Record:
    """A group that shows what it stores."""
    return group


def _nothing_else(_call: Call, _before: Record, after: Record) -> Record:
    """A group whose fields do not touch each other."""
    return after


@dataclass(frozen=True, slots=True)
class Group:
    """What the contract does not say about a settings group."""

    object: str
    problems: Callable[[Call, Body], Iterable[Problem]] = _no_problems
    stored: Callable[[Call, Body], Body] = _as_sent
    shown: Callable[[Call, Record], Record] = _as_stored
    follow: Callable[[Call, Record, Record], Record] = _nothing_else
    resets: frozenset[str] = frozenset()
    """Fields in which null means the default and is not ignored."""


def _instance(call: Call, group: Record) -> Record:
    """The identity of the instance, and origins in no particular order."""
    identity = call.world.store.instance
    origins = group["allowed_origins"]
    shuffled = call.world.rng.sample(origins, len(origins)) if origins else origins
    named = {
        "id": identity["id"],
        "environment_type": identity["type"],
        "workspace_id": identity["workspace_id"],
    }
    return {**group, **named, "allowed_origins": shuffled}


def _beta(call: Call, group: Record) -> Record:
    """The group's echo carries the instance's id."""
    return {**group, "id": call.world.store.instance["id"]}


def _origins_kept(_call: Call, body: Body) -> Body:
    """Clearing the allowed origins is accepted and then ignored; an origin is kept once."""
    if not body.get("allowed_origins"):
        return {name: value for name, value in body.items() if name != "allowed_origins"}
    return {**body, "allowed_origins": list(dict.fromkeys(body["allowed_origins"]))}


GROUPS = {
    "instance": Group("instance", instance_problems, _origins_kept, _instance),
    "restrictions": Group("instance_restrictions", restriction_problems),
    "organization_settings": Group(
        "organization_settings",
        organizations.problems,
        organizations.stored,
        organizations.shown,
        organizations.follow,
    ),
    "protect": Group("instance_protect"),
    "communication": Group("instance_communication", communication_problems, without_unknown_countries),
    "oauth_application_settings": Group(
        "oauth_application_settings", oauth_problems, oauth_stored, resets=frozenset({"default_scopes"})
    ),
    "instance_settings": Group("instance_settings", sender_problems, shown=_beta),
}
_SAME_SWITCH = {
    # (group, field): where the switch really is
    ("instance_settings", "restricted_to_allowlist"): ("restrictions", "allowlist"),
    ("instance_settings", "test_mode"): ("instance", "test_mode"),
    ("instance", "cookieless_dev"): ("instance", "url_based_session_syncing"),
}


def read(call: Call) -> Any:
    """The group as a reader sees it."""
    return _shown(call, {name: call.world.seen_group(name) for name in _touched(call.owner)})


def write(call: Call) -> Any:
    """The group after the change; a group whose change is answered without a body answers nothing."""
    known = _known(call)
    body = {name: value for name, value in _meant(call, known).items() if name in _fields(call)}
    refuse_if_any(check(body, call.operation.body or {}))
    plans.require(call.world.options, plans.needed_for(call.owner, body))
    refuse_if_any(known.problems(call, body))
    _store(call, known, known.stored(call, body))
    return _shown(call, {name: call.world.group(name) for name in _touched(call.owner)})


def _meant(call: Call, known: Group) -> Body:
    """The body without the nulls that change nothing."""
    return {name: value for name, value in call.body.items() if value is not None or name in known.resets}


def _fields(call: Call) -> Iterable[str]:
    """The names that this group knows; all others vanish without a word."""
    properties: dict[str, Any] = (call.operation.body or {}).get("properties", call.body)
    return properties


def _store(call: Call, known: Group, changes: Body) -> None:
    """Put every changed field where it lives, then let the group settle."""
    homes: dict[str, Body] = {call.owner: {}}
    for name, value in changes.items():
        home, field = _SAME_SWITCH.get((call.owner, name), (call.owner, name))
        homes.setdefault(home, {})[field] = value
    for home, fields in homes.items():
        before = call.world.group(home)
        after = {**before, **fields}
        settled = known.follow(call, before, after) if home == call.owner else after
        if settled != before:
            call.world.put(SETTINGS, home, settled)


def _touched(owner: str) -> set[str]:
    """The groups whose fields this group shows."""
    return {owner} | {home for (group, _), (home, _) in _SAME_SWITCH.items() if group == owner}


def _shown(call: Call, groups: dict[str, Record]) -> Record:
    """The group with borrowed switches, its object name and what it adds on the way out."""
    known = _known(call)
    mine = {**blank(call.operation.answer or {}), **groups[call.owner]}
    for (group, name), (home, field) in _SAME_SWITCH.items():
        if group == call.owner:
            mine[name] = groups[home].get(field)
    return {**known.shown(call, mine), "object": known.object}


def _known(call: Call) -> Group:
    """The rules of this group, or just its object name from the contract."""
    if call.owner in GROUPS:
        return GROUPS[call.owner]
    properties = (call.operation.answer or {}).get("properties", {})
    return Group(properties.get("object", {}).get("enum", [call.owner])[0])
