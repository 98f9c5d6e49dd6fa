"""Members and items in block style, a line or more for each: how they come and go. No I/O here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.edit.paper import LINE_END
from reconcile.edit.spelling import entry, item
from reconcile.edit.wish import Stuck

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconcile.edit.paper import Around, Paper, Splice, Unit
    from reconcile.edit.spots import AnySpot, Members
    from reconcile.edit.wish import New


def block_members(
    paper: Paper, spot: Members, gone: Sequence[bool], added: Sequence[New], around: Around
) -> Iterator[Splice]:
    """Members of a map that go, each with its lines, and those that come, below the last one."""
    indent = paper.column(spot.members[0].key.start) if spot.members else 0
    compact = bool(spot.members) and not paper.opens_line(spot.members[0].key.start)
    left = [index for index, leaves in enumerate(gone) if not leaves]
    asked = [paper.asked(one.key.start) < one.key.start for one in spot.members]
    if any(asked) and (added or (asked[0] and gone[0])):
        raise Stuck("a key stands behind a `?` there; write all of them as `key: value`, and run this again")
    for index, (one, leaves) in enumerate(zip(spot.members, gone, strict=True)):
        if leaves and compact and (not left or index < left[0]):
            if index == 0 and left:
                yield paper.splice(one.key.start, spot.members[left[0]].key.start, "", around)
            elif not left:
                raise Stuck("all that stands behind this dash would go; change it by hand")
        elif leaves:
            end = past = paper.after(one.end)
            if not added or index < len(gone) - 1:
                past = _past_blank(paper, one.key.start, end)
            yield paper.splice(_with_comments(paper, one.key.start), past, "", around)
    apart = _apart(paper, spot)
    for new in added:
        lines = [*([""] if apart else []), *entry(new.name, new.value, indent)]
        place = paper.after(spot.members[-1].end) if spot.members else len(paper.text)
        yield paper.insert(place, lines, around)


def _apart(paper: Paper, spot: Members) -> bool:
    """Whether the members of a map stand apart from each other, with an empty line between them."""
    if len(spot.members) < 2:
        return bool(spot.members) and spot.at == 0 and paper.column(spot.members[0].key.start) == 0
    before, last = spot.members[-2], spot.members[-1]
    between = paper.text[paper.after(before.end) : last.key.start]
    return any(not line.strip(" \t") for line in LINE_END.split(between)[:-1])


def _with_comments(paper: Paper, start: int) -> int:
    """The beginning of a line, or of the comments right above it in the same column; those of a file are its own."""
    above = begin = paper.line_start(start)
    pad = paper.text[begin:start]
    while pad and above > 0 and paper.text.startswith(f"{pad}#", line := paper.line_start(above - 1)):
        above = line
    return above


def _past_blank(paper: Paper, start: int, end: int) -> int:
    """Behind the empty line that would be one too many once what ends here is gone."""
    begin = _with_comments(paper, start)
    before = paper.text[paper.line_start(begin - 1) : begin].strip() if begin > 0 else ""
    nxt = paper.after(end) if end < len(paper.text) else end
    opens = not before or before.endswith(":")
    return nxt if opens and end < nxt and not paper.text[end:nxt].strip() else end


def dash(paper: Paper, one: AnySpot) -> int:
    """The dash of an item, looked for backwards."""
    place = one.start
    while place >= 0:
        begin = paper.line_start(place)
        line = paper.text[begin:place].rstrip("\r\n")
        if dash := re.search(r"(?:^|[ \t])(-)[ \t]*$", line):
            return begin + dash.start(1)
        if line.strip() and not line.lstrip().startswith("#"):
            found = re.match(r"[ \t]*(-)(?=[ \t]+[#&!])", line)
            if not found:
                break
            return begin + found.start(1)
        place = begin - 1
    raise Stuck("the dash of this item was not found; change it by hand")


def block_items(
    paper: Paper,
    units: Sequence[Unit],
    gone: Sequence[bool],
    new: Mapping[int, Sequence[New]],
    around: Around,
) -> Iterator[Splice]:
    """Items of a list that go, and new ones behind the items whose numbers they are held by."""
    indent = paper.column(units[0].start)
    if any(gone) and not paper.opens_line(units[0].start):
        raise Stuck("this list begins behind another dash; change it by hand")
    for unit, leaves in zip(units, gone, strict=True):
        if leaves:
            yield paper.splice(
                paper.line_start(unit.start), paper.after(max(unit.end, unit.start + 1)), "", around
            )
    for index, ones in new.items():
        place = paper.after(units[index].end) if index >= 0 else paper.line_start(units[0].start)
        lines = [line for one in ones for line in item(one.value, indent)]
        yield paper.insert(place, lines, around)
