"""The way back: what a run found before it changed anything, and the wishes that bring that back. No I/O here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from reconcile.model import Action, Desired, Origin, Secret, Section, Value
from reconcile.wishes import declarable, wish

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from reconcile.model import Change, Declared, Json, Kind, Live, Object, Plan

SNAPSHOT = Origin("the snapshot")
_IN_PART = frozenset(
    {Action.UPDATE, Action.ASSERT}
)  # these touch some fields and leave the others to whoever sets them

_ANEW = "comes back with another id"
_MOST = 20  # objects of which this is told one by one


class Was(StrEnum):
    """What was known of an object before a run."""

    THERE = "there"
    ABSENT = "absent"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Before:
    """One object that a run was going to touch, as it was. `key` is the one it had; `fields` holds no secret."""

    address: str  # under which the run changed it
    kind: str
    action: Action
    was: Was
    key: str = ""
    now: str = ""  # the key that the run gave it
    fields: Mapping[str, Json] = field(default_factory=dict)
    sent: tuple[str, ...] = ()  # the fields that the run sent
    told: bool = False  # creating it made the service write to people


@dataclass(frozen=True, slots=True)
class Undo:
    """Wishes for the addresses that a run touched, and what no wish brings back."""

    desired: Desired
    addresses: frozenset[str]
    gone: frozenset[str]  # those of them that should not be there any more
    added: tuple[str, ...]  # what was not there before, and so was not depended on
    cannot: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """What no wish brings back, a line each; of very many new ids the rest is counted, and they come last."""
        anew = [text for text in self.cannot if text.endswith(_ANEW)]
        more = (f"and {len(anew) - _MOST:,} more, each of which {_ANEW}",) if len(anew) > _MOST else ()
        return (*(text for text in self.cannot if not text.endswith(_ANEW)), *anew[:_MOST], *more)


def snapshot(kinds: Mapping[str, Kind], plan: Plan, live: Live) -> tuple[Before, ...]:
    """What a plan is going to touch, as it is."""
    return tuple(_before(kinds[change.kind], change, live) for change in plan.changes)


def _before(kind: Kind, change: Change, live: Live) -> Before:
    objects = live.objects.get(kind.name)
    found = _found(change, objects or {})
    was = Was.THERE if found else Was.UNSEEN if objects is None else Was.ABSENT
    told = change.body.get(kind.messages) == Value(value=True)
    plain = {kind.overridden[0], *(name for name, one in kind.fields.items() if not one.sensitive)}
    return Before(
        change.address,
        kind.name,
        change.action,
        was,
        found.key if found else change.key,
        change.key,
        {name: value for name, value in (found.fields if found else {}).items() if name in plain},
        tuple(dict.fromkeys(str(item.path[0]) for item in change.fields)),
        told,
    )


def _found(change: Change, objects: Mapping[str, Object]) -> Object | None:
    by_id = (one for one in objects.values() if change.id and one.id == change.id)
    return objects.get(change.key) or next(by_id, None)


def undo(kinds: Mapping[str, Kind], before: Iterable[Before], files: Desired) -> Undo:
    """What has to be wished for so that everything is again as it was.

    Secrets are taken from the `files`: no snapshot holds one, and some updates have to carry it.
    """
    before = tuple(before)
    known = [one for one in before if one.was is not Was.UNSEEN]
    by_kind: dict[str, list[Before]] = {}
    for one in known:
        by_kind.setdefault(one.kind, []).append(one)
    sections = {name: _section(kinds[name], mine, files.sections.get(name)) for name, mine in by_kind.items()}
    addresses = {kinds[one.kind].address(key) for one in known for key in (one.key, one.now)}
    there = {kinds[one.kind].address(one.key) for one in known if one.was is Was.THERE}
    cannot = tuple(text for one in before for text in _lost(kinds[one.kind], one))
    added = tuple(one.address for one in known if one.was is Was.ABSENT)
    return Undo(Desired(sections), frozenset(addresses), frozenset(addresses - there), added, cannot)


def since(before: Before, kind: Kind, live: Live) -> Before:
    """The same, but for what somebody has deleted after the run: all of that has to come back, not only what the run set."""
    objects = live.objects.get(kind.name)
    gone = objects is not None and not {before.key, before.now} & objects.keys()
    return replace(before, action=Action.DELETE) if gone and before.was is Was.THERE else before


def keys_of(change: Change, kind: Kind) -> tuple[str, ...]:
    """The keys under which a change knows its object: the one that it has given it, and the one that it had."""
    former = (
        str(item.before.value)
        for item in change.fields
        if item.path == (kind.key,) and isinstance(item.before, Value) and change.action is not Action.DELETE
    )
    return (change.key, *former)


def without(desired: Desired, impossible: Container[str], kinds: Mapping[str, Kind]) -> Desired:
    """The same wishes but for those that cannot be fulfilled, so that nothing waits for them."""
    return Desired(
        {
            name: replace(
                section,
                objects={
                    key: one
                    for key, one in section.objects.items()
                    if kinds[name].address(key) not in impossible
                },
            )
            for name, section in desired.sections.items()
        }
    )


def _section(kind: Kind, before: Iterable[Before], files: Section | None) -> Section:
    """Complete, because what was not there has to go; that nothing else goes is a matter of what is selected."""
    wanted = files.objects if files else {}
    objects = {one.key: _declared(kind, one, wanted.get(one.key)) for one in before if one.was is Was.THERE}
    return Section(SNAPSHOT, objects, prune=not (kind.singleton or kind.fixed))


def _declared(kind: Kind, before: Before, wanted: Declared | None) -> Declared:
    """What was there: of an object that was touched in part, only that part."""
    told = {kind.overridden[0], *before.sent}
    in_part = before.action in _IN_PART
    fields = {name: value for name, value in before.fields.items() if name in told or not in_part}
    one = wish(kind, before.key, fields, SNAPSHOT)
    if one.default:
        return one
    secrets = wanted.fields.items() if wanted else ()
    kept = {name: value for name, value in secrets if isinstance(value, Secret)}
    renamed_from = before.now if before.now != before.key else ""
    return replace(one, fields={**one.fields, **kept}, renamed_from=renamed_from)


def _lost(kind: Kind, before: Before) -> Iterator[str]:
    """What stays as the run has left it, and what comes back as something else."""
    if before.was is Was.UNSEEN:
        yield f"{before.address}: nobody could read how it was before; set {', '.join(before.sent)} by hand if need be"
        return
    if before.told:
        yield f"{before.address}: the message that was sent because of it"
    if before.was is Was.THERE and before.action in {Action.DELETE, Action.REPLACE} and before.fields:
        yield f"{before.address}: {_ANEW}"
    if before.was is Was.THERE:
        yield from _kept(kind, before)


def _kept(kind: Kind, before: Before) -> Iterator[str]:
    """The fields that stay as they are: those that were not read, and those that were empty and cannot be emptied."""
    sent = [name for name in before.sent if name in kind.fields and kind.writable(name) and name != kind.key]
    unread = [name for name in sent if name not in before.fields]
    if unread:
        yield f"{before.address}: {', '.join(unread)}: nobody could read what it was before, so it stays as it is"
    read = [name for name in sent if name in before.fields]
    if empty := [name for name in read if not declarable(kind, name, before.fields[name])]:
        yield f"{before.address}: {', '.join(empty)}: was empty before, and no call empties it, so it stays as it is"
