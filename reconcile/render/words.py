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
