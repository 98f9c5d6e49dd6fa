"""A change as the HTTP calls that carry it out, as data. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never
from urllib.parse import quote

from reconcile.model import Action, Call, Ref, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.model import Change, Fields, Kind, Plan


def calls(kind: Kind, change: Change) -> tuple[Call, ...]:
    """The calls of one change, in their order."""
    match change.action:
        case Action.CREATE:
            return (_create(kind, change),)
        case Action.UPDATE | Action.ASSERT:
            return tuple(_update(kind, change))
        case Action.REPLACE:
            return (Call("DELETE", _member(kind, change)), _create(kind, change))
        case Action.DELETE:
            return (Call("DELETE", _member(kind, change)),)
        case Action.REVERT:
            return (Call("POST", f"{_member(kind, change)}/{kind.revert}", repeatable=True),)
        case _:
            assert_never(change.action)


def count(kinds: Mapping[str, Kind], plan: Plan) -> int:
    """How many writes a plan takes."""
    return sum(len(calls(kinds[change.kind], change)) for change in plan.changes)


def _create(kind: Kind, change: Change) -> Call:
    return Call(kind.create or "POST", kind.path, change.body)


def _member(kind: Kind, change: Change) -> str:
    return kind.path if kind.singleton else f"{kind.path}/{quote(change.id, safe='')}"


def _update(kind: Kind, change: Change) -> Iterator[Call]:
    """One call, but for two cases: a shortcut for a single field, and a switch that has to come first."""
    path, verb, body = _member(kind, change), kind.update or "PATCH", change.body
    only = next(iter(body)) if len(body) == 1 else ""
    if only in kind.shortcuts:
        yield Call("POST", f"{path}/{kind.shortcuts[only]}", body, repeatable=True)
    elif body.get(kind.enables) == Value(value=True) and _references(body):
        yield Call(verb, path, {name: value for name, value in body.items() if not isinstance(value, Ref)})
        yield Call(verb, path, _references(body))
    else:
        yield Call(verb, path, body)


def _references(body: Fields) -> Fields:
    return {name: value for name, value in body.items() if isinstance(value, Ref)}
