"""What the files of one side say about a value of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from reconcile.compare.values import Stand, Standing
from reconcile.model import Action, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconcile.compare.values import Side
    from reconcile.model import Kind, Path, Section

WHOLE = frozenset({Action.CREATE, Action.DELETE, Action.REVERT})
"""What happens to an object as a whole."""

Strayed: TypeAlias = "Mapping[str, Sequence[Path]]"


def standing(kind: Kind, side: Side, strayed: Strayed, key: str, path: Path) -> Stand:
    """How a side that has strayed from its files in some places stands to them at one."""
    section, declared = side.desired.sections.get(kind.name), side.declared(kind).get(key)
    if section is None:
        return Stand(Standing.UNDECLARED)
    if key in section.unset:
        return Stand(Standing.LEFT_ALONE, section.unset[key])
    place = declared.place(path) if declared else section.origin
    if any(_touches(one, path) for one in strayed.get(kind.address(key), ())):
        return Stand(Standing.DRIFTED, place)
    if declared is None:
        return _undeclared(kind, side, key, section)
    if path and path[0] not in declared.fields:
        return Stand(Standing.UNDECLARED)
    return Stand(Standing.DECLARED, place)


def _undeclared(kind: Kind, side: Side, key: str, section: Section) -> Stand:
    """How it stands with an object that no file declares."""
    if side.files and not section.prune:
        return Stand(Standing.LEFT_ALONE, section.origin)
    unmanaged = side.found(kind, key) is not None
    return Stand(Standing.UNMANAGED) if unmanaged else Stand(Standing.DECLARED, section.origin)


def strayed(side: Side) -> Strayed:
    """Where the plan of a side would change something, as far as it can be read."""
    found: dict[str, list[Path]] = {}
    for change in side.plan.changes:
        whole = change.action in WHOLE
        seen = (item.path for item in change.fields if not isinstance(item.before, Unreadable))
        found.setdefault(change.address, []).extend([()] if whole else seen)
    return found


def _touches(changed: Path, path: Path) -> bool:
    """Whether one of two paths leads to the other."""
    length = min(len(changed), len(path))
    return changed[:length] == path[:length]
