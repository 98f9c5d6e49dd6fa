"""What a client changed, seen from two sides: by what went over the wire, and by what a plan then shows.

Both come out as the same value, a state, so comparing them is comparing two mappings. No I/O here.
"""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tests.conformance.relay import Message

Fields = dict[str, Any]
State = dict[str, Fields]
"""The fields of each object by its address; of objects that nobody declared, only the address."""

# Sections of resource files by kind, and what kind of object each holds.
KEYED = {
    "email_templates": "email_template",
    "sms_templates": "sms_template",
    "jwt_templates": "jwt_template",
}
LISTS = {
    "allowlist": ("allowlist", "identifiers", "identifier"),
    "blocklist": ("blocklist", "identifiers", "identifier"),
    "redirect_urls": ("redirect_url", "urls", "url"),
}

# Kind and natural key of what a collection holds, and the group behind a path.
COLLECTIONS = {
    "/v1/jwt_templates": ("jwt_template", "name"),
    "/v1/allowlist_identifiers": ("allowlist", "identifier"),
    "/v1/blocklist_identifiers": ("blocklist", "identifier"),
    "/v1/redirect_urls": ("redirect_url", "url"),
}
GROUPS = {
    "/v1/instance": "instance",
    "/v1/instance/restrictions": "restrictions",
    "/v1/instance/organization_settings": "organization_settings",
    "/v1/instance/communication": "communication",
    "/v1/instance/protect": "protect",
    "/v1/instance/oauth_application_settings": "oauth_application_settings",
    "/v1/beta_features/instance_settings": "instance_settings",
}
_TEMPLATE = re.compile(r"/v1/templates/(email|sms)/([^/]+)(?:/(revert|toggle_delivery))?")

# One switch under two names: writing the first is writing the second.
_TWINS = {
    ("instance_settings", "restricted_to_allowlist"): ("restrictions", "allowlist"),
    ("instance_settings", "test_mode"): ("instance", "test_mode"),
    ("restrictions", "allowlist"): ("instance_settings", "restricted_to_allowlist"),
    ("instance", "test_mode"): ("instance_settings", "test_mode"),
}
_THERE = {True: "there", False: "not there"}
# Written by id, shown by key; the answer to the write shows the key.
_BY_ID = {"creator_role_id": "creator_role", "domains_default_role_id": "domains_default_role"}


def declared(document: Mapping[str, Any]) -> State:
    """The state that a resource file describes, as plain YAML has it."""
    state: State = {}
    for section, content in document.items():
        if section in KEYED:
            state |= {f"{KEYED[section]}/{key}": dict(fields) for key, fields in content.items()}
        elif section in LISTS:
            kind, member, field = LISTS[section]
            state |= {f"{kind}/{entry}": {field: entry} for entry in content[member]}
        else:
            state[section] = dict(content)
    return state


