"""What happens to one declared object."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from reconcile.diff import as_compared, compare, digest
from reconcile.model import (
    ABSENT,
    Action,
    Change,
    FieldChange,
    Finding,
    Match,
    Review,
    Severity,
    Unreadable,
    Unverified,
    Value,
)
from reconcile.plan.body import Wanted, body_to_create, body_to_update, emptied

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Declared, Fields, Json, Kind, Memory, Object, Path, Policy, Tagged


@dataclass(frozen=True, slots=True)
class Decision:
    """What the plan says about one address."""

    address: str
    change: Change | None = None
    in_sync: bool = False
    unmanaged: bool = False
    unverified: tuple[Unverified, ...] = ()
    findings: tuple[Finding, ...] = ()


def decide(
    kind: Kind,
    declared: Declared,
    found: Object | None,
    objects: Mapping[str, Object] | None,
    memory: Memory,
    policy: Policy,
) -> Decision:
    """Choose the action for one declared object; `objects` is None where the kind cannot be read."""
    address = kind.address(declared.key)
    if kind.fixed and found is None:
        return _unknown(kind, declared, objects or {})
    if declared.default and found is not None:
        return _default(kind, declared, found)
    if found is None and not kind.singleton:
        return _create(kind, declared)
    if found is not None and not declared.fields and found.key == declared.key:
        return Decision(address, in_sync=True)
    return _update(kind, declared, found, memory, policy)


def _finding(
    declared: Declared, address: str, message: str, path: Path = (), *, rule: str = "kind"
) -> Finding:
    return Finding(Severity.ERROR, rule, message, address, declared.place(path))


def _unknown(kind: Kind, declared: Declared, objects: Mapping[str, Object]) -> Decision:
    """The service owns the set of members, and this one is not in it."""
    address = kind.address(declared.key)
    near = get_close_matches(declared.key, objects, n=1, cutoff=0)
    hint = f"did you mean {near[0]}?" if near else "the instance has none"
    message = f"the service has no template with this slug; {hint}"
    return Decision(address, findings=(_finding(declared, address, message, rule="unknown-slug"),))


def _default(kind: Kind, declared: Declared, found: Object) -> Decision:
    address = kind.address(declared.key)
    field, override = kind.overridden
    if found.fields.get(field) != override:
        return Decision(address, in_sync=True)
    gone = FieldChange((field,), Value(override), ABSENT)
    return Decision(address, change=_change(kind, declared, found, Action.REVERT, (gone,)))


def _create(kind: Kind, declared: Declared) -> Decision:
    address = kind.address(declared.key)
    body = body_to_create(kind, declared)
    required = (name for name, field in kind.fields.items() if field.required and name not in declared.fields)
    wanted = Wanted(kind, declared, {}, frozenset())
    missing = (*required, *wanted.missing)
    findings = (
        *(_finding(declared, address, f"{name}: is needed to create this; add it") for name in missing),
        *_reviewed(wanted, address),
    )
    everything = {kind.key: Value(declared.key), **declared.fields}
    fields = tuple(FieldChange((name,), ABSENT, value) for name, value in everything.items())
    change = Change(
        address=address,
        kind=kind.name,
        key=declared.key,
        action=Action.CREATE,
        origin=declared.origin,
        fields=fields,
        body=body,
    )
    return Decision(address, change=change, findings=findings)


def _update(kind: Kind, declared: Declared, found: Object | None, memory: Memory, policy: Policy) -> Decision:
    address = kind.address(declared.key)
    live = found.fields if found else None
    differences = list(compare(kind, _not_rewritten(kind, declared, live, memory), live))
    sent, known = _recalled(address, differences, kind, memory, policy)
    renamed = _renamed(kind, declared, found)
    fields = (*renamed, *sent)
    if known:
        carried = _carried(kind, declared, live or {}, differences)
        known = [replace(item, carried=carried) for item in known]
    if not fields:
        return Decision(address, in_sync=not known, unverified=tuple(known))
    action = _action(kind, address, fields, memory)
    wanted = Wanted(kind, declared, live or {}, frozenset(str(field.path[0]) for field in fields))
    body = body_to_create(kind, declared) if action is Action.REPLACE else body_to_update(wanted)
    change = _change(kind, declared, found, action, (*fields, *emptied(wanted)), body)
    findings = (*_missing(wanted), *_reviewed(wanted, address))
    return Decision(address, change=change, unverified=tuple(known), findings=findings)


def _not_rewritten(
    kind: Kind, declared: Declared, live: Mapping[str, Json] | None, memory: Memory
) -> Mapping[str, Tagged]:
    """The declared fields, but for those that are live in the form that the service is known to give to this value."""
    address = kind.address(declared.key)

    def as_expected(name: str, value: Tagged) -> bool:
        if live is None or name not in live or not isinstance(value, Value):
            return False
        got, wanted = as_compared(kind, name, live[name], value.value)
        return memory.rewritten(address, name, wanted, got)

    return {name: value for name, value in declared.fields.items() if not as_expected(name, value)}


def _recalled(
    address: str, differences: Iterable[FieldChange], kind: Kind, memory: Memory, policy: Policy
) -> tuple[list[FieldChange], list[Unverified]]:
    """Split what differs or cannot be read into what has to be sent and what a receipt vouches for."""
    sent, known = [], []
    for field in differences:
        recall = memory.recall(address, field.path, field.after)
        forced = policy.reassert or (address in policy.rotate and kind.fields[str(field.path[0])].write_only)
        if isinstance(field.before, Unreadable) and recall.match is Match.SAME and not forced:
            known.append(Unverified(address, field.path, field.after, recall.at))
        else:
            sent.append(field)
    return sent, known


def _carried(
    kind: Kind, declared: Declared, live: Mapping[str, Json], differences: Iterable[FieldChange]
) -> Mapping[str, Tagged]:
    """What goes along when all that cannot be read back is sent, as a machine without receipts does."""
    unread = frozenset(str(item.path[0]) for item in differences if isinstance(item.before, Unreadable))
    body = body_to_update(Wanted(kind, declared, live, unread))
    return {name: value for name, value in body.items() if name not in unread}


def _renamed(kind: Kind, declared: Declared, found: Object | None) -> tuple[FieldChange, ...]:
    if found is None or found.key == declared.key:
        return ()
    return (FieldChange((kind.key,), Value(found.key), Value(declared.key)),)


def _action(kind: Kind, address: str, fields: Iterable[FieldChange], memory: Memory) -> Action:
    """An assert is a write of which nobody can say whether it changes anything."""
    names = [field for field in fields if not isinstance(field.before, Unreadable)]
    if any(kind.fields[str(field.path[0])].create_only for field in names):
        return Action.REPLACE
    changed = any(memory.recall(address, field.path, field.after).match is Match.OTHER for field in fields)
    return Action.UPDATE if names or changed else Action.ASSERT


def _change(
    kind: Kind,
    declared: Declared,
    found: Object | None,
    action: Action,
    fields: tuple[FieldChange, ...],
    body: Fields | None = None,
) -> Change:
    return Change(
        address=kind.address(declared.key),
        kind=kind.name,
        key=declared.key,
        action=action,
        id=found.id if found else "",
        live_digest=digest(kind, found.fields) if found else "",
        origin=declared.origin,
        fields=fields,
        body=body or {},
        live=_known(kind, found.fields) if found else {},
    )


def _known(kind: Kind, live: Mapping[str, Json]) -> Mapping[str, Tagged]:
    """What is live of the fields that we know to be no secret; nobody can say what is in others."""
    plain = {name for name, field in kind.fields.items() if not field.sensitive}
    return {name: Value(value) for name, value in live.items() if name in plain}


def _missing(wanted: Wanted) -> Iterator[Finding]:
    """What every update of this object must carry, and nobody but the files can supply."""
    address = wanted.kind.address(wanted.declared.key)
    for name in wanted.missing:
        message = (
            f"{name}: the service wants it with every update of this object and never returns it; add it"
        )
        yield _finding(wanted.declared, address, message, rule="missing-secret")


def _reviewed(wanted: Wanted, address: str) -> Iterator[Finding]:
    declared = wanted.declared
    live: Mapping[str, Json] = wanted.live
    for remark in wanted.kind.review(Review(declared.key, declared.fields, live, wanted.changed)):
        message = ": ".join(part for part in (".".join(map(str, remark.path)), remark.message) if part)
        yield Finding(remark.severity, remark.rule, message, address, declared.place(remark.path))
