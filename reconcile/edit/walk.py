"""From the keys of a value to the spot where it is written, and what stands in the way. No I/O here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconcile.edit.spots import Items, Leaf, Members, Repeat, within
from reconcile.edit.variables import holds_variable
from reconcile.edit.wish import Marked, Stuck

if TYPE_CHECKING:
    from reconcile.edit.spots import AnySpot, Page
    from reconcile.model import Path


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a path led: to `spot`, with `rest` still before it; `rest` is empty where all of it stands here.

    Where `rest` is not empty, the spot is an alias, or a map into which `<<` brings the next key.
    """

    spot: AnySpot
    rest: Path = ()


def walk(page: Page, path: Path) -> Reached:
    """Follow a path through a file; raises Stuck where it leads nowhere, or into what is repeated elsewhere."""
    spot = page.root
    if spot is None:
        raise Stuck("the file is empty")
    for depth, part in enumerate(path):
        _check_shared(page, spot)
        if isinstance(spot, Repeat):
            return Reached(spot, path[depth:])
        below = _below(spot, part)
        if below is None and isinstance(spot, Members) and spot.merged:
            return Reached(spot, path[depth:])
        if below is None and isinstance(spot, Leaf) and holds_variable(spot.text):
            raise Stuck(f"comes from {spot.text}; change the variable by hand")
        if below is None:
            raise Stuck(f"{part} is not written there in full; change it by hand")
        spot = below
    _check_shared(page, spot)
    return Reached(spot)


def check_unshared(page: Page, spot: AnySpot) -> None:
    """Raise Stuck where something inside of a value is repeated elsewhere, and so cannot just go."""
    for inner in within(spot):
        _check_shared(page, inner)


def brought(page: Page, spot: AnySpot, name: str) -> bool:
    """Whether `<<` brings a member of this name into a map, beside what stands there."""
    merge = spot.get("<<") if isinstance(spot, Members) and spot.merged else None
    sources = merge.node.items if merge and isinstance(merge.node, Items) else (merge.node,) if merge else ()
    for source in sources:
        found = _marked(page, source.name) if isinstance(source, Repeat) else source
        if isinstance(found, Members) and (found.get(name) or brought(page, found, name)):
            return True
    return False


def _marked(page: Page, anchor: str) -> AnySpot | None:
    spots = within(page.root) if page.root else ()
    return next((one for one in spots if one.anchor == anchor), None)


def _check_shared(page: Page, spot: AnySpot) -> None:
    if spot.anchor in page.repeated:
        raise Marked(
            f"is marked `&{spot.anchor}` on line {spot.line} and repeated elsewhere, so a change here would be one there; "
            "write it out where it differs"
        )


def _below(spot: AnySpot, part: str | int) -> AnySpot | None:
    if isinstance(spot, Members):
        member = spot.get(str(part))
        return member.node if member else None
    if isinstance(spot, Items) and isinstance(part, int) and part < len(spot.items):
        return spot.items[part]
    return None
