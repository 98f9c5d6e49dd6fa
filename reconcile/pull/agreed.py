"""What files and instance agree on once the files have taken over what is live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.baseline import APPLIED, complete_lists
from reconcile.model import Action, Baseline, Declared, Desired, Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Change, Fields, Kind, Plan


def after_pull(
    base: Baseline | None, kinds: Mapping[str, Kind], desired: Desired, plan: Plan, at: str
) -> Baseline:
    """The base once the files want `desired`, of which `plan` says what still differs from the instance.

    What does not differ is agreed on, field by field; of the rest, the base stays as it was. What neither side has any
    more is forgotten. It is at no commit: the files have just been changed.
    """
    before = base.desired.sections if base else {}
    pending = {change.address: change for change in plan.changes}
    pruned = complete_lists(desired, plan)
    found = {}
    for name in before.keys() | desired.sections.keys():
        kind = kinds[name]
        older = before[name].objects if name in before else {}
        objects = desired.sections[name].objects if name in desired.sections else {}
        rows = {
            key: row
            for key in sorted(older.keys() | objects.keys())
            if (row := _row(objects.get(key), older.get(key), pending.get(kind.address(key)))) is not None
        }
        if rows or name in pruned:
            found[name] = Section(APPLIED, rows, prune=name in pruned)
    known = plan.complete or bool(base and base.complete)
    return Baseline(Desired(dict(sorted(found.items()))), at, complete=known)


def _row(declared: Declared | None, older: Declared | None, change: Change | None) -> Declared | None:
    """What is agreed on of one object."""
    if declared is None:
        return older if change else None  # live, and taken out of the files since
    if change is None:
        return Declared(declared.key, APPLIED, declared.fields, default=declared.default)
    if change.action in {Action.CREATE, Action.REVERT}:
        return older
    open_ = {str(item.path[0]) for item in change.fields}
    fields: Fields = {
        **{name: value for name, value in (older.fields if older else {}).items() if name in open_},
        **{name: value for name, value in declared.fields.items() if name not in open_},
    }
    return Declared(declared.key, APPLIED, fields, default=older.default if older else False)
