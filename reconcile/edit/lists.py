"""Lists inside of objects: items that come and go, also where several files make one list together."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from reconcile.edit.spelling import escaped
from reconcile.edit.spots import Items, Leaf
from reconcile.edit.steps import Fresh
from reconcile.edit.variables import holds_variable
from reconcile.edit.walk import check_unshared
from reconcile.edit.wish import New, Stuck

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path as FilePath

    from reconcile.edit.desk import Desk, Pages
    from reconcile.edit.spots import AnySpot
    from reconcile.edit.standing import Standing
    from reconcile.edit.steps import Relist
    from reconcile.model import Path

Act: TypeAlias = "Callable[[Desk], None]"


def relist(pages: Pages, step: Relist, file: FilePath, where: Path, spot: Items) -> Act:
    """What a list of one file is to consist of."""
    order: list[int | New] = [
        New(escaped(one.value)) if isinstance(one, Fresh) else one for one in step.order
    ]
    for index, item in enumerate(spot.items):
        if index not in step.order:
            check_unshared(pages.page(file), item)
            if isinstance(item, Leaf) and holds_variable(item.text) and not pages.alone(file):
                raise Stuck(
                    f"line {item.line} is written with a variable, for environments differ; change it by hand"
                )

    def act(desk: Desk) -> None:
        desk.wish(file).at(where).order = order

    return act


def relist_layers(standing: Standing, step: Relist) -> Act:
    """A list that several files make together: each item goes from the file that it stands in, new ones come last.

    They come into the uppermost file that has items to add, for in a list of `!remove` they would be taken out.
    """
    pages = standing.pages
    fresh = [New(escaped(one.value)) for one in step.order if isinstance(one, Fresh)]
    home = standing.uppermost(step.path, _adds) if fresh else None
    if fresh and home is None:
        raise Stuck("no file adds to this list; change it by hand")
    paths = {home[0]: home[1]} if home else {}
    gone: dict[FilePath, set[int]] = {file: set() for file in paths}
    for index in range(standing.size(step.path)):
        if index not in step.order:
            file = pages.file(standing.declared.place((*step.path, index)).file)
            paths.setdefault(file, (*standing.prefix(file), *step.path))
            gone.setdefault(file, set()).add(standing.number(step.path, index))

    def act(desk: Desk) -> None:
        for file, numbers in gone.items():
            wish = desk.wish(file).at(paths[file])
            wish.out |= numbers
            wish.added += fresh if home and file == home[0] else []

    return act


def _adds(spot: AnySpot) -> bool:
    return isinstance(spot, Items) and spot.tag in {None, "!append"}
