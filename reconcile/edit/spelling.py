"""JSON values as YAML text that our loader reads as just these values, in the style of what stood there. No I/O here."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from reconcile.load.nodes import Scalar, plain_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconcile.model import Json

WIDEST = 100
"""Characters of a line up to which a list of single values stands on one line."""

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_PLAIN = re.compile(r"[A-Za-z_/(][^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]*")
_NOT_PLAIN = re.compile(r":(?=\s|$)|\s#|\s$")
_FLOW = re.compile(r"[,\[\]{}]|:(?=[^\s/])")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Words that other readers of YAML take for something else than text."""


@dataclass(frozen=True, slots=True)
class Raw:
    """What is written as it is, such as `!file bodies/a.html`."""

    text: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A value with comments below it."""

    value: Writable
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spaced:
    """A map whose members stand apart from each other."""

    members: Mapping[str, Writable]


Writable: TypeAlias = "Json | Raw | Noted | Spaced | Sequence[Writable] | Mapping[str, Writable]"


def escaped(value: Json) -> Json:
    """`${` is ours in files, so live text that holds it is written as `$${`."""
    if isinstance(value, str):
        return value.replace("${", "$${")
    if isinstance(value, list):
        return [escaped(item) for item in value]
    if isinstance(value, dict):
        return {name: escaped(item) for name, item in value.items()}
    return value


def scalar(value: Writable, style: str = "", *, flow: bool = False) -> str:
    """A single value on one line, or an empty list or map; text in the given style where that can hold it."""
    if isinstance(value, Raw):
        return value.text
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    if style == "'" and _single(value):
        return "'" + value.replace("'", "''") + "'"
    if style not in {'"', "'"} and _plain(value, flow=flow):
        return value
    if style != '"' and '"' in value and _single(value):
        return "'" + value.replace("'", "''") + "'"
    return _double(value)


def key(name: str, *, flow: bool = False) -> str:
    """A key of a map: `<<` and what starts a special key are quoted like any odd text."""
    return scalar(name, flow=flow)


def flowing(value: Writable) -> str:
    """Any value on one line; comments have no place there."""
    if isinstance(value, Noted):
        return flowing(value.value)
    if isinstance(value, Spaced):
        return flowing(value.members)
    if isinstance(value, list) and value:
        return "[" + ", ".join(flowing(item) for item in value) + "]"
    if isinstance(value, dict) and value:
        inner = (f"{key(name, flow=True)}: {flowing(item)}" for name, item in value.items())
        return "{" + ", ".join(inner) + "}"
    return scalar(value, flow=True)


def entry(name: str, value: Writable, indent: int) -> Iterator[str]:
    """The lines of `key: value` in block style."""
    yield from _headed(f"{' ' * indent}{key(name)}:", value, indent)


def item(value: Writable, indent: int) -> Iterator[str]:
    """The lines of `- value` in block style."""
    if isinstance(value, dict) and value:
        first, *rest = (line for name, inner in value.items() for line in entry(name, inner, indent + 2))
        yield f"{' ' * indent}- {first[indent + 2 :]}"
        yield from rest
    else:
        yield from _headed(f"{' ' * indent}-", value, indent)


def _headed(head: str, value: Writable, indent: int) -> Iterator[str]:
    if isinstance(value, Noted):
        yield from _headed(head, value.value, indent)
        yield from (f"{' ' * (indent + 2)}# {note}".rstrip() for note in value.notes)
        return
    if isinstance(value, Spaced):
        yield head
        for index, (name, inner) in enumerate(value.members.items()):
            yield from ([""] if index else [])
            yield from entry(name, inner, indent + 2)
    elif isinstance(value, dict) and value:
        yield head
        for name, inner in value.items():
            yield from entry(name, inner, indent + 2)
    elif isinstance(value, list) and value:
        yield from _list(head, value, indent)
    elif isinstance(value, str) and "\n" in value and (block := text_block(value, indent + 2)):
        header, *rest = block
        yield f"{head} {header}"
        yield from rest
    else:
        yield f"{head} {scalar(value)}"


def _list(head: str, value: Sequence[Writable], indent: int) -> Iterator[str]:
    single = not any(isinstance(one, dict | list) for one in value)
    line = f"{head} {flowing(list(value))}"
    if single and len(line) <= WIDEST:
        yield line
        return
    yield head
    for one in value:
        yield from item(one, indent + 2)


def text_block(value: str, indent: int) -> list[str]:
    """A text of several lines as a block: its header and its lines; empty where a block cannot hold it."""
    body = value.rstrip("\n")
    ends = len(value) - len(body)
    lines = body.split("\n")
    if ends > 1 or _UNSAFE.search(value) or not lines[0].strip(" \t") or not lines[-1].strip(" \t"):
        return []
    deeper = "2" if lines[0][0] in " \t" else ""
    pad = " " * indent
    return [f"|{deeper}{'' if ends else '-'}", *(f"{pad}{line}" if line else "" for line in lines)]


def _plain(value: str, *, flow: bool) -> bool:
    """Whether a text may stand without quotes, and looks like text to everybody."""
    return (
        _PLAIN.fullmatch(value) is not None
        and _NOT_PLAIN.search(value) is None
        and not (flow and _FLOW.search(value))
        and value.lower() not in _WORDS
        and plain_value(Scalar(value, 0, plain=True)) == value
    )


def _single(value: str) -> bool:
    """Whether single quotes can hold a text on one line."""
    return _UNSAFE.search(value) is None and "\n" not in value and "\t" not in value


def _double(value: str) -> str:
    """JSON is YAML, but for some characters that YAML does not take as they are."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
