"""What stands on one line for a value, and for what is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from reconcile.model import Absent, Ref, Secret, Unreadable, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.model import Json, Tagged

WORDS = {
    "value": "{}",
    "secret": "(secret from {})",
    "ref": "(id of {})",
    "unread": "(cannot be read)",
    "absent": "(nothing)",
}


def in_words(tagged: Tagged, value: Callable[[Json], str], name: Callable[[str], str]) -> str:
    """A value as `value` tells it; of anything else what it is, with the `name` of what it stands for."""
    match tagged:
        case Value(inner):
            return value(inner)
        case Secret(variable, _):
            return WORDS["secret"].format(name(variable))
        case Ref(address):
            return WORDS["ref"].format(name(address))
        case Absent():
            return WORDS["absent"]
        case Unreadable():
            return WORDS["unread"]
        case _:
            assert_never(tagged)


def side_by_side(before: Tagged, after: Tagged) -> tuple[Tagged, Tagged]:
    """Two values with their maps in one order: they have none, and what is the same has to look the same."""
    if isinstance(before, Value) and isinstance(after, Value):
        return Value(_ordered(before.value)), Value(_ordered(after.value))
    return before, after


def _ordered(value: Json) -> Json:
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value)}
    return value
