"""Where the values of one declared object are written, and the wishes that make them say something else.

Each function looks everything up first and returns what it would do to a Desk; it raises Stuck where it cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from reconcile.edit.patch import New, Stuck
from reconcile.edit.spelling import Raw, escaped
from reconcile.edit.spots import Items, Leaf, Members, Repeat, within
from reconcile.edit.steps import Drop, Fresh, Insert, Put, Relist
from reconcile.edit.variables import holds_variable, with_variables
from reconcile.edit.walk import check_unshared, walk
from reconcile.edit.wanted import like, value_at
from reconcile.load import files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path as FilePath

    from reconcile.edit.desk import Desk, Pages
    from reconcile.edit.spelling import Writable
    from reconcile.edit.spots import AnySpot
    from reconcile.edit.steps import Step
    from reconcile.edit.walk import Found
    from reconcile.load.nodes import Node
    from reconcile.model import Declared, Json, Kind, Path

Act: TypeAlias = "Callable[[Desk], None]"


@dataclass(frozen=True, slots=True)
class Leaves:
    """One declared object in the files of an environment; `wanted` is what all its fields are to be."""

    pages: Pages
    kind: Kind
    declared: Declared
    variables: Mapping[str, Node]
    wanted: Mapping[str, Json]

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

    # --- where ---

    def _file(self, path: Path) -> FilePath:
        return self.pages.file(self.declared.place(path).file)

    def _prefix(self, file: FilePath) -> Path:
        """The keys in a file that lead to this object."""
        found = object_path(self.pages, self.kind, file, self.declared.key)
        if found is None:
            raise Stuck(f"was not found in {self.pages.name(file)}; change it by hand")
        return found

    def _walked(self, file: FilePath, path: Path) -> tuple[Path, Found]:
        where = (*self._prefix(file), *path)
        return where, walk(self.pages.page(file), where)

    # --- one value ---

    def _put(self, path: Path, value: Json) -> tuple[FilePath, Act]:
        file = self._file(path)
        where, found = self._walked(file, path)
        if found.rest or isinstance(found.spot, Repeat):
            return file, self._override(file, where, path, found)
        spot = found.spot
        if isinstance(spot, Leaf) and spot.tag in files.TAGS:
            return self._elsewhere(file, spot, path, value)
        written = self._written(file, spot, value)

        def act(desk: Desk) -> None:
            desk.wish(file).at(where).put = written

        check_unshared(self.pages.page(file), spot)
        return file, act

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
        field = self.kind.fields.get(str(path[0]))
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

    def _override(self, file: FilePath, where: Path, path: Path, found: Found) -> Act:
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
            return lambda desk: desk.wish(file).at(where[:level]).added.append(New(value, name))

        def act(desk: Desk) -> None:
            desk.wish(file).at(where[:level]).put = value

        return act

    # --- members ---

    def _drop(self, path: Path) -> tuple[FilePath, Act]:
        file = self._file(path)
        where, found = self._walked(file, path)
        if found.rest:
            raise Stuck("comes from an alias, and cannot be taken out here alone; write it out by hand")
        check_unshared(self.pages.page(file), found.spot)
        below = self._stands_below(file, path)

        def act(desk: Desk) -> None:
            wish = desk.wish(file).at(where)
            if below:
                wish.put = Raw("!remove" if len(path) > 1 else "!unset")
            else:
                wish.gone = True

        return file, act

    def _stands_below(self, file: FilePath, path: Path) -> bool:
        """Whether a file under this one says it too, so that it would come back."""
        for layer in self.pages.layers:
            if file in layer:
                return False
            for other in layer:
                prefix = object_path(self.pages, self.kind, other, self.declared.key)
                if prefix is not None and _stands(self.pages, other, (*prefix, *path)):
                    return True
        return False

    def _insert(self, step: Insert) -> tuple[FilePath, Act]:
        file = self._file(step.parent)
        where, found = self._walked(file, step.parent)
        if found.rest or isinstance(found.spot, Repeat):
            return file, self._override(file, where, step.parent, found)
        check_spot = found.spot
        if isinstance(check_spot, Leaf) and (check_spot.text or check_spot.tag):
            raise Stuck("is no map in the file, so nothing can be added to it; change it by hand")
        new = New(escaped(step.value), step.name)
        return file, lambda desk: desk.wish(file).at(where).added.append(new)

    # --- lists ---

    def _relist(self, step: Relist) -> tuple[FilePath, Act]:
        file = self._file(step.path)
        where, found = self._walked(file, step.path)
        spot = found.spot
        if found.rest or isinstance(spot, Repeat):
            return file, self._override(file, where, step.path, found)
        if isinstance(spot, Leaf) and spot.tag == "!lines":
            return self._elsewhere(file, spot, step.path, value_at(dict(self.wanted), step.path))
        if not isinstance(spot, Items):
            return self._put(step.path, value_at(dict(self.wanted), step.path))
        places = self.declared.lines
        mixed = any((*step.path, index) in places for index in range(_length(step)))
        if mixed:
            return file, self._relist_layers(step, where)
        order: list[int | New] = [
            New(escaped(one.value)) if isinstance(one, Fresh) else one for one in step.order
        ]
        self._check_kept_out(file, spot, step)

        def act(desk: Desk) -> None:
            desk.wish(file).at(where).order = order

        return file, act

    def _check_kept_out(self, file: FilePath, spot: Items, step: Relist) -> None:
        page = self.pages.page(file)
        kept = {one for one in step.order if isinstance(one, int)}
        for index, item in enumerate(spot.items):
            if index not in kept:
                check_unshared(page, item)
                if isinstance(item, Leaf) and holds_variable(item.text) and not self.pages.alone(file):
                    raise Stuck(
                        f"line {item.line} is written with a variable, for environments differ; change it by hand"
                    )

    def _relist_layers(self, step: Relist, where: Path) -> Act:
        """A list that several files make together: each item goes from the file that it stands in, new ones come last."""
        kept = {one for one in step.order if isinstance(one, int)}
        fresh = [New(escaped(one.value)) for one in step.order if isinstance(one, Fresh)]
        gone: dict[FilePath, set[int]] = {}
        last = self._file(step.path)
        paths = {last: where}
        for index in range(self._count(step.path)):
            origin = self.declared.place((*step.path, index))
            file = self.pages.file(origin.file)
            if index not in kept:
                paths.setdefault(file, (*self._prefix(file), *step.path))
                gone.setdefault(file, set()).add(self._item_at(file, paths[file], step.path, index))
        if fresh:
            gone.setdefault(last, set())

        def act(desk: Desk) -> None:
            for file, numbers in gone.items():
                spot = walk(self.pages.page(file), paths[file]).spot
                stay = [one for one in range(len(getattr(spot, "items", ()))) if one not in numbers]
                desk.wish(file).at(paths[file]).order = [*stay, *(fresh if file == last else ())]

        return act

    def _count(self, path: Path) -> int:
        field = self.declared.fields[str(path[0])]
        found = value_at({str(path[0]): getattr(field, "value", None)}, path)
        return len(found) if isinstance(found, list) else 0

    def _item_at(self, file: FilePath, where: Path, path: Path, index: int) -> int:
        """The number that an item has in the list of its own file."""
        spot = walk(self.pages.page(file), where).spot
        origins = [self.declared.place((*path, number)) for number in range(index + 1)]
        mine = [number for number, origin in enumerate(origins) if origin.file == origins[index].file]
        if not isinstance(spot, Items) or len(mine) > len(spot.items):
            raise Stuck("this list is put together from several files; change it by hand")
        return len(mine) - 1


def _length(step: Relist) -> int:
    return max((one for one in step.order if isinstance(one, int)), default=-1) + 2


def _marked(root: AnySpot, names: Collection[str | None]) -> Iterator[AnySpot]:
    """All that stands in values which aliases repeat."""
    for spot in within(root):
        if spot.anchor in names:
            yield from within(spot)


def _stands(pages: Pages, file: FilePath, where: Path) -> bool:
    try:
        found = walk(pages.page(file), where)
    except Stuck:
        return False
    return not found.rest


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
