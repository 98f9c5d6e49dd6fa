"""JSON of which nothing is taken on trust: where readers could disagree on what it says, it is refused."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def strict_json(text: str) -> Any:
    """The value in a text; raises ValueError for members that stand twice and for numbers that JSON does not have."""
    return json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose members have different names; of two with one name, readers do not agree which counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice in one object")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