class Wire:
    """Follows what a client says and hears; knows each object by its address as soon as its id was seen."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], str] = {}

    def address(self, message: Message) -> str | None:
        """The object that a request is about; None for a list, or for what is not ours."""
        self._learn(message)
        if message.path in GROUPS:
            return GROUPS[message.path]
        if found := _TEMPLATE.fullmatch(message.path):
            return f"{found[1]}_template/{found[2]}"
        collection, key = self._entry(message)
        if collection is None or key is None:
            return None
        return f"{COLLECTIONS[collection][0]}/{key}"

    def after(self, state: State, messages: Iterable[Message]) -> State:
        """The state that the good writes among some messages lead to."""
        state = copy.deepcopy(state)
        for message in messages:
            address = self.address(message)
            if address is not None and message.writes and message.took:
                _apply(state, address, message)
        return state

    def _entry(self, message: Message) -> tuple[str | None, str | None]:
        """Collection and natural key of the entry that is read, made, changed or deleted."""
        if message.path in COLLECTIONS:
            name = COLLECTIONS[message.path][1]
            made = message.method == "POST" and isinstance(message.answer, dict)
            return message.path, message.answer.get(name) if made else None
        collection, _, id_ = message.path.rpartition("/")
        known = collection if collection in COLLECTIONS else None
        return known, self._keys.get((collection, id_))

    def _learn(self, message: Message) -> None:
        """Remember the ids in an answer."""
        path = next((one for one in COLLECTIONS if message.path.startswith(one)), None)
        if path is None:
            return
        for entry in _entries(message.answer):
            if isinstance(key := entry.get(COLLECTIONS[path][1]), str):
                self._keys.setdefault((path, str(entry.get("id"))), key)


def _entries(answer: Any) -> list[dict[str, Any]]:
    """The objects in an answer, whichever shape a list has."""
    inner = answer.get("data", [answer]) if isinstance(answer, dict) else answer
    return [one for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []


def _apply(state: State, address: str, message: Message) -> None:
    """One write, as the one who sent it meant it."""
    if message.method == "DELETE":
        state.pop(address, None)
    elif message.path in COLLECTIONS:
        state[address] = {}
    else:
        for name, value in _written(message).items():
            _set(state, address, name, value)
            for twin in filter(None, [_TWINS.get((address, name))]):
                _set(state, *twin, value)


def _set(state: State, address: str, name: str, value: Any) -> None:
    """Only what is declared counts: a plan compares nothing else."""
    if name in state.get(address, {}):
        state[address][name] = value


def _written(message: Message) -> Fields:
    """The fields that a write set; what a revert set is only known from its answer."""
    if message.path.endswith("/revert"):
        return dict(message.answer)
    body = message.body if isinstance(message.body, dict) else {}
    return dict(_as_shown(name, value, message.answer) for name, value in body.items())


def _as_shown(name: str, value: Any, answer: Any) -> tuple[str, Any]:
    """A field under the name that it is read by, with the value that is read."""
    key = _BY_ID.get(name)
    return (name, value) if key is None else (key, answer[key])


def planned(state: State, before: Mapping[str, Any], after: Mapping[str, Any]) -> State:
    """The live state that a plan tells of: the declared one, with everything undone that the plan would do.

    `before` is a plan in which nothing was pending; what is unmanaged in both is nobody's doing.
    """
    state = copy.deepcopy(state)
    for change in after["changes"]:
        _UNDO.get(change["action"], _undo_fields)(state, change)
    return state | {address: {} for address in after["unmanaged"] if address not in before["unmanaged"]}


def _undo_create(state: State, change: Mapping[str, Any]) -> None:
    state.pop(change["address"], None)


def _undo_delete(state: State, change: Mapping[str, Any]) -> None:
    state[change["address"]] = {}


def _undo_fields(state: State, change: Mapping[str, Any]) -> None:
    """Set everything first and take away afterwards, from behind, so that places in lists stay what they are called."""
    fields = state[change["address"]]
    for one in change["fields"]:
        if "value" in one["before"]:
            _put(fields, one["path"], one["before"]["value"])
    for one in reversed(change["fields"]):
        if "value" not in one["before"]:
            _take(fields, one["path"])


_UNDO = {"create": _undo_create, "delete": _undo_delete}


def _put(inside: Any, path: Sequence[str | int], value: Any) -> None:
    """Set one place; the one behind the end of a list makes it longer."""
    *way, last = path
    for step in way:
        inside = inside[step]
    if isinstance(inside, list) and last == len(inside):
        inside.append(value)
    else:
        inside[last] = value


def _take(inside: Any, path: Sequence[str | int]) -> None:
    """Take one place away."""
    *way, last = path
    for step in way:
        inside = inside[step]
    del inside[last]


def unseen(plan: Mapping[str, Any]) -> set[str]:
    """Address and field of what no call returns, as the plan itself says."""
    return {f"{one['address']} {one['path'][0]}" for one in plan["unverified"]}


def differences(one: State, other: State) -> Iterator[tuple[str, str]]:
    """Address with field, and both values as text, of everything in which two states differ."""
    for address in sorted(one.keys() | other.keys()):
        if address not in one or address not in other:
            yield address, f"{_THERE[address in one]} against {_THERE[address in other]}"
            continue
        for name in sorted(one[address].keys() | other[address].keys()):
            mine, theirs = text(one[address].get(name)), text(other[address].get(name))
            if mine != theirs:
                yield f"{address} {name}", f"{mine} against {theirs}"


def text(value: Any) -> str:
    """A value as comparable text: outer white space of texts and the order of lists of texts mean nothing."""
    if isinstance(value, str):
        value = value.strip()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = sorted(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
