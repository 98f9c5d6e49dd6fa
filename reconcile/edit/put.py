"""Another value in the place of one that stands in a file. No I/O here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.edit.folded import folded
from reconcile.edit.paper import LINE_END
from reconcile.edit.spelling import Raw, flowing, scalar, text_block
from reconcile.edit.spots import Items, Leaf, Members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.edit.paper import Around, Paper, Splice
    from reconcile.edit.spelling import Writable
    from reconcile.edit.spots import AnySpot

_MARKS = re.compile(r"[&!]\S*(?:[ \t]+[&!]\S+)?")


def put(paper: Paper, spot: AnySpot, value: Writable, around: Around) -> Iterator[Splice]:
    """The splices that write a value over a spot; what stands behind it on its line stays."""
    if isinstance(spot, Leaf) and spot.block:
        yield from _over_block(paper, spot, value, around)
    elif isinstance(spot, Members | Items) and not spot.flow:
        yield from _over_container(paper, spot, value, around)
    else:
        yield from _over_line(paper, spot, value, around)


def _over_container(paper: Paper, spot: Members | Items, value: Writable, around: Around) -> Iterator[Splice]:
    """In place of a list or map in block style: its lines go, and what stands behind the colon stays."""
    marks = _MARKS.match(paper.text, spot.start) if spot.start < spot.at else None
    place = marks.end() if marks else around.head
    start = around.head if _untagged(spot, value) else place
    if paper.line_end_of(place) >= spot.at:  # it begins behind a dash
        yield paper.splice(start, paper.line_end_of(spot.end), f" {flowing(value)}", around)
        return
    first, last = paper.line_end_of(place), paper.line_end_of(spot.end)
    kept = _comments(paper, first, spot) if isinstance(spot, Items) else ()
    yield paper.splice(start, place, f" {flowing(value)}", around)
    yield paper.splice(first, last, "".join(f"{paper.eol}{line}" for line in kept), around)


def _comments(paper: Paper, start: int, spot: Items) -> Iterator[str]:
    """The comments between the items of a list: these often head a group, and outlive its entries."""
    for item in spot.items:
        lines = LINE_END.split(paper.text[start : item.start])
        yield from (line for line in lines[1:] if line.lstrip(" \t").startswith("#"))
        start = item.end


def _over_line(paper: Paper, spot: AnySpot, value: Writable, around: Around) -> Iterator[Splice]:
    """In place of a value that is no block."""
    start = spot.start if _untagged(spot, value) else spot.at
    block = _block(value, around)
    if block:
        text = block[0]
        yield paper.insert(paper.after(spot.end), block[1:], around)
    elif isinstance(value, list | dict):
        text = flowing(value)
    else:
        text = scalar(value, spot.style if isinstance(spot, Leaf) else "", flow=around.flow)
    bare = start == spot.end and start > 0 and paper.text[start - 1] in ":-"
    yield paper.splice(start, spot.end, f" {text}" if bare else text, around)


def _untagged(spot: AnySpot, value: Writable) -> bool:
    """Whether the tag of what stood there has no meaning for the new value, and goes with it."""
    if isinstance(spot, Leaf):
        return spot.tag is not None and spot.tag.startswith("!")
    shape = dict if spot.tag == "!replace" else list
    return spot.tag is not None and spot.anchor is None and not isinstance(value, shape)


def _over_block(paper: Paper, spot: Leaf, value: Writable, around: Around) -> Iterator[Splice]:
    """In place of a block of text; what stands behind its header, such as a comment, stays."""
    header = re.match(r"[|>][0-9+-]*", paper.text[spot.at :])
    header_end = spot.at + len(header[0] if header else "|")
    lines = paper.after(spot.at)
    start = spot.start if isinstance(value, Raw) else spot.at
    content = re.match(r"[ ]*", paper.text[lines:]) if lines <= spot.end else None
    indent = len(content[0]) if content and content[0] else around.indent + 2
    text = _folded(paper.text[lines : spot.end], spot, value, indent) or (
        text_block(value, indent) if isinstance(value, str) else []
    )
    if text and len(text[0].strip("|>-")) == 0:
        yield paper.splice(start, header_end, text[0], around)
        yield paper.splice(
            min(lines, paper.after(spot.end)), paper.after(spot.end), paper.lines(text[1:]), around
        )
    else:
        plain = scalar(value, '"') if not isinstance(value, list | dict) else flowing(value)
        yield paper.splice(start, header_end, plain, around)
        if lines <= spot.end:
            yield paper.splice(lines, paper.after(spot.end), "", around)


def _folded(content: str, spot: Leaf, value: Writable, indent: int) -> list[str]:
    """A folded block that says something else: its header and its lines; empty where only another style can say it."""
    lines, pad = LINE_END.split(content), " " * indent
    written = [line.removeprefix(pad) if line.strip(" ") else "" for line in lines]
    if spot.style != ">" or not isinstance(value, str) or not text_block(value, indent):
        return []
    if any(line.strip(" ") and not line.startswith(pad) for line in lines):
        return []
    body = value.removesuffix("\n")
    found = folded(written, body) or []
    return (
        [">" if body != value else ">-", *(f"{pad}{line}" if line else "" for line in found)] if found else []
    )


def _block(value: Writable, around: Around) -> list[str]:
    """A text of several lines as a block, where blocks may stand."""
    if around.flow or not isinstance(value, str) or "\n" not in value:
        return []
    return text_block(value, around.indent + 2)
