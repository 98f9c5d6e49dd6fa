"""Two texts held against each other, line by line, with the words that differ marked. No I/O here."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from os.path import commonprefix
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MARK = "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]"  # drawn onto what stands before
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_WORD = rf"(?:\w(?:{_MARK}|[\u200c\u200d])*)+|\s+|{_FLAG}|[^\w\s](?:{_MARK}|\u200d.)*"
_FEW = 2_000  # lines, or words of a line, that can be compared one by one in good time
_ALIKE = 0.6  # how much of two lines has to agree before it helps to mark the rest


class Span(NamedTuple):
    """A part of a line, in characters from its beginning."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line: on both sides (` `), gone (`-`) or new (`+`); numbers count from 1, 0 where a side has it not."""

    sign: str
    text: str
    before: int = 0
    after: int = 0
    marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that differ, with what stands around them; `skipped` lines on both sides stand before it and are alike."""

    lines: tuple[Line, ...]
    skipped: int = 0


def hunks(before: str, after: str, context: int = 3) -> tuple[Hunk, ...]:
    """What differs between two texts. Lines end at line feeds and nowhere else; an empty text has none."""
    old, new = (text.split("\n") if text else [] for text in (before, after))
    found, end = [], 0
    for group in _groups(old, new, context):
        start = group[0].old.start
        lines = tuple(line for block in group for line in _block(block, old, new))
        found.append(Hunk(lines, start - end))
        end = group[-1].old.end
    return tuple(found)


class _Block(NamedTuple):
    """A piece of both texts: alike, or not."""

    alike: bool
    old: Span
    new: Span


def _groups(old: Sequence[str], new: Sequence[str], context: int) -> Iterator[list[_Block]]:
    """Blocks that differ, with their context; those that share it are one group."""
    group: list[_Block] = []
    blocks = _blocks(old, new)
    for place, block in enumerate(blocks):
        if not block.alike:
            group.append(block)
            continue
        first, last = not group, place == len(blocks) - 1
        length = block.old.end - block.old.start
        if not first and not last and length <= 2 * context:
            group.append(block)
            continue
        if not first:
            yield [*group, _cut(block, 0, min(context, length))]
            group = []
        if not last:
            group = [_cut(block, max(0, length - context), length)]
    if group:
        yield group


def _cut(block: _Block, start: int, end: int) -> _Block:
    return _Block(
        block.alike,
        Span(block.old.start + start, block.old.start + end),
        Span(block.new.start + start, block.new.start + end),
    )


def _blocks(old: Sequence[str], new: Sequence[str]) -> list[_Block]:
    """Both texts in blocks, which are in turn alike and not."""
    matcher = SequenceMatcher(None, old, new, autojunk=max(len(old), len(new)) > _FEW)
    return [
        _Block(tag == "equal", Span(old_start, old_end), Span(new_start, new_end))
        for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes()
    ]


def _block(block: _Block, old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    if block.alike:
        for before, after in zip(range(*block.old), range(*block.new), strict=True):
            yield Line(" ", old[before], before + 1, after + 1)
        return
    pairs = list(zip_longest(range(*block.old), range(*block.new)))
    marked = [
        words(old[one], new[other]) if one is not None and other is not None else ((), ())
        for one, other in pairs
    ]
    for (one, _), (marks, _) in zip(pairs, marked, strict=True):
        if one is not None:
            yield Line("-", old[one], before=one + 1, marks=marks)
    for (_, other), (_, marks) in zip(pairs, marked, strict=True):
        if other is not None:
            yield Line("+", new[other], after=other + 1, marks=marks)


def words(before: str, after: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """What of two lines differs, word by word; nothing where they have too little in common for that to help."""
    old, new = re.findall(_WORD, before), re.findall(_WORD, after)
    longest = max(len(old), len(new))
    if longest > _FEW:
        return _edges(before, after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    pairs = [(code[1:3], code[3:]) for code in matcher.get_opcodes() if code[0] != "equal"]
    alike = sum(
        len(old[place]) for one in matcher.get_matching_blocks() for place in range(one.a, one.a + one.size)
    )
    if alike < _ALIKE * max(len(before), len(after)):
        return (), ()
    return _spans(old, [one for one, _ in pairs]), _spans(new, [other for _, other in pairs])


def _edges(before: str, after: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The words between the beginning and the end that two lines share; an empty span shows where some are missing."""
    start = _word(before, len(commonprefix((before, after))))  # noqa: RUF071 - of characters
    rest, other = before[start:][::-1], after[start:][::-1]
    end = _word(rest, len(commonprefix((rest, other))))  # noqa: RUF071 - of characters
    if not start and not end:
        return (), ()
    return (Span(start, len(before) - end),), (Span(start, len(after) - end),)


def _word(text: str, place: int) -> int:
    """The beginning of the word at a place."""
    while place and text[place - 1].isalnum():
        place -= 1
    return place


def _spans(tokens: Sequence[str], ranges: Sequence[tuple[int, ...]]) -> tuple[Span, ...]:
    """Ranges of words as spans of characters; empty ones are left out, and what only a space divides is one."""
    places = [0]
    for token in tokens:
        places.append(places[-1] + len(token))
    found: list[Span] = []
    for start, end in ranges:
        if start == end:
            continue
        span = Span(places[start], places[end])
        if found and not "".join(tokens[_index(places, found[-1].end) : start]).strip():
            span = Span(found.pop().start, span.end)
        found.append(span)
    return tuple(found)


def _index(places: Sequence[int], place: int) -> int:
    """Which word begins at a place."""
    return bisect_left(places, place)
