"""What files and instance last agreed on, once a run has ended: the base that tells who has changed what since.

    base --+-- differs from the files only:     changed in the files
           +-- differs from the instance only:  changed on the instance
           +-- differs from both:               changed in both

No I/O here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.model import ABSENT, Action, Baseline, Declared, Desired, Origin, Section, Status

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from reconcile.model import Change, Kind, Outcome, Plan, Tagged
    from reconcile.rollback import Undo

APPLIED = Origin("the last apply")
_NOTHING = Desired()
_Objects = dict[str, dict[str, Declared]]


def after_apply(
    base: Baseline | None,
    kinds: Mapping[str, Kind],
    desired: Desired,
    plan: Plan,
    outcomes: Iterable[Outcome],
    at: str,
) -> Baseline:
    """The base once a plan made from `desired` was carried out: what is in sync or done is agreed on.

    A plan of everything leaves nothing in the base that the files do not declare any more; of what did not take, the
    base stays as it was.
    """
    outcomes = tuple(outcomes)
    old, done = _objects(base), _done(outcomes)
    agreed = done | plan.unchanged
    found: _Objects = {}
    for name, section in desired.sections.items():
        kind, older = kinds[name], old.get(name, {})
        chosen = {
            key: _kept(one) if kind.address(key) in agreed else older.get(key)
            for key, one in section.objects.items()
        }
        rest = (_still_there if plan.complete else _not_gone)(kind, older, plan, done)
        found[name] = {**rest, **{key: one for key, one in chosen.items() if one}}
    others = {} if plan.complete else {name: rows for name, rows in old.items() if name not in found}
    pruned = _pruned(base) & {name for name, one in desired.sections.items() if one.prune}
    if plan.complete:
        pruned = complete_lists(desired, plan, done)
    after = _at(base, {**others, **found}, pruned, plan, outcomes, at)
    return replace(after, complete=plan.complete or bool(base and base.complete))


def after_plan(
    base: Baseline | None, kinds: Mapping[str, Kind], plan: Plan, outcomes: Iterable[Outcome], at: str
) -> Baseline:
    """The base once a plan was carried out of which only the changes are known, such as a saved one."""
    outcomes = tuple(outcomes)
    found, done = _objects(base), _done(outcomes)
    for change in plan.changes:
        if change.address in done:
            _note(kinds[change.kind], found.setdefault(change.kind, {}), change)
    after = _at(base, found, _pruned(base), plan, outcomes, at)
    return replace(after, complete=bool(base and base.complete))


def after_rollback(
    base: Baseline | None,
    kinds: Mapping[str, Kind],
    undo: Undo,
    plan: Plan,
    outcomes: Iterable[Outcome],
    at: str,
) -> Baseline:
    """The base once a rollback was carried out: the instance is at no commit any more.

    What needed no change, because a rollback that was cut off had brought it back, is agreed on as well.
    """
    outcomes = tuple(outcomes)
    done, pending = _done(outcomes), {change.address for change in plan.changes}
    agreed, gone = done | plan.unchanged, undo.gone - (pending - done)
    found = _objects(base)
    for name, section in undo.desired.sections.items():
        kind, rows = kinds[name], found.setdefault(name, {})
        for key, one in section.objects.items():
            if kind.address(key) in agreed:
                rows[key] = _joined(rows.get(key) or rows.get(one.renamed_from), one)
        found[name] = {key: one for key, one in rows.items() if kind.address(key) not in gone}
    after = _at(base, found, _pruned(base), plan, outcomes, at)
    return replace(after, revision="", dirty=False, complete=bool(base and base.complete))


def _joined(older: Declared | None, now: Declared) -> Declared:
    """What was agreed on of an object, and now is."""
    fields = older.fields if older else {}
    return replace(_kept(now), fields={} if now.default else {**fields, **now.fields})


def complete_lists(desired: Desired, plan: Plan, done: Container[str] = ()) -> set[str]:
    """Kinds of which nothing is there but what is declared, once these addresses of a plan are done."""
    deletes = (change for change in plan.changes if change.action is Action.DELETE)
    left = {change.kind for change in deletes if change.address not in done}
    return {name for name, section in desired.sections.items() if section.prune} - left


def after_adoption(base: Baseline | None, objects: Iterable[tuple[str, Declared]], at: str) -> Baseline:
    """The base once the files say of these objects, each with the name of its kind, what the instance says.

    It is at no commit: the files have just been changed.
    """
    found = _objects(base)
    for name, one in objects:
        rows = found.setdefault(name, {})
        before = rows.get(one.key, Declared(one.key, APPLIED))
        rows[one.key] = Declared(one.key, APPLIED, {**before.fields, **one.fields})
    return replace(
        base or Baseline(_NOTHING), desired=_wishes(found, _pruned(base)), at=at, revision="", dirty=False
    )


def _objects(base: Baseline | None) -> _Objects:
    sections = (base.desired if base else _NOTHING).sections
    return {name: dict(section.objects) for name, section in sections.items()}


def _done(outcomes: Iterable[Outcome]) -> set[str]:
    return {outcome.address for outcome in outcomes if outcome.status is Status.DONE}


def _kept(declared: Declared) -> Declared:
    """What is remembered of a declaration: what it says, not where."""
    return Declared(declared.key, APPLIED, declared.fields, default=declared.default)


def _pruned(base: Baseline | None) -> set[str]:
    """Kinds of which nothing but the objects of the base was there."""
    sections = (base.desired if base else _NOTHING).sections
    return {name for name, section in sections.items() if section.prune}


def _still_there(
    kind: Kind, older: Mapping[str, Declared], plan: Plan, done: set[str]
) -> Mapping[str, Declared]:
    """What was agreed on before and should have gone, and did not."""
    left = {change.key for change in plan.changes if change.kind == kind.name} - {
        change.key for change in plan.changes if change.action is not Action.DELETE or change.address in done
    }
    return {key: one for key, one in older.items() if key in left}


def _not_gone(
    kind: Kind, older: Mapping[str, Declared], plan: Plan, done: set[str]
) -> Mapping[str, Declared]:
    """What was agreed on before, but for what a selection of changes has taken away."""
    gone = {
        key
        for change in plan.changes
        if change.address in done and change.kind == kind.name
        for key in _leaving(kind, change)
    }
    return {key: one for key, one in older.items() if key not in gone}


def _leaving(kind: Kind, change: Change) -> Iterable[str]:
    """The keys that are not there any more after a change."""
    if change.action is Action.DELETE:
        yield change.key
    for item in change.fields:
        if item.path == (kind.key,) and change.action is not Action.CREATE:
            yield str(getattr(item.before, "value", ""))


def _note(kind: Kind, rows: dict[str, Declared], change: Change) -> None:
    """Bring what a change did into what is agreed on of its kind."""
    older = rows.get(change.key) or next((rows[key] for key in _leaving(kind, change) if key in rows), None)
    for key in _leaving(kind, change):
        rows.pop(key, None)
    if change.action is Action.REVERT:
        rows[change.key] = Declared(change.key, APPLIED, default=True)
    elif change.action is not Action.DELETE:
        fresh = change.action in {Action.CREATE, Action.REPLACE}
        fields = {} if fresh or older is None else dict(older.fields)
        rows[change.key] = Declared(change.key, APPLIED, _with(kind, fields, change))


def _with(kind: Kind, fields: dict[str, Tagged], change: Change) -> dict[str, Tagged]:
    """Fields as a change leaves them: the whole value of each that it touches."""
    for item in change.fields:
        name = str(item.path[0])
        value = item.after if len(item.path) == 1 else change.body.get(name, ABSENT)
        if name == kind.key:
            continue
        if value == ABSENT:
            fields.pop(name, None)
        else:
            fields[name] = value
    return fields


def _at(
    base: Baseline | None,
    objects: _Objects,
    pruned: set[str],
    plan: Plan,
    outcomes: tuple[Outcome, ...],
    at: str,
) -> Baseline:
    desired = _wishes(objects, pruned)
    if plan.complete and all(outcome.status is Status.DONE for outcome in outcomes):
        return Baseline(desired, at, plan.source.revision, plan.source.dirty)
    return replace(base or Baseline(_NOTHING), desired=desired, at=at)


def _wishes(objects: _Objects, pruned: set[str]) -> Desired:
    names = sorted({*(name for name, rows in objects.items() if rows), *pruned})
    return Desired({name: Section(APPLIED, objects.get(name, {}), prune=name in pruned) for name in names})
