"""Where every value of a YAML file stands: its first and last character, its style, its tag and its anchor. No I/O here.

Made from the same events of the same parser as the nodes of the loader, so both see the same values.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml

from reconcile.load.events import BEST_PARSER
from reconcile.load.yaml12 import apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_BLANK = " \t\r\n"
_BLOCK_STYLES = frozenset("|>")


@dataclass(frozen=True, slots=True)
class Spot:
    """One value: `start` is where its tag or anchor begins, `at` where the value itself does, `end` is behind it."""

    start: int
    at: int
    end: int
    line: int
    tag: str | None
    anchor: str | None


@dataclass(frozen=True, slots=True)
class Leaf(Spot):
    """A single value: its text without quotes, and its style: the quote, `|`, `>`, or nothing."""

    text: str
    style: str

    @property
    def block(self) -> bool:
        """Whether it is a block of text, which ends where its last line does."""
        return self.style in _BLOCK_STYLES


@dataclass(frozen=True, slots=True)
class Repeat(Spot):
    """An alias: what stands here stands where `&name` does."""

    name: str


@dataclass(frozen=True, slots=True)
class Items(Spot):
    """A list."""

    flow: bool
    items: tuple[AnySpot, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A key of a map with what stands under it."""

    key: Leaf
    node: AnySpot
    bare: bool = False
    """Whether no colon stands behind the key, so that nowhere is a place for a value."""

    @property
    def end(self) -> int:
        """Behind the value, or behind the colon where there is none."""
        return self.key.end if self.bare else max(self.node.end, self.key.end + 1)


@dataclass(frozen=True, slots=True)
class Members(Spot):
    """A map, in the order of the file."""

    flow: bool
    members: tuple[Member, ...]

    def get(self, name: str) -> Member | None:
        """The member of that key."""
        return next((one for one in self.members if one.key.text == name), None)

    @property
    def merged(self) -> bool:
        """Whether `<<` brings in members that stand elsewhere."""
        return any(one.key.text == "<<" and not one.key.style for one in self.members)


AnySpot: TypeAlias = Leaf | Repeat | Items | Members


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a file with the spots in it."""

    text: str
    root: AnySpot | None
    repeated: frozenset[str]
    """Names of anchors that an alias repeats."""


def page(text: str, tags: frozenset[str]) -> Page:
    """The spots of a text that the loader takes; `tags` are those that may stand in this file."""
    spaced = apart(text, tags)
    found = _Reader(spaced, _back(text, spaced))
    return Page(text, found.root(), frozenset(found.repeated))


def _back(text: str, spaced: str) -> Callable[[int], int]:
    """From places in the text with added spaces to those in the text as it is."""
    if len(text) == len(spaced):
        return lambda place: place
    added, place = [], 0
    for index, character in enumerate(spaced):
        if place < len(text) and text[place] == character:
            place += 1
        else:
            added.append(index)
    return lambda place: place - bisect_right(added, place - 1)


class _Reader:
    """Builds spots from events, one level of recursion for each level of the file."""

    def __init__(self, text: str, back: Callable[[int], int]) -> None:
        self._text = text
        self._events = BEST_PARSER(text)
        self._place = back
        self.repeated: set[str] = set()

    def root(self) -> AnySpot | None:
        event = self._next()
        while not isinstance(event, yaml.NodeEvent | yaml.StreamEndEvent):
            event = self._next()
        return self._spot(event) if isinstance(event, yaml.NodeEvent) else None

    def _next(self) -> Any:
        return self._events.get_event()

    def _spot(self, event: Any) -> AnySpot:
        kind = type(event)
        if kind is yaml.AliasEvent:
            self.repeated.add(event.anchor)
            start, end = (self._place(mark.index) for mark in (event.start_mark, event.end_mark))
            return Repeat(start, start, end, event.start_mark.line + 1, None, None, event.anchor)
        if kind is yaml.ScalarEvent:
            start, at, end = self._extent(event)
            line, style = event.start_mark.line + 1, event.style or ""
            return Leaf(start, at, end, line, event.tag, event.anchor, event.value, style)
        return self._members(event) if kind is yaml.MappingStartEvent else self._items(event)

    def _extent(self, event: Any) -> tuple[int, int, int]:
        """Where a single value begins and ends; a block of text ends with its last line that is not empty."""
        start, end = event.start_mark.index, event.end_mark.index
        at = self._behind_properties(event, start, end)
        if event.style in _BLOCK_STYLES:
            end = at + len(self._text[at:end].rstrip(_BLANK))
        return self._place(start), self._place(at), self._place(end)

    def _behind_properties(self, event: Any, start: int, end: int) -> int:
        """Where a value itself begins, behind its tag and its anchor in whichever order."""
        at = start
        for _ in range((event.tag is not None) + (event.anchor is not None)):
            while at < end and self._text[at] not in _BLANK:
                at += 1
            word_end = at
            while at < end and self._text[at] in _BLANK:
                at += 1
            at = word_end if at >= end else at
        return at

    def _items(self, event: Any) -> Items:
        items = []
        while not isinstance(inner := self._next(), yaml.SequenceEndEvent):
            items.append(self._spot(inner))
        start, at, end = self._around(event, inner, items)
        line = event.start_mark.line + 1
        return Items(start, at, end, line, event.tag, event.anchor, bool(event.flow_style), tuple(items))

    def _members(self, event: Any) -> Members:
        members = []
        while not isinstance(inner := self._next(), yaml.MappingEndEvent):
            key = self._spot(inner)
            value = self._next()
            node = self._spot(value)
            if isinstance(key, Leaf):
                bare = ":" not in self._text[inner.end_mark.index : value.start_mark.index]
                members.append(Member(key, node, bare))
        start, at, end = self._around(event, inner, members)
        line = event.start_mark.line + 1
        return Members(start, at, end, line, event.tag, event.anchor, bool(event.flow_style), tuple(members))

    def _around(self, event: Any, last: Any, inner: Sequence[AnySpot | Member]) -> tuple[int, int, int]:
        """Where a list or map begins and ends; in block style it ends with the last thing in it."""
        opened = event.end_mark.index - (1 if event.flow_style else 0)
        tagged = event.tag is not None or event.anchor is not None
        start = self._place(event.start_mark.index)
        if event.flow_style:
            at = self._flow_start(event) if tagged else event.start_mark.index
            return start, self._place(at), self._place(last.end_mark.index)
        at = self._place(opened) if tagged else start
        return start, at, max([at, *(one.end for one in inner)])

    def _flow_start(self, event: Any) -> int:
        return self._behind_properties(event, event.start_mark.index, event.end_mark.index)


def within(spot: AnySpot) -> Iterator[AnySpot]:
    """A spot and all that stand in it."""
    yield spot
    match spot:
        case Items():
            for item in spot.items:
                yield from within(item)
        case Members():
            for member in spot.members:
                yield from within(member.node)
        case _:
            pass
