"""From wishes about one file to the few characters of it that have to change. No I/O here.

    page (text with the spots in it) + Wish (a tree along the keys of the file) --splices--> [Splice, ...] --spliced--> text

Whatever no wish names is copied character by character: comments, order, quotes, anchors, line ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconcile.edit.spelling import Raw, entry, flowing, item, key, scalar, text_block
from reconcile.edit.spots import Items, Leaf, Members, Repeat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconcile.edit.spelling import Writable
    from reconcile.edit.spots import AnySpot, Member, Page

_LINE_END = re.compile(r"\r\n|\r|\n")
_MARKS = re.compile(r"[&!]\S*(?:[ \t]+[&!]\S+)?")
_ROOT = -2
_NOTHING = Raw("")


@dataclass(frozen=True, slots=True)
class Stuck(Exception):  # noqa: N818 - never leaves this package
    """Why a place cannot be changed by itself; what to do."""

    message: str


@dataclass(frozen=True, slots=True)
class New:
    """A member or an item that is to be added."""

    value: Writable
    name: str = ""


@dataclass(slots=True)
class Wish:
    """What is to become of one value of a file.

    `order` is, for a list, what it is to consist of: items by their number, and new ones among them.
    """

    put: Writable = field(default_factory=lambda: _NOTHING)
    gone: bool = False
    inside: dict[str | int, Wish] = field(default_factory=dict)
    added: list[New] = field(default_factory=list)
    order: list[int | New] | None = None

    def at(self, path: Iterable[str | int]) -> Wish:
        """The wish for what stands at this path below, made where there is none."""
        found = self
        for part in path:
            found = found.inside.setdefault(part, Wish())
        return found


@dataclass(frozen=True, slots=True, order=True)
class Splice:
    """Characters from `start` to `end` give way to `text`; at one place, what stands deeper comes first."""

    start: int
    end: int
    above: int
    text: str


def changed(page: Page, wish: Wish) -> str:
    """The text of a page with its wishes come true; raises Stuck where one cannot."""
    eol = line_end(page.text)
    closed = page.text == "" or page.text.endswith(("\n", "\r"))
    text = page.text if closed else page.text + eol
    root = page.root or Members(0, 0, 0, 1, None, None, flow=False, members=())
    cutter = _Cutter(text, eol)
    found = spliced(text, cutter.change(root, wish, _Around(0, _ROOT, flow=False, depth=0)))
    return found if closed else found.removesuffix(eol)


def line_end(text: str) -> str:
    """How the lines of a text end: as the first one does."""
    found = _LINE_END.search(text)
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


@dataclass(frozen=True, slots=True)
class _Around:
    """Where a value stands: behind `head` (a colon or dash), below a key or dash in column `indent`."""

    head: int
    indent: int
    flow: bool
    depth: int


@dataclass(frozen=True, slots=True)
class _Unit:
    """One member or item: where it begins, its dash included, and where it ends."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Cutter:
    """Finds the splices for one text, whose last line is ended."""

    text: str
    eol: str

    def change(self, spot: AnySpot, wish: Wish, around: _Around) -> Iterator[Splice]:
        """The splices for one value."""
        if wish.put is not _NOTHING:
            yield from self._put(spot, wish.put, around)
        elif isinstance(spot, Members):
            yield from self._members(spot, wish, around)
        elif isinstance(spot, Items):
            yield from self._items(spot, wish, around)
        elif isinstance(spot, Repeat):
            raise Stuck(f"`*{spot.name}` repeats what stands elsewhere; write it out here")
        elif wish.order is not None:
            yield from self._put(spot, [one.value for one in wish.order if isinstance(one, New)], around)
        else:
            yield from self._put(spot, {one.name: one.value for one in wish.added}, around)

    # --- another value ---

    def _put(self, spot: AnySpot, value: Writable, around: _Around) -> Iterator[Splice]:
        if isinstance(spot, Leaf) and spot.block:
            yield from self._over_block(spot, value, around)
        elif isinstance(spot, Members | Items) and not spot.flow:
            yield from self._over_container(spot, value, around)
        else:
            yield from self._over_line(spot, value, around)

    def _over_container(self, spot: Members | Items, value: Writable, around: _Around) -> Iterator[Splice]:
        """In place of a list or map in block style: its lines go, and what stands behind the colon stays."""
        marks = _MARKS.match(self.text, spot.start) if spot.start < spot.at else None
        place = marks.end() if marks else around.head
        if self._line_end(place) >= spot.at:  # it begins behind a dash
            yield self._splice(place, self._line_end(spot.end), f" {flowing(value)}", around)
            return
        yield self._splice(place, place, f" {flowing(value)}", around)
        yield self._splice(self._line_end(place), self._line_end(spot.end), "", around)

    def _over_line(self, spot: AnySpot, value: Writable, around: _Around) -> Iterator[Splice]:
        """In place of a value that is no block."""
        tagged = isinstance(spot, Leaf) and spot.tag is not None and spot.tag.startswith("!")
        start = spot.start if tagged else spot.at
        block = self._block(value, around)
        if block:
            text = block[0]
            yield self._insert(self.after(spot.end), block[1:], around)
        elif isinstance(value, list | dict):
            text = flowing(value)
        else:
            text = scalar(value, spot.style if isinstance(spot, Leaf) else "", flow=around.flow)
        bare = start == spot.end and start > 0 and self.text[start - 1] in ":-"
        yield self._splice(start, spot.end, f" {text}" if bare else text, around)

    def _over_block(self, spot: Leaf, value: Writable, around: _Around) -> Iterator[Splice]:
        """In place of a block of text; what stands behind its header, such as a comment, stays."""
        header = re.match(r"[|>][0-9+-]*", self.text[spot.at :])
        header_end = spot.at + len(header[0] if header else "|")
        lines = self.after(spot.at)
        start = spot.start if isinstance(value, Raw) else spot.at
        content = re.match(r"[ ]*", self.text[lines:]) if lines <= spot.end else None
        indent = len(content[0]) if content and content[0] else around.indent + 2
        text = text_block(value, indent) if isinstance(value, str) else []
        if text and len(text[0].strip("|-")) == 0:
            yield self._splice(start, header_end, text[0], around)
            yield self._splice(
                min(lines, self.after(spot.end)), self.after(spot.end), self._lines(text[1:]), around
            )
        else:
            plain = scalar(value, '"') if not isinstance(value, list | dict) else flowing(value)
            yield self._splice(start, header_end, plain, around)
            if lines <= spot.end:
                yield self._splice(lines, self.after(spot.end), "", around)

    def _block(self, value: Writable, around: _Around) -> list[str]:
        """A text of several lines as a block, where blocks may stand."""
        if around.flow or not isinstance(value, str) or "\n" not in value:
            return []
        return text_block(value, around.indent + 2)

    # --- maps ---

    def _members(self, spot: Members, wish: Wish, around: _Around) -> Iterator[Splice]:
        known = {one.key.text for one in spot.members}
        if lost := [name for name in wish.inside if name not in known]:
            raise Stuck(f"{lost[0]} does not stand here; it is merged in with `<<`, or comes from elsewhere")
        gone = [wish.inside.get(one.key.text, Wish()).gone for one in spot.members]
        if all(gone) and not wish.added and (spot.flow or around.indent != _ROOT):
            yield from self._put(spot, {}, around) if spot.members else ()
            return
        for one, leaves in zip(spot.members, gone, strict=True):
            if not leaves and (inner := wish.inside.get(one.key.text)):
                yield from self._inner(spot, one, inner, around)
        units = [_Unit(one.key.start, max(one.node.end, one.key.end + 1)) for one in spot.members]
        new = {len(units) - 1: wish.added}
        if spot.flow:
            texts = {
                at: [f"{key(one.name, flow=True)}: {flowing(one.value)}" for one in ones]
                for at, ones in new.items()
            }
            yield from self._flow(spot, units, gone, texts, around)
        elif not spot.members and around.indent >= 0:
            yield from self._put(spot, {one.name: one.value for one in wish.added}, around)
        else:
            yield from self._block_members(spot, gone, wish.added, around)

    def _inner(self, spot: Members, one: Member, wish: Wish, around: _Around) -> Iterator[Splice]:
        head = self.text.index(":", one.key.end) + 1
        indent = around.indent if spot.flow else self.column(one.key.start)
        inner = _Around(head, indent, flow=around.flow or spot.flow, depth=around.depth + 1)
        yield from self.change(one.node, wish, inner)

    def _block_members(
        self, spot: Members, gone: Sequence[bool], added: Sequence[New], around: _Around
    ) -> Iterator[Splice]:
        indent = self.column(spot.members[0].key.start) if spot.members else 0
        compact = bool(spot.members) and not self._opens_line(spot.members[0].key.start)
        left = [index for index, leaves in enumerate(gone) if not leaves]
        for index, (one, leaves) in enumerate(zip(spot.members, gone, strict=True)):
            if leaves and compact and (not left or index < left[0]):
                if index == 0 and left:
                    yield self._splice(one.key.start, spot.members[left[0]].key.start, "", around)
                elif not left:
                    raise Stuck("all that stands behind this dash would go; change it by hand")
            elif leaves:
                end = past = self.after(max(one.node.end, one.key.end))
                if not added or index < len(gone) - 1:
                    past = self._past_blank(one.key.start, end)
                yield self._splice(self._with_comments(one.key.start), past, "", around)
        apart = self._apart(spot)
        for new in added:
            lines = [*([""] if apart else []), *entry(new.name, new.value, indent)]
            place = self.after(spot.members[-1].node.end) if spot.members else len(self.text)
            yield self._insert(place, lines, around)

    def _apart(self, spot: Members) -> bool:
        """Whether the members of a map stand apart from each other, with an empty line between them."""
        if len(spot.members) < 2:
            return bool(spot.members) and spot.at == 0 and self.column(spot.members[0].key.start) == 0
        before, last = spot.members[-2], spot.members[-1]
        between = self.text[self.after(before.node.end) : last.key.start]
        return any(not line.strip(" \t") for line in _LINE_END.split(between)[:-1])

    def _with_comments(self, start: int) -> int:
        """The beginning of a line, or of the comments right above it in the same column; those of a file are its own."""
        above = begin = self.line_start(start)
        pad = self.text[begin:start]
        while pad and above > 0 and self.text.startswith(f"{pad}#", line := self.line_start(above - 1)):
            above = line
        return above

    def _past_blank(self, start: int, end: int) -> int:
        """Behind the empty line that would be one too many once what ends here is gone."""
        begin = self._with_comments(start)
        before = self.text[self.line_start(begin - 1) : begin].strip() if begin > 0 else ""
        nxt = self.after(end) if end < len(self.text) else end
        opens = not before or before.endswith(":")
        return nxt if opens and end < nxt and not self.text[end:nxt].strip() else end

    # --- lists ---

    def _items(self, spot: Items, wish: Wish, around: _Around) -> Iterator[Splice]:
        order = list(range(len(spot.items))) if wish.order is None else wish.order
        kept = {one for one in order if isinstance(one, int)}
        gone = [index not in kept for index in range(len(spot.items))]
        if not order:
            yield from self._put(spot, [], around) if spot.items else ()
            return
        units = [_Unit(one.start if spot.flow else self._dash(one), one.end) for one in spot.items]
        for index, inner in wish.inside.items():
            if isinstance(index, int) and not gone[index]:
                yield from self._item(spot, units[index], spot.items[index], inner, around)
        new = _among(order)
        if spot.flow:
            texts = {at: [flowing(one.value) for one in ones] for at, ones in new.items()}
            yield from self._flow(spot, units, gone, texts, around)
        elif not spot.items:
            yield from self._put(spot, [one.value for one in order if isinstance(one, New)], around)
        else:
            yield from self._block_items(units, gone, new, around)

    def _item(self, spot: Items, unit: _Unit, one: AnySpot, wish: Wish, around: _Around) -> Iterator[Splice]:
        indent = around.indent if spot.flow else self.column(unit.start)
        head = unit.start if spot.flow else unit.start + 1
        inner = _Around(head, indent, flow=around.flow or spot.flow, depth=around.depth + 1)
        yield from self.change(one, wish, inner)

    def _dash(self, one: AnySpot) -> int:
        """The dash of an item, looked for backwards."""
        place = one.start
        while place >= 0:
            begin = self.line_start(place)
            line = self.text[begin:place].rstrip("\r\n")
            if dash := re.search(r"(?:^|[ \t])(-)[ \t]*$", line):
                return begin + dash.start(1)
            if line.strip() and not line.lstrip().startswith("#"):
                found = re.match(r"[ \t]*(-)(?=[ \t]+[#&!])", line)
                if not found:
                    break
                return begin + found.start(1)
            place = begin - 1
        raise Stuck("the dash of this item was not found; change it by hand")

    def _block_items(
        self, units: Sequence[_Unit], gone: Sequence[bool], new: Mapping[int, Sequence[New]], around: _Around
    ) -> Iterator[Splice]:
        indent = self.column(units[0].start)
        if any(gone) and not self._opens_line(units[0].start):
            raise Stuck("this list begins behind another dash; change it by hand")
        for unit, leaves in zip(units, gone, strict=True):
            if leaves:
                yield self._splice(
                    self.line_start(unit.start), self.after(max(unit.end, unit.start + 1)), "", around
                )
        for index, ones in new.items():
            place = self.after(units[index].end) if index >= 0 else self.line_start(units[0].start)
            lines = [line for one in ones for line in item(one.value, indent)]
            yield self._insert(place, lines, around)

    # --- in brackets ---

    def _flow(
        self,
        spot: Items | Members,
        units: Sequence[_Unit],
        gone: Sequence[bool],
        new: Mapping[int, Sequence[str]],
        around: _Around,
    ) -> Iterator[Splice]:
        left = [index for index, leaves in enumerate(gone) if not leaves]
        if not left:
            inner = ", ".join(text for index in sorted(new) for text in new[index])
            yield self._splice(spot.at + 1, spot.end - 1, inner, around)
            return
        for index in range(len(units)):
            if gone[index]:
                yield self._out_of_flow(units, index, left, around)
        for index, texts in sorted(new.items()):
            before = max((one for one in left if one <= index), default=-1)
            if before < 0:
                text = "".join(f"{one}, " for one in texts)
                yield self._splice(units[left[0]].start, units[left[0]].start, text, around)
            else:
                text = "".join(self._comma(units[before].start) + one for one in texts)
                yield self._splice(units[before].end, units[before].end, text, around)

    def _out_of_flow(
        self, units: Sequence[_Unit], index: int, left: Sequence[int], around: _Around
    ) -> Splice:
        """One entry with its comma: the one behind it, or at the end the one before it."""
        if index > left[-1]:
            return self._splice(units[index - 1].end, units[index].end, "", around)
        return self._splice(units[index].start, units[index + 1].start, "", around)

    def _comma(self, start: int) -> str:
        """What stands between an entry and the next: a line for each, where that one has its own."""
        return f",{self.eol}{' ' * self.column(start)}" if self._opens_line(start) else ", "

    # --- places ---

    def after(self, place: int) -> int:
        """The beginning of the line below."""
        found = _LINE_END.search(self.text, place)
        return found.end() if found else len(self.text)

    def _line_end(self, place: int) -> int:
        """The end of the line that a place is in, before the characters that end it."""
        found = _LINE_END.search(self.text, place)
        return found.start() if found else len(self.text)

    def line_start(self, place: int) -> int:
        """The beginning of the line that a place is in."""
        return max(self.text.rfind("\n", 0, place), _old_mac(self.text, place)) + 1

    def column(self, place: int) -> int:
        """How far in a place is."""
        return place - self.line_start(place)

    def _opens_line(self, place: int) -> bool:
        return not self.text[self.line_start(place) : place].strip(" ")

    def _lines(self, lines: Iterable[str]) -> str:
        return "".join(f"{line}{self.eol}" for line in lines)

    def _insert(self, place: int, lines: Iterable[str], around: _Around) -> Splice:
        return self._splice(place, place, self._lines(lines), around)

    def _splice(self, start: int, end: int, text: str, around: _Around) -> Splice:
        return Splice(start, end, -around.depth, text)


def _old_mac(text: str, place: int) -> int:
    """The last line end before a place that is a carriage return alone."""
    found = text.rfind("\r", 0, place)
    return -1 if found >= 0 and text.startswith("\n", found + 1) else found


def _among(order: Sequence[int | New]) -> dict[int, list[New]]:
    """The new items of a list by the number of the one that they follow."""
    found: dict[int, list[New]] = {}
    last = -1
    for one in order:
        if isinstance(one, New):
            found.setdefault(last, []).append(one)
        else:
            last = one
    return found
