"""Whether a value that was found elsewhere can stand in a file of ours, and in which form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from reconcile.diff import normalise
from reconcile.model import Why
from reconcile.validate.explain import problems
from reconcile.validate.leaks import veiled
from reconcile.validate.quick import surely_valid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.model import Json, Kind

_HALF = re.compile("[\ud800-\udfff]")
_HIDDEN = re.compile(r"[•●*∙·]{3,}|\W*(?:REDACTED|MASKED|HIDDEN)\W*", re.IGNORECASE)
_SECRET = re.compile(r"(?:secret|private_key|secret_key|signing_key|api_key|password|token)\Z")


class Fit(NamedTuple):
    """A value as a file has it; or why there is none."""

    value: Json
    why: Why | None = None
    reason: str = ""


def fit(kind: Kind, schema: Mapping[str, Any], name: str, value: Json) -> Fit:
    """One field of a kind as a file says it; what nobody has set, and what nobody can want, is no value."""
    field = kind.fields[name]
    if field.sensitive or is_hidden(value):
        variable = f"{kind.name}_{name}".upper()
        return Fit(None, Why.SECRET, f"secret: set it by ${{env:{variable}}}, or any other name")
    if value is None and not field.nullable:
        return Fit(None, Why.UNSET, "null: nobody has set it")
    kept = normalise(field, whole(value), kind.ignored.get(name, frozenset()))
    if kept == "" and name in kind.references:
        return Fit(None, Why.UNSET, "empty: nobody has set it")
    if kept == [] and schema["properties"][name].get("minItems"):
        return Fit(None, Why.UNSET, "empty: nobody has set it, and nobody can set it to that")
    wrong = _objection(schema, {name: kept}) or _halves(kept)
    return Fit(None, Why.UNFIT, wrong) if wrong else Fit(kept)


def _objection(schema: Mapping[str, Any], fields: Mapping[str, Json]) -> str:
    if surely_valid(schema, fields):
        return ""
    return next((message for _, message in problems(schema, fields)), "")


def is_secret(name: str, value: Json) -> bool:
    """Whether a value is secret by its name, its shape, or because somebody has hidden it."""
    return bool(isinstance(value, str) and value and _SECRET.search(name)) or is_hidden(value)


def is_hidden(value: Json) -> bool:
    """Whether somewhere in a value stands what has the shape of a secret, or what somebody wrote in place of one."""
    return any(_HIDDEN.fullmatch(text) or veiled(text) != text for text in _texts(value))


def whole(value: Json) -> Json:
    """The value with whole numbers as such: some programs write 5 as 5.0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole(item) for item in value]
    return {name: whole(item) for name, item in value.items()} if isinstance(value, dict) else value


def _halves(value: Json) -> str:
    broken = any(map(_HALF.search, _texts(value)))
    return "holds half of a character, which no file can" if broken else ""


def _texts(value: Json) -> Iterator[str]:
    """Every text in a value, however deep."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
