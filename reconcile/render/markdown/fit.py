"""How much of everything is shown where not everything can be: each piece gets the same, and what is short is whole."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from reconcile.render.markdown.quote import fence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LIMIT = 65_536
"""What GitHub takes for a comment. It counts characters; `weight` counts more, so that nobody has to know which."""

_LEAST = 400
"""What a piece needs to be of use; where there is no room for that many, the first ones get it."""


def weight(text: str) -> int:
    """The bytes of a text, with line ends of two: never fewer than any way to count characters finds."""
    return len(text.encode("utf-8", "surrogatepass")) + text.count("\n")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines in a fence that may be shown in part, with what stands around it. `stands_for`: so many changes."""

    before: str
    lines: tuple[str, ...]
    after: str = ""
    language: str = "diff"
    noun: str = "lines"
    stands_for: int = 1


@dataclass(frozen=True, slots=True)
class Shown:
    """What became of a block: its text, and how much of it was left out."""

    text: str = ""
    lines: int = 0
    changes: int = 0

    @property
    def cut(self) -> bool:
        """Whether anything was left out."""
        return bool(self.lines or self.changes)


def fit(blocks: Sequence[Block], room: int) -> Iterator[Shown]:
    """Each block as far as there is room, in their order."""
    weights = [_weight(block) for block in blocks]
    share = max(_share(weights, room), _LEAST)
    for block, whole in zip(blocks, weights, strict=True):
        found = _show(block, whole, min(share, room))
        room -= weight(found.text)
        yield found


def _share(weights: Iterable[int], room: int) -> int:
    """How much each may have: those that need less leave the rest to the others."""
    ordered = sorted(weights)
    for place, one in enumerate(ordered):
        left = len(ordered) - place
        if one * left > room:
            return max(room, 0) // left
        room -= one
    return max(ordered, default=0)


def _frame(block: Block) -> tuple[str, str]:
    ticks = fence(block.lines)
    return f"{block.before}{ticks}{block.language}\n", f"{ticks}\n"


def _weight(block: Block) -> int:
    return weight("".join((*_frame(block), block.after))) + sum(map(_line_weight, block.lines))


def _line_weight(line: str) -> int:
    return weight(line) + 2


def _show(block: Block, whole: int, room: int) -> Shown:
    """A block in so much room: all of it, its first lines and a word on the others, or nothing."""
    start, end = _frame(block)
    kept, note = len(block.lines), ""
    if whole > room:
        around = weight(f"{start}{end}{block.after}{_note(block, kept)}")
        kept = bisect_right(list(accumulate(map(_line_weight, block.lines))), room - around)
        note = _note(block, len(block.lines) - kept)
    if not kept:
        return Shown(lines=len(block.lines), changes=block.stands_for)
    lines = "".join(f"{line}\n" for line in block.lines[:kept])
    out = len(block.lines) - kept
    return Shown(f"{start}{lines}{end}{note}{block.after}", out, out if block.stands_for > 1 else 0)


def _note(block: Block, out: int) -> str:
    return f"\n_… and {out:,} more {block.noun}, left out here._\n"
