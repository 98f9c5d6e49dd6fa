"""Sections that are lists of entries: where each entry is written, how one goes, and where a new one comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from reconcile.edit.desk import entry_fits
from reconcile.edit.spelling import escaped
from reconcile.edit.spots import Items, Leaf, Members, Repeat, within
from reconcile.edit.variables import holds_variable
from reconcile.edit.walk import check_unshared
from reconcile.edit.wish import New, Stuck
from reconcile.load import files
from reconcile.load.interpolate import Mistake, interpolate
from reconcile.load.nodes import Scalar
from reconcile.load.verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path as FilePath

    from reconcile.edit.desk import Desk, Pages
    from reconcile.edit.spots import AnySpot
    from reconcile.load.nodes import Node
    from reconcile.model import Json, Kind, Path

_TAKES_OUT = frozenset({"!remove", "!unset"})


class Place(NamedTuple):
    """Where one entry is written: an item of a list in a YAML file, or a line of a list file."""

    file: FilePath
    where: Path
    number: int
    spot: AnySpot | None
    """None for a line of a list file."""
    takes_out: bool = False


@dataclass(slots=True)
class Entries:
    """The entries of one kind in the files of an environment."""

    pages: Pages
    kind: Kind
    variables: Mapping[str, Node]
    _places: dict[FilePath, dict[str, list[Place]]] = field(default_factory=dict)

    def drop(self, key: str, file_name: str) -> tuple[FilePath, Callable[[Desk], None]]:
        """Take an entry out of the file that it stands in."""
        for file in self._files():
            for place in self._read(file).get(key, ()):
                if not place.takes_out and self.pages.name(place.file) == file_name:
                    return place.file, self._out(place)
        raise Stuck(f"was not found in {file_name}; take it out by hand")

    def add(self, key: str, fields: Mapping[str, Json]) -> tuple[FilePath, Callable[[Desk], None]]:
        """Put an entry where others of this environment come."""
        for file in reversed(self._files()):
            for place in self._read(file).get(key, ()):
                if place.takes_out:
                    return place.file, self._out(place)
        homes = [file for file in self._files() if self._section(file) is not None]
        own = [file for file in homes if file not in self.pages.layers[0] and self._adds(file)]
        home = own[-1] if own else homes[0]
        return self._into(home, key, fields)

    # --- what the files say ---

    def _files(self) -> list[FilePath]:
        return [file for layer in self.pages.layers for file in layer]

    def _section(self, file: FilePath) -> AnySpot | None:
        root = self.pages.root_of(file)
        found = root.get(self.kind.section) if isinstance(root, Members) else None
        return found.node if found else None

    def _list(self, file: FilePath) -> tuple[Path, AnySpot | None]:
        """Where the list of a file stands, in either of its two forms."""
        section = self._section(file)
        if isinstance(section, Members):
            member = section.get(self.kind.entries)
            return (self.kind.section, self.kind.entries), member.node if member else None
        return (self.kind.section,), section

    def _adds(self, file: FilePath) -> bool:
        _, spot = self._list(file)
        return isinstance(spot, Items) and (spot.tag == "!append" or spot.tag is None)

    def _read(self, file: FilePath) -> dict[str, list[Place]]:
        if file not in self._places:
            found: dict[str, list[Place]] = {}
            if self._section(file) is not None:
                where, spot = self._list(file)
                for key, place in self._all(file, where, spot):
                    found.setdefault(key, []).append(place)
            self._places[file] = found
        return self._places[file]

    def _all(self, file: FilePath, where: Path, spot: AnySpot | None) -> Iterator[tuple[str, Place]]:
        if isinstance(spot, Leaf) and spot.tag == "!lines":
            yield from self._lines(file, spot)
        for number, item in enumerate(spot.items if isinstance(spot, Items) else ()):
            verb = item.tag if item.tag in VERBS else (spot.tag if spot else None)
            if isinstance(item, Leaf) and item.tag == "!lines":
                yield from self._lines(file, item)
            elif (text := self._text(item)) is not None:
                key = self.kind.normalise(text)
                yield key, Place(file, where, number, item, verb in _TAKES_OUT)

    def _lines(self, file: FilePath, spot: Leaf) -> Iterator[tuple[str, Place]]:
        target = self.pages.beside(file, spot)
        for number, entry in files.lines(self.pages.text(target)):
            yield self.kind.normalise(entry), Place(target, (), number, None)

    def _text(self, item: AnySpot) -> str | None:
        """The key of an item, with its variables filled in."""
        if isinstance(item, Members):
            member = item.get(self.kind.key)
            item = member.node if member else item
        if not isinstance(item, Leaf):
            return None
        try:
            filled = interpolate(Scalar(item.text, item.line, plain=False), self.variables)
        except Mistake:
            return None
        return filled.text if isinstance(filled, Scalar) else None

    # --- what becomes of them ---

    def _out(self, place: Place) -> Callable[[Desk], None]:
        if place.spot is None:
            users = self.pages.users(place.file)
            if len(users) > 1:
                raise Stuck(
                    f"stands in {self.pages.name(place.file)}, which is used at {' and '.join(users)}; take it out by hand"
                )
            return lambda desk: desk.lines(place.file).gone.add(place.number)
        check_unshared(self.pages.page(place.file), place.spot)
        self._check_everybody_means_it(place.file, place.spot)
        if isinstance(place.spot, Members) and (place.spot.get("only") or place.spot.get("except")):
            names = place.spot.get("only") or place.spot.get("except")
            if not (
                names
                and names.key.text == "only"
                and isinstance(names.node, Items)
                and len(names.node.items) == 1
            ):
                raise Stuck(
                    f"stands in {self.pages.name(place.file)}:{place.spot.line} for several environments; "
                    "take this one out there by hand"
                )
        return lambda desk: desk.wish(place.file).at(place.where).out.add(place.number)

    def _check_everybody_means_it(self, file: FilePath, spot: AnySpot) -> None:
        """What a variable makes another entry of in each environment cannot just go for all of them."""
        texts = [one.text for one in within(spot) if isinstance(one, Leaf)]
        if any(map(holds_variable, texts)) and not self.pages.alone(file):
            raise Stuck(
                f"stands in {self.pages.name(file)}:{spot.line} with a variable, and is another entry in each "
                "environment; take it out there, or add `except` with this one, by hand"
            )

    def _into(
        self, file: FilePath, key: str, fields: Mapping[str, Json]
    ) -> tuple[FilePath, Callable[[Desk], None]]:
        where, spot = self._list(file)
        value: Json = (
            {self.kind.key: escaped(key), **{n: escaped(v) for n, v in fields.items()}}
            if fields
            else escaped(key)
        )
        if isinstance(spot, Leaf) and spot.tag == "!lines":
            target = self.pages.beside(file, spot)
            if fields or not entry_fits(key) or len(self.pages.users(target)) > 1:
                raise Stuck(f"does not fit into {self.pages.name(target)}; add it by hand")
            return target, lambda desk: desk.lines(target).added.append(key)
        if isinstance(spot, Repeat) or (spot is not None and spot.anchor in self.pages.page(file).repeated):
            raise Stuck(f"the list in {self.pages.name(file)} is repeated with `&` and `*`; add it by hand")
        if isinstance(spot, Items) and spot.tag not in {None, "!append"}:
            raise Stuck(f"the list in {self.pages.name(file)} is tagged `{spot.tag}`; add it by hand")
        if isinstance(spot, Leaf) and (spot.text or spot.tag):
            raise Stuck(f"the list in {self.pages.name(file)} is written as {spot.text}; add it by hand")
        if spot is None:
            return file, lambda desk: _first(desk, file, where, value)
        return file, lambda desk: desk.wish(file).at(where).added.append(New(value))


def _first(desk: Desk, file: FilePath, where: Path, value: Json) -> None:
    """The first entry of a section that had options only."""
    wish = desk.wish(file).at(where[:-1])
    for index, one in enumerate(wish.added):
        if one.name == where[-1] and isinstance(one.value, list):
            wish.added[index] = New([*one.value, value], one.name)
            return
    wish.added.append(New([value], str(where[-1])))
