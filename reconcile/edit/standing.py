"""Where one declared object stands: which file decides each of its values, and the keys that lead there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconcile.edit.spots import Items, Members
from reconcile.edit.walk import walk
from reconcile.edit.wanted import value_at
from reconcile.edit.wish import Stuck

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path as FilePath

    from reconcile.edit.desk import Pages
    from reconcile.edit.spots import AnySpot
    from reconcile.edit.walk import Reached
    from reconcile.model import Declared, Json, Kind, Path


@dataclass(frozen=True, slots=True)
class Standing:
    """One declared object in the files of an environment."""

    pages: Pages
    kind: Kind
    declared: Declared

    def file(self, path: Path) -> FilePath:
        """The file that decides the value at a path."""
        return self.pages.file(self.declared.place(path).file)

    def prefix(self, file: FilePath) -> Path:
        """The keys in a file that lead to this object."""
        found = object_path(self.pages, self.kind, file, self.declared.key)
        if found is None:
            raise Stuck(f"was not found in {self.pages.name(file)}; change it by hand")
        return found

    def walked(self, file: FilePath, path: Path) -> tuple[Path, Reached]:
        """The keys in a file that lead to a path of this object, and how far they lead."""
        own = (
            self.number(path[:depth], part) if isinstance(part, int) and self.mixed(path[:depth]) else part
            for depth, part in enumerate(path)
        )
        where = (*self.prefix(file), *own)
        return where, walk(self.pages.page(file), where)

    def number(self, path: Path, index: int) -> int:
        """The number that an item of a list from several files has in its own, which may have more that were taken out."""
        places = [self.declared.place((*path, one)) for one in range(self.size(path))]
        file = self.pages.file(places[index].file)
        spot = _spot(self.pages, file, (*self.prefix(file), *path))
        items = spot.items if isinstance(spot, Items) else ()
        own = [number for number, item in enumerate(items) if item.tag != "!remove"]
        mine = [number for number, place in enumerate(places) if place.file == places[index].file]
        if len(mine) > len(own):
            raise Stuck("this list is put together from several files; change it by hand")
        there = [number for number in own if items[number].line == places[index].line]
        value = value_at(self._value(path), (*path, index))
        same = [number for number in there if getattr(items[number], "text", None) == value]
        sure = next((found for found in (same, there) if len(found) == 1), None)
        return sure[0] if sure and len(mine) < len(own) else own[mine.index(index)]

    def below(self, file: FilePath, path: Path) -> bool:
        """Whether a file under this one says it too, so that it would come back."""
        for layer in self.pages.layers:
            if file in layer:
                return False
            for other in layer:
                prefix = object_path(self.pages, self.kind, other, self.declared.key)
                if prefix is not None and _spot(self.pages, other, (*prefix, *path)):
                    return True
        return False

    def uppermost(
        self, path: Path, fits: Callable[[AnySpot], bool] = lambda _: True
    ) -> tuple[FilePath, Path] | None:
        """The uppermost file that says something at a path, and where in it; of those that fit, if that is asked."""
        for file in (file for layer in reversed(self.pages.layers) for file in layer):
            prefix = object_path(self.pages, self.kind, file, self.declared.key)
            where = (*prefix, *path) if prefix is not None else ()
            spot = _spot(self.pages, file, where) if where else None
            if spot is not None and fits(spot):
                return file, where
        return None

    def size(self, path: Path) -> int:
        """How many items the list at a path has."""
        found = value_at(self._value(path), path)
        return len(found) if isinstance(found, list) else 0

    def _value(self, path: Path) -> dict[str, Json]:
        """The field that a path leads into."""
        return {str(path[0]): getattr(self.declared.fields[str(path[0])], "value", None)}

    def mixed(self, path: Path) -> bool:
        """Whether several files make the list at a path together: then each item has a place of its own."""
        numbers = range(self.size(path))
        return any((*path, index) in self.declared.lines for index in numbers) and not self._whole(path)

    def _whole(self, path: Path) -> bool:
        """Whether all items of a list stand in one file that has no others there, such as one with a map of `!replace`."""
        files = {self.declared.place((*path, index)).file for index in range(self.size(path))}
        if len(files) != 1:
            return False
        file = self.pages.file(files.pop())
        spot = _spot(self.pages, file, (*self.prefix(file), *path))
        items = spot.items if isinstance(spot, Items) and spot.tag is None else ()
        return len(items) == self.size(path) and all(item.tag != "!remove" for item in items)


def _spot(pages: Pages, file: FilePath, where: Path) -> AnySpot | None:
    """What stands in a file behind some keys."""
    try:
        found = walk(pages.page(file), where)
    except Stuck:
        return None
    return None if found.rest else found.spot


def object_path(pages: Pages, kind: Kind, file: FilePath, key: str) -> Path | None:
    """The keys that lead to an object in a file; None where it does not stand there."""
    root = pages.root_of(file)
    section = root.get(kind.section) if isinstance(root, Members) else None
    if section is None:
        return None
    if kind.singleton:
        return (kind.section,)
    if isinstance(section.node, Members):
        for one in section.node.members:
            if not one.key.text.startswith(".") and kind.normalise(one.key.text) == key:
                return (kind.section, one.key.text)
    return None
