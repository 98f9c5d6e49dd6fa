"""The text of one file: its lines and columns, and the splices that change it. No I/O here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconcile.edit.wish import Stuck

if TYPE_CHECKING:
    from collections.abc import Iterable

LINE_END = re.compile(r"\r\n|\r|\n")
_ASKED = re.compile(r"(?:^|[\s{,])(\?)[ \t]+$")
ROOT = -2
"""The column that stands for the outermost values, whose keys are in column 0."""


@dataclass(frozen=True, slots=True, order=True)
class Splice:
    """Characters from `start` to `end` give way to `text`; at one place, what stands deeper comes first."""

    start: int
    end: int
    above: int
    text: str


@dataclass(frozen=True, slots=True)
class Around:
    """Where a value stands: behind `head` (a colon or dash), below a key or dash in column `indent`."""

    head: int
    indent: int
    flow: bool
    depth: int


@dataclass(frozen=True, slots=True)
class Unit:
    """One member or item: where it begins, its dash included, and where it ends."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A text whose last line is ended."""

    text: str
    eol: str

    def after(self, place: int) -> int:
        """The beginning of the line below."""
        found = LINE_END.search(self.text, place)
        return found.end() if found else len(self.text)

    def line_end_of(self, place: int) -> int:
        """The end of the line that a place is in, before the characters that end it."""
        found = LINE_END.search(self.text, place)
        return found.start() if found else len(self.text)

    def line_start(self, place: int) -> int:
        """The beginning of the line that a place is in."""
        return max(self.text.rfind("\n", 0, place), _old_mac(self.text, place)) + 1

    def column(self, place: int) -> int:
        """How far in a place is."""
        return place - self.line_start(place)

    def opens_line(self, place: int) -> bool:
        """Whether nothing but spaces stands before a place in its line."""
        return not self.text[self.line_start(place) : place].strip(" ")

    def asked(self, place: int) -> int:
        """Where a key begins that stands at a place: with the `?` before it, if there is one."""
        begin = self.line_start(place)
        found = _ASKED.search(self.text[begin:place])
        return begin + found.start(1) if found else place

    def lines(self, lines: Iterable[str]) -> str:
        """Lines as they stand in this text."""
        return "".join(f"{line}{self.eol}" for line in lines)

    def insert(self, place: int, lines: Iterable[str], around: Around) -> Splice:
        """Lines that come in at the beginning of another."""
        return self.splice(place, place, self.lines(lines), around)

    def splice(self, start: int, end: int, text: str, around: Around) -> Splice:
        """Another text from `start` to `end`."""
        return Splice(start, end, -around.depth, text)


def line_end(text: str) -> str:
    """How the lines of a text end: as the first one does."""
    found = LINE_END.search(text)
    return found[0] if found else "\n"


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """The text with all splices made; what two of them claim is an error in here."""
    parts, place = [], 0
    for one in sorted(splices, key=lambda one: (one.start, one.end, one.above)):
        if one.start < place:
            raise Stuck("two changes meet in the same place; change one of them by hand")
        parts += [text[place : one.start], one.text]
        place = one.end
    return "".join([*parts, text[place:]])


def _old_mac(text: str, place: int) -> int:
    """The last line end before a place that is a carriage return alone."""
    found = text.rfind("\r", 0, place)
    return -1 if found >= 0 and text.startswith("\n", found + 1) else found
