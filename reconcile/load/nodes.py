"""What a YAML file says and on which line it says it, before anyone asks what it means. No I/O here."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the project: as messages name it, and the folder that paths in it count from."""

    name: str
    folder: Path


class Line(int):
    """A line of another file than the one that its node stands in now: overlays bring their file along."""

    source: Source

    @classmethod
    def of(cls, number: int, source: Source) -> Line:
        """That line of that file; one that knows its file already keeps it."""
        if isinstance(number, Line):
            return number
        line = cls(number)
        line.source = source
        return line


def source_of(line: int, around: Source) -> Source:
    """The file of a line: its own, or that of the nodes around it."""
    return line.source if isinstance(line, Line) else around


class Scalar(NamedTuple):
    """One value as it is written, without its quotes.

    A tuple, because a list of a hundred thousand of these has to be made quickly.
    """

    text: str
    line: int
    plain: bool
    """Neither quoted nor a block of text: only then can it be anything but a string."""
    tag: str | None = None


class Entry(NamedTuple):
    """What stands under one key of a Mapping, and the line of that key."""

    line: int
    node: Node


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, in file order."""

    items: tuple[Node, ...]
    line: int
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A map by the text of its keys, in file order (what `<<` merged in comes first)."""

    entries: dict[str, Entry]
    line: int
    tag: str | None = None


Node: TypeAlias = Scalar | Sequence | Mapping


def from_file(node: Node, source: Source) -> Node:
    """A node that keeps its file when it is put among the nodes of another one."""
    line = Line.of(node.line, source)
    match node:
        case Scalar():
            return node._replace(line=line)
        case Sequence(items, _, tag):
            return Sequence(tuple(from_file(item, source) for item in items), line, tag)
        case Mapping(entries, _, tag):
            return Mapping({name: entry_from(entry, source) for name, entry in entries.items()}, line, tag)


def entry_from(entry: Entry, source: Source) -> Entry:
    """The same for what stands under a key."""
    return Entry(Line.of(entry.line, source), from_file(entry.node, source))


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file: where, and what is wrong; what to do."""

    line: int
    message: str


class Unreadable(Exception):  # noqa: N818  # not an error of ours: it never leaves this package
    """Says that the rest of a file cannot be read, and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{sign + word: math.inf for sign in ("", "+") for word in (".inf", ".Inf", ".INF")},
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}
_NUMBER_STARTS = frozenset("+-.0123456789")
_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[str], int | float]], ...] = (
    # longer runs of digits stay text: Python can be set to refuse them
    (re.compile(r"[-+]?[0-9]{1,640}"), int),
    (re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+"), lambda text: int(text, base=0)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?"), float),
)


def plain_value(scalar: Scalar) -> bool | int | float | str | None:
    """What a value means under the core schema of YAML 1.2; quoted text and blocks of text are always strings.

    Infinities and NaN come back as floats, also `1e999`; whoever needs JSON has to refuse them.
    """
    text = scalar.text
    if not scalar.plain:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    return next((convert(text) for form, convert in _NUMBERS if form.fullmatch(text)), text)
