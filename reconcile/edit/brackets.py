"""Members and items in brackets, with commas between: how they come and go. No I/O here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconcile.edit.paper import Around, Paper, Splice, Unit
    from reconcile.edit.spots import Items, Members

_COMMA = re.compile(r"(?:\s|#[^\r\n]*+)*+(,)")
_OWN_LINE = re.compile(r"[\r\n][ \t]*(#)")


def bracketed(
    paper: Paper,
    spot: Items | Members,
    units: Sequence[Unit],
    gone: Sequence[bool],
    new: Mapping[int, Sequence[str]],
    around: Around,
) -> Iterator[Splice]:
    """Entries that go with their commas, and new ones behind those whose numbers they are held by."""
    left = [index for index, leaves in enumerate(gone) if not leaves]
    if not left:
        inner = ", ".join(text for index in sorted(new) for text in new[index])
        yield paper.splice(spot.at + 1, spot.end - 1, inner, around)
        return
    for index in range(len(units)):
        if gone[index]:
            yield from _out_of_flow(paper, units, index, left, around)
    for index, texts in sorted(new.items()):
        before = max((one for one in left if one <= index), default=-1)
        if before < 0:
            text = "".join(f"{one}, " for one in texts)
            yield paper.splice(units[left[0]].start, units[left[0]].start, text, around)
        else:
            text = "".join(_comma(paper, units[before].start) + one for one in texts)
            yield paper.splice(units[before].end, units[before].end, text, around)


def _out_of_flow(
    paper: Paper, units: Sequence[Unit], index: int, left: Sequence[int], around: Around
) -> Iterator[Splice]:
    """One entry with its comma, the one behind it or at the end the one before it; comments of others stay."""
    one = units[index]
    if index < left[-1]:
        between = paper.text[one.end : units[index + 1].start]
        comment = _OWN_LINE.search(between)
        end = one.end + comment.start(1) if comment else units[index + 1].start
        apart = " " if comment and not paper.text[one.start - 1].isspace() else ""
        yield paper.splice(one.start, end, apart, around)
        return
    before = units[index - 1].end
    comma = _COMMA.match(paper.text, before, one.start)
    if comma and "#" in paper.text[before : one.start]:
        yield paper.splice(comma.start(1), comma.end(1), "", around)
        yield paper.splice(one.start, one.end, "", around)
    else:
        yield paper.splice(before, one.end, "", around)


def _comma(paper: Paper, start: int) -> str:
    """What stands between an entry and the next: a line for each, where that one has its own."""
    return f",{paper.eol}{' ' * paper.column(start)}" if paper.opens_line(start) else ", "
