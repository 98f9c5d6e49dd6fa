"""Objects that no file has yet, written as a person would: long texts and long lists in files of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconcile.edit.desk import entry_fits
from reconcile.edit.spelling import Noted, Raw, Spaced, escaped
from reconcile.edit.spots import Leaf, Members
from reconcile.edit.walk import walk
from reconcile.edit.wanted import like
from reconcile.edit.wish import New, Stuck
from reconcile.load.files import relative
from reconcile.model import Secret, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path as FilePath

    from reconcile.edit.desk import Desk, Pages
    from reconcile.edit.homes import Homes
    from reconcile.edit.spelling import Writable
    from reconcile.edit.wanted import Wanted
    from reconcile.model import Json, Kind

LONG = 20
"""Entries from which on a new list stands in a file of its own."""

BODY_LINES = 5
"""Lines from which on a new text stands in a file of its own."""


@dataclass(slots=True)
class Additions:
    """Finds places for new objects; `remarks` are comments for the head of a new section's file, by kind."""

    pages: Pages
    homes: Homes
    remarks: Mapping[str, tuple[str, ...]]

    def add_object(self, kind: Kind, key: str, wanted: Wanted) -> tuple[FilePath, Callable[[Desk], None]]:
        """An object into the section of its kind, or into a new one."""
        if key.startswith("."):
            raise Stuck("its name starts with a dot, which in files marks an option of the section")
        home = self.homes.section(kind)
        if home is None:
            file = self.homes.new_section(kind)
            return file, lambda desk: self._into_new(desk, file, kind, key, wanted)
        found = walk(self.pages.page(home), (kind.section,)).spot
        if not isinstance(found, Members) and not (
            isinstance(found, Leaf) and not found.text and not found.tag
        ):
            raise Stuck(f"{kind.section} in {self.pages.name(home)} is not written as a map; add it by hand")

        def act(desk: Desk) -> None:
            value = self._written(desk, home, kind, key, wanted)
            new = [New(one, name) for name, one in value.items()]
            section = desk.wish(home).at((kind.section,))
            section.added += new if kind.singleton else [New(_noted(value, wanted), key)]

        return home, act

    def add_list(self, kind: Kind, fresh: Mapping[str, Wanted]) -> tuple[FilePath, Callable[[Desk], None]]:
        """A section of entries that no file has."""
        file = self.homes.new_section(kind)

        def act(desk: Desk) -> None:
            self._begin(desk, file, kind)
            bare = all(entry_fits(key) and not one.fields for key, one in fresh.items())
            value: Writable = [_entry(kind, key, one) for key, one in fresh.items()]
            if len(fresh) > LONG and bare:
                target = self.homes.list_file(desk, file, kind)
                desk.lines(target).added += fresh
                value = Raw(f"!lines {relative(file.parent, target)}")
            desk.wish(file).added.append(New({kind.entries: value}, kind.section))

        return file, act

    def add_comment(self, kind: Kind) -> tuple[FilePath, Callable[[Desk], None]]:
        """A file for a section of which there is nothing but remarks."""
        file = self.homes.new_section(kind)

        def act(desk: Desk) -> None:
            if self.pages.known(file):
                raise Stuck(
                    f"has no place for its remarks but {self.pages.name(file)}, which has others; write them there"
                )
            self._begin(desk, file, kind)
            desk.wish(file)

        return file, act

    def _into_new(self, desk: Desk, file: FilePath, kind: Kind, key: str, wanted: Wanted) -> None:
        """Into a section that this very run begins: with its first object."""
        self._begin(desk, file, kind)
        value = _noted(self._written(desk, file, kind, key, wanted), wanted)
        added = desk.wish(file).added
        if kind.singleton:
            added.append(New(value, kind.section))
            return
        begun = next((index for index, one in enumerate(added) if one.name == kind.section), None)
        if begun is None:
            added.append(New(Spaced({key: value}), kind.section))
            return
        members = added[begun].value
        known = members.members if isinstance(members, Spaced) else {}
        added[begun] = New(Spaced({**known, key: value}), kind.section)

    def _begin(self, desk: Desk, file: FilePath, kind: Kind) -> None:
        if not self.pages.known(file) and file not in desk.heads:
            remarks = "".join(f"# {line}".rstrip() + "\n" for line in self.remarks.get(kind.name, ()))
            desk.heads[file] = self.homes.head(file) + remarks

    def _written(
        self, desk: Desk, file: FilePath, kind: Kind, key: str, wanted: Wanted
    ) -> dict[str, Writable]:
        """The fields of a new object as they are written, secrets by name."""
        if wanted.default:
            return {"state": "default"}
        found: dict[str, Writable] = {}
        for name, tagged in wanted.fields.items():
            if isinstance(tagged, Secret):
                found[name] = f"${{env:{tagged.name}}}"
            elif isinstance(tagged, Value) and _long(kind, name, tagged.value):
                target = self.homes.body(desk, file, kind, key, kind.fields[name])
                desk.texts[target] = like("", str(tagged.value))
                found[name] = Raw(f"!file {relative(file.parent, target)}")
            elif isinstance(tagged, Value):
                found[name] = writable(tagged.value)
        return found


def writable(value: Json) -> Writable:
    """A live value as it is written."""
    found: Writable = escaped(value)
    return found


def _noted(value: Writable, wanted: Wanted) -> Writable:
    return Noted(value, wanted.notes) if wanted.notes else value


def _long(kind: Kind, name: str, value: Json) -> bool:
    field = kind.fields.get(name)
    if field is None or not field.text or not isinstance(value, str):
        return False
    return bool(value) and (field.preview == "html" or value.count("\n") >= BODY_LINES)


def _entry(kind: Kind, key: str, wanted: Wanted) -> Writable:
    fields = {name: writable(value) for name, value in wanted.plain.items()}
    return {kind.key: writable(key), **fields} if fields else writable(key)
