"""Drift that somebody knows of is kept out of sight, for a reason and until a day."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from reconcile.drift.classify import combined
from reconcile.model import Found, Hidden

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.model import Difference, Drifted, Ignore


def expired(rules: Iterable[Ignore], today: str) -> tuple[Ignore, ...]:
    """Rules whose last day is over; `today` is a day in UTC such as 2027-01-15."""
    return tuple(rule for rule in rules if rule.expires < today)


def sort_out(
    objects: Iterable[Drifted], rules: Iterable[Ignore], today: str
) -> tuple[tuple[Drifted, ...], tuple[Hidden, ...]]:
    """What is to be seen, and what the rules that still hold keep out of sight; the first rule that means it counts."""
    valid = [rule for rule in rules if rule.expires >= today]
    seen: list[Drifted] = []
    hidden: list[Hidden] = []
    for one in objects:
        left: Drifted | None = one
        for rule in valid:
            left, away = _parted(left, rule) if left else (None, None)
            if away:
                hidden.append(Hidden(rule, away))
        if left:
            seen.append(left)
    return tuple(seen), tuple(hidden)


def _parted(one: Drifted, rule: Ignore) -> tuple[Drifted | None, Drifted | None]:
    """What of an object a rule leaves in sight, and what it takes away."""
    if one.address != rule.address and not fnmatchcase(one.address, rule.address):
        return one, None
    if not rule.field:
        return None, one
    if one.found is not Found.CHANGED:
        return one, None  # that a whole object is there, or is not, is no matter of one field
    away = tuple(item for item in one.fields if _meant(item, rule.field))
    left = tuple(item for item in one.fields if item not in away)
    return _with(one, left), _with(one, away)


def _meant(item: Difference, field: str) -> bool:
    """Whether a rule means this field: it, one that it lies in, or a glob."""
    name = ".".join(map(str, item.path))
    return name == field or name.startswith(f"{field}.") or fnmatchcase(name, field)


def _with(one: Drifted, fields: tuple[Difference, ...]) -> Drifted | None:
    return replace(one, fields=fields, side=combined(item.side for item in fields)) if fields else None
