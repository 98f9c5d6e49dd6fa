"""Where the values of one declared object are written, and the wishes that make them say something else.

Each function looks everything up first and returns what it would do to a Desk; it raises Stuck where it cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from reconcile.edit.lists import relist, relist_layers
from reconcile.edit.spelling import Raw, escaped, flowing
from reconcile.edit.spots import Items, Leaf, Members, Repeat, within
from reconcile.edit.steps import Drop, Insert, Put, Relist
from reconcile.edit.variables import holds_variable, with_variables
from reconcile.edit.walk import brought, check_unshared, walk
from reconcile.edit.wanted import like, value_at
from reconcile.edit.wish import New, Stuck, Wish
from reconcile.load import files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path as FilePath

    from reconcile.edit.desk import Desk, Pages
    from reconcile.edit.spelling import Writable
    from reconcile.edit.spots import AnySpot
    from reconcile.edit.standing import Standing
    from reconcile.edit.steps import Step
    from reconcile.edit.walk import Reached
    from reconcile.load.nodes import Node
    from reconcile.model import Json, Path

Act: TypeAlias = "Callable[[Desk], None]"


@dataclass(frozen=True, slots=True)
class Leaves:
    """One declared object in the files of an environment; `wanted` is what all its fields are to be."""

    standing: Standing
    variables: Mapping[str, Node]
    wanted: Mapping[str, Json]

    @property
    def pages(self) -> Pages:
        """The files."""
        return self.standing.pages

    def act(self, step: Step) -> tuple[FilePath, Act]:
        """The file that a step changes, and what it does there."""
        match step:
            case Put():
                return self._put(step.path, step.value)
            case Drop():
                return self._drop(step.path)
            case Insert():
                return self._insert(step)
            case Relist():
                return self._relist(step)

    # --- one value ---

    def _put(self, path: Path, value: Json) -> tuple[FilePath, Act]:
        file = self.standing.file(path)
        where, found = self.standing.walked(file, path)
        if found.rest or isinstance(found.spot, Repeat):
            return file, self._override(file, where, path, found)
        spot = found.spot
        if isinstance(spot, Leaf) and spot.tag in files.TAGS:
            return self._elsewhere(file, spot, path, value)
        written = self._written(file, spot, value)
        if isinstance(value, dict) and _in_maps(path) and self.standing.below(file, path):
            written = Raw(f"!replace {flowing(written)}")  # else it would be laid over what files below say
        check_unshared(self.pages.page(file), spot)
        return self._instead(file, where, written)

    def _written(self, file: FilePath, spot: AnySpot, value: Json) -> Writable:
        """What is to be written: with the variables that were there, where that is clear."""
        texts = [one.text for one in within(spot) if isinstance(one, Leaf)]
        if not any(map(holds_variable, texts)):
            return escaped(value)
        kept = with_variables(texts[0], self.variables, value) if isinstance(spot, Leaf) else None
        if kept is not None:
            return kept
        if not self.pages.alone(file):
            raise Stuck(
                "is written with a variable, for environments differ, and the new value does not show where it belongs; "
                f"change the variable, or {self.pages.name(file)}:{spot.line}, by hand"
            )
        return escaped(value)

    def _elsewhere(self, file: FilePath, spot: Leaf, path: Path, value: Json) -> tuple[FilePath, Act]:
        """Into the file that the value comes from, if nothing else does."""
        target = self.pages.beside(file, spot)
        users = self.pages.users(target)
        if len(users) > 1:
            raise Stuck(
                f"comes from {self.pages.name(target)}, which is used at {' and '.join(users)}; change it by hand"
            )
        check_unshared(self.pages.page(file), spot)
        field = self.standing.kind.fields.get(str(path[0]))
        if spot.tag == "!lines":
            return target, self._list_file(target, value)
        if not isinstance(value, str):
            raise Stuck(
                f"comes from {self.pages.name(target)}, and the new value is no text; change it by hand"
            )
        content = (
            value if not (field and field.text and len(path) == 1) else like(self.pages.text(target), value)
        )

        def act(desk: Desk) -> None:
            desk.texts[target] = content

        return target, act

    def _list_file(self, target: FilePath, value: Json) -> Act:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise Stuck(f"comes from {self.pages.name(target)}, and the new value is no list of texts")
        wanted = [str(one) for one in value]
        known = list(files.lines(self.pages.text(target)))
        entries = {entry for _, entry in known}

        def act(desk: Desk) -> None:
            desk.lines(target).gone |= {number for number, entry in known if entry not in wanted}
            desk.lines(target).added += [one for one in wanted if one not in entries]

        return act

    def _override(self, file: FilePath, where: Path, path: Path, found: Reached) -> Act:
        """Write a value out where an alias repeats another, or where `<<` brings it in; the others stay as they are."""
        page = self.pages.page(file)
        level = len(where) - len(found.rest)
        inner = level - (len(where) - len(path))
        merged = isinstance(found.spot, Members)
        if inner + merged < 1:
            raise Stuck("is an alias as a whole; write it out, and run this again")
        repeated = [page.root] if page.root else []
        if any(
            isinstance(one, Leaf) and (holds_variable(one.text) or one.tag)
            for root in repeated
            for one in _marked(root, page.repeated)
        ):
            raise Stuck("comes from an alias with variables or tags in it; write it out by hand")
        value = escaped(value_at(dict(self.wanted), path[: inner + merged]))
        if merged:
            name = str(where[level])
            return lambda desk: _beside(desk.wish(file).at(where[:level]), New(value, name))

        def act(desk: Desk) -> None:
            desk.wish(file).at(where[:level]).put = value

        return act

    # --- members ---

    def _drop(self, path: Path) -> tuple[FilePath, Act]:
        file = self.standing.file(path)
        where, found = self.standing.walked(file, path)
        if found.rest:
            raise Stuck("comes from an alias, and cannot be taken out here alone; write it out by hand")
        page = self.pages.page(file)
        if brought(page, walk(page, where[:-1]).spot, str(where[-1])):
            raise Stuck("would be what `<<` brings in if it went here; write out what is to stay by hand")
        check_unshared(page, found.spot)
        below = self.standing.below(file, path)

        def act(desk: Desk) -> None:
            wish = desk.wish(file).at(where)
            if below:
                wish.put = Raw("!remove" if len(path) > 1 else "!unset")
            else:
                wish.gone = True

        return file, act

    def _insert(self, step: Insert) -> tuple[FilePath, Act]:
        above = self.standing.uppermost(step.path)
        if above and walk(self.pages.page(above[0]), above[1]).spot.tag == "!remove":
            return self._instead(*above, escaped(step.value))
        file = self.standing.file(step.parent)
        where, found = self.standing.walked(file, step.parent)
        if found.rest or isinstance(found.spot, Repeat):
            return file, self._override(file, where, step.parent, found)
        check_spot = found.spot
        if isinstance(check_spot, Leaf) and (check_spot.text or check_spot.tag):
            raise Stuck("is no map in the file, so nothing can be added to it; change it by hand")
        new = New(escaped(step.value), step.name)
        return file, lambda desk: desk.wish(file).at(where).added.append(new)

    @staticmethod
    def _instead(file: FilePath, where: Path, written: Writable) -> tuple[FilePath, Act]:
        """In place of what stands somewhere."""

        def act(desk: Desk) -> None:
            desk.wish(file).at(where).put = written

        return file, act

    # --- lists ---

    def _relist(self, step: Relist) -> tuple[FilePath, Act]:
        file = self.standing.file(step.path)
        where, found = self.standing.walked(file, step.path)
        spot = found.spot
        if found.rest or isinstance(spot, Repeat):
            return file, self._override(file, where, step.path, found)
        if isinstance(spot, Leaf) and spot.tag == "!lines":
            return self._elsewhere(file, spot, step.path, value_at(dict(self.wanted), step.path))
        if not isinstance(spot, Items):
            return self._put(step.path, value_at(dict(self.wanted), step.path))
        if self.standing.mixed(step.path):
            return file, relist_layers(self.standing, step)
        return file, relist(self.pages, step, file, where, spot)


def _beside(wish: Wish, new: New) -> None:
    """Beside what `<<` brings in, once: it holds all that is wished of it."""
    if all(one.name != new.name for one in wish.added):
        wish.added.append(new)


def _in_maps(path: Path) -> bool:
    """Whether a path leads through maps alone: items of lists are never laid over others."""
    return all(isinstance(part, str) for part in path)


def _marked(root: AnySpot, names: Collection[str | None]) -> Iterator[AnySpot]:
    """All that stands in values which aliases repeat."""
    for spot in within(root):
        if spot.anchor in names:
            yield from within(spot)
