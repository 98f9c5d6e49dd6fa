"""From wishes about one file to the few characters of it that have to change. No I/O here.

    page (text with the spots in it) + Wish (a tree along the keys of the file) --splices--> [Splice, ...] --spliced--> text

Whatever no wish names is copied character by character: comments, order, quotes, anchors, line ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconcile.edit.blocks import block_items, block_members, dash
from reconcile.edit.brackets import bracketed
from reconcile.edit.paper import ROOT, Around, Paper, Unit, line_end, spliced
from reconcile.edit.put import put
from reconcile.edit.spelling import flowing, key
from reconcile.edit.spots import Items, Members, Repeat
from reconcile.edit.wish import NOTHING, New, Stuck, Wish

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.edit.paper import Splice
    from reconcile.edit.spots import AnySpot, Member, Page


def changed(page: Page, wish: Wish) -> str:
    """The text of a page with its wishes come true; raises Stuck where one cannot."""
    eol = line_end(page.text)
    closed = page.text == "" or page.text.endswith(("\n", "\r"))
    text = page.text if closed else page.text + eol
    root = page.root or Members(0, 0, 0, 1, None, None, flow=False, members=())
    splices = list(_Cutter(Paper(text, eol)).change(root, wish, Around(0, ROOT, flow=False, depth=0)))
    found = spliced(text, splices)
    ended = any(one.end >= len(text) and one.text.endswith(eol) for one in splices)
    return found if closed or ended else found.removesuffix(eol)


@dataclass(frozen=True, slots=True)
class _Cutter:
    """Finds the splices for one text, going down the file and its wishes side by side."""

    paper: Paper

    def change(self, spot: AnySpot, wish: Wish, around: Around) -> Iterator[Splice]:
        """The splices for one value."""
        if wish.put is not NOTHING:
            yield from put(self.paper, spot, wish.put, around)
        elif isinstance(spot, Members):
            yield from self._members(spot, wish, around)
        elif isinstance(spot, Items):
            yield from self._items(spot, wish, around)
        elif isinstance(spot, Repeat):
            raise Stuck(f"`*{spot.name}` repeats what stands elsewhere; write it out here")
        elif wish.order is not None or any(not one.name for one in wish.added):
            values = [one.value for one in wish.items(0) if isinstance(one, New)]
            yield from put(self.paper, spot, values, around)
        else:
            yield from put(self.paper, spot, {one.name: one.value for one in wish.added}, around)

    def _members(self, spot: Members, wish: Wish, around: Around) -> Iterator[Splice]:
        known = {one.key.text for one in spot.members}
        if lost := [name for name in wish.inside if name not in known]:
            raise Stuck(f"{lost[0]} does not stand here; it is merged in with `<<`, or comes from elsewhere")
        gone = [wish.inside.get(one.key.text, Wish()).gone for one in spot.members]
        if all(gone) and not wish.added and (spot.flow or around.indent != ROOT):
            yield from put(self.paper, spot, {}, around) if spot.members else ()
            return
        for one, leaves in zip(spot.members, gone, strict=True):
            if not leaves and (inner := wish.inside.get(one.key.text)):
                yield from self._inner(spot, one, inner, around)
        units = [Unit(self.paper.asked(one.key.start), one.end) for one in spot.members]
        new = {len(units) - 1: wish.added}
        if spot.flow:
            texts = {
                at: [f"{key(one.name, flow=True)}: {flowing(one.value)}" for one in ones]
                for at, ones in new.items()
            }
            yield from bracketed(self.paper, spot, units, gone, texts, around)
        elif not spot.members and around.indent >= 0:
            yield from put(self.paper, spot, {one.name: one.value for one in wish.added}, around)
        else:
            yield from block_members(self.paper, spot, gone, wish.added, around)

    def _inner(self, spot: Members, one: Member, wish: Wish, around: Around) -> Iterator[Splice]:
        if one.bare:
            raise Stuck(
                f"{one.key.text} has no colon there; write `{one.key.text}: null`, and run this again"
            )
        head = self.paper.text.index(":", one.key.end) + 1
        indent = around.indent if spot.flow else self.paper.column(one.key.start)
        inner = Around(head, indent, flow=around.flow or spot.flow, depth=around.depth + 1)
        yield from self.change(one.node, wish, inner)

    def _items(self, spot: Items, wish: Wish, around: Around) -> Iterator[Splice]:
        order = wish.items(len(spot.items))
        kept = {one for one in order if isinstance(one, int)}
        gone = [index not in kept for index in range(len(spot.items))]
        if not order:
            yield from put(self.paper, spot, [], around) if spot.items else ()
            return
        units = [Unit(one.start if spot.flow else dash(self.paper, one), one.end) for one in spot.items]
        for index, inner in wish.inside.items():
            if isinstance(index, int) and not gone[index]:
                yield from self._item(spot, units[index], spot.items[index], inner, around)
        new = _among(order)
        if spot.flow:
            texts = {at: [flowing(one.value) for one in ones] for at, ones in new.items()}
            yield from bracketed(self.paper, spot, units, gone, texts, around)
        elif not spot.items:
            yield from put(self.paper, spot, [one.value for one in order if isinstance(one, New)], around)
        else:
            yield from block_items(self.paper, units, gone, new, around)

    def _item(self, spot: Items, unit: Unit, one: AnySpot, wish: Wish, around: Around) -> Iterator[Splice]:
        indent = around.indent if spot.flow else self.paper.column(unit.start)
        head = unit.start if spot.flow else unit.start + 1
        inner = Around(head, indent, flow=around.flow or spot.flow, depth=around.depth + 1)
        yield from self.change(one, wish, inner)


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
