"""jsonschema's verdict in words that say what to do."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from reconcile.validate.leaks import veiled

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from jsonschema import Draft202012Validator

    from reconcile.model import Path

_ARTICLE = {
    "array": "a list",
    "object": "a map",
    "integer": "a whole number",
    "string": "text",
    "boolean": "true or false",
}
_OLD_BOOLEANS = ["yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"]
_NAMES = {
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "a map",
}


def problems(
    schema: Mapping[str, Any], value: Any, *, without: Collection[str] = ()
) -> Iterator[tuple[Path, str]]:
    """Every violation: the path to the value and what is wrong with it. `without`: names that are no fields here."""
    for error in _validator(id(schema), _Held(schema)).iter_errors(value):
        path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            yield from _unknown_names(error, path, without)
        else:
            yield path, _WORDS.get(str(error.validator), _plain)(error)


class _Held:
    """A schema as an argument of a cache: equal to any other, because the cache goes by its id."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.schema is self.schema


@lru_cache(maxsize=64)
def _validator(_: int, held: _Held) -> Draft202012Validator:
    """One validator for each schema, made once: making it costs more than using it."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - costs 80 ms, and most files are valid

    return Draft202012Validator(held.schema)


def suggest(name: str, known: Iterable[str]) -> str:
    """The rest of a sentence about an unknown name."""
    known = sorted(known)
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known) or 'none'}"


def _unknown_names(error: Any, path: Path, without: Collection[str]) -> Iterator[tuple[Path, str]]:
    known = error.schema.get("properties", {})
    for name in error.instance:
        if name not in known:
            yield (*path, name), f"unknown field; {suggest(name, set(known) - set(without))}"


def _type(error: Any) -> str:
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    names = " or ".join(_ARTICLE.get(name, str(name)) for name in wanted)
    given = "nothing" if error.instance is None else _NAMES[type(error.instance)]
    hint = "; YAML 1.2 reads yes, no, on and off as text" if error.instance in _OLD_BOOLEANS else ""
    return f"must be {names}, not {given}{hint}"


def _plain(error: Any) -> str:
    return veiled(str(error.message))


def _form(error: Any) -> str:
    """A text that is not as it has to be: in the words of its schema, where it has some for that."""
    words = error.schema.get("x-form")
    text = veiled(repr(error.instance))
    return f"{text} is not {words}" if words else f"{text} does not have the form {error.validator_value}"


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "type": _type,
    "minimum": lambda error: f"{error.instance} is less than {error.validator_value}",
    "maximum": lambda error: f"{error.instance} is more than {error.validator_value}",
    "minItems": lambda error: f"needs at least {error.validator_value} entry",
    "maxItems": lambda error: f"has {len(error.instance)} entries, more than {error.validator_value}",
    "enum": lambda error: (
        f"{veiled(repr(error.instance))} is none of {', '.join(repr(item) for item in error.validator_value)}"
    ),
    "pattern": _form,
    "uniqueItems": lambda _: "holds an entry twice; remove one",
}
