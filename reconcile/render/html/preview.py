"""What a message or a token was and will be, as a whole: the page fills in a sample and shows both. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Action, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Change, Fields, Json, Kind

Whole = dict[str, "Json"]
_SHOWS = {"html": "message", "text": "text", "claims": "token"}  # which field makes which preview


def preview(kind: Kind, change: Change) -> tuple[str, Whole | None, Whole | None] | None:
    """What to show it as, and its parts before and after; None for a side that is not there or not known.

    A preview is of the whole object, so fields come along that do not change.
    """
    parts = {field.preview: name for name, field in kind.fields.items() if field.preview}
    shown = next((_SHOWS[part] for part in parts if part in _SHOWS), "")
    touched = {str(field.path[0]) for field in change.fields} & set(parts.values())
    if not shown or not (touched or change.action is Action.REVERT):
        return None
    before, after = _sides(change)
    return shown, _whole(parts, before), _whole(parts, after)


def _sides(change: Change) -> tuple[Fields | None, Fields | None]:
    """All that is known of the object before and after."""
    match change.action:
        case Action.CREATE:
            return None, change.body
        case Action.DELETE:
            return {str(field.path[0]): field.before for field in change.fields}, None
        case Action.REVERT:
            return change.live, None
        case _:
            return change.live, {**change.live, **change.body}


def _whole(parts: Mapping[str, str], fields: Fields | None) -> Whole | None:
    if fields is None:
        return None
    found = {part: fields.get(name) for part, name in parts.items()}
    return {part: value.value for part, value in found.items() if isinstance(value, Value)}
