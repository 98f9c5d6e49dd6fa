"""The files of a project while they are changed: each is read once, and what is to become of it is collected."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from reconcile.edit.paper import line_end
from reconcile.edit.patch import changed
from reconcile.edit.spots import Leaf, page, within
from reconcile.edit.wish import Stuck, Wish
from reconcile.edit.write import Edit
from reconcile.load.encoding import decode
from reconcile.load.files import OVERLAY_TAGS, TAGS, Refused, inside, lines, relative, text
from reconcile.load.nodes import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from reconcile.edit.spots import AnySpot, Page
    from reconcile.load import Environment, Project

_BOM = codecs.BOM_UTF8


class Pages:
    """The files of a project as they are, and who else reads them."""

    def __init__(self, project: Project, environment: Environment) -> None:
        self.project = project
        self.root = project.root
        self.layers: tuple[tuple[Path, ...], ...] = (project.resources, *environment.overlays)
        self._environment = environment
        self._pages: dict[Path, Page] = {}
        self._raw: dict[Path, bytes] = {}

    def name(self, path: Path) -> str:
        """How messages name a file."""
        return relative(self.root, path)

    def raw(self, path: Path) -> bytes:
        """The bytes of a file."""
        if path not in self._raw:
            self._raw[path] = self.project.content(path)
        return self._raw[path]

    def known(self, path: Path) -> bool:
        """Whether a file was read, or is there to be read."""
        return path in self._raw or path.is_file()

    def page(self, path: Path) -> Page:
        """A YAML file with the spots in it; raises Stuck where it cannot be read."""
        if path not in self._pages:
            try:
                content, _ = decode(self.raw(path))
            except (Refused, Unreadable) as wrong:
                raise Stuck(
                    f"{self.name(path)} cannot be read; check it with `reconcile validate`"
                ) from wrong
            tags = TAGS if path in self.project.resources else OVERLAY_TAGS
            self._pages[path] = page(content, tags)
        return self._pages[path]

    def file(self, name: str) -> Path:
        """The file of an origin, which has to be one that this environment is made from; raises Stuck otherwise."""
        path = self.root / name
        if not any(path in layer for layer in self.layers):
            raise Stuck(f"comes from a variable of {name}; change it there")
        return path

    def beside(self, path: Path, spot: Leaf) -> Path:
        """The file that a tag in another one names; raises Stuck where it is none of the project's."""
        try:
            return inside(self.root, path.parent, spot.text)
        except Refused as refused:
            raise Stuck(f"{spot.tag} {spot.text}: {refused.message}") from refused

    def text(self, path: Path) -> str:
        """The text of a file that a tag names; raises Stuck where it cannot be read."""
        try:
            return text(path, self.raw)
        except Refused as refused:
            raise Stuck(f"{self.name(path)}: {refused.message}") from refused

    def alone(self, path: Path) -> bool:
        """Whether no other environment is made from this file."""
        others = [one for one in self.project.environments.values() if one.name != self._environment.name]
        if path in self.project.resources:
            return not others
        return not any(path in layer for one in others for layer in one.overlays)

    def users(self, path: Path) -> list[str]:
        """Where `!file` and `!lines` name a file, in the files of every environment."""
        return self.used.get(path, [])

    @cached_property
    def used(self) -> dict[Path, list[str]]:
        """Every file that `!file` and `!lines` name, and where they do; raises Stuck where a file cannot be read."""
        found: dict[Path, list[str]] = {}
        for file in dict.fromkeys([*self.project.resources, *self._overlays()]):
            for target, place in self._named(file):
                found.setdefault(target, []).append(place)
        return found

    def _overlays(self) -> Iterable[Path]:
        envs = self.project.environments.values()
        return (path for env in envs for layer in env.overlays for path in layer)

    def _named(self, file: Path) -> Iterable[tuple[Path, str]]:
        root = self.page(file).root
        for spot in within(root) if root else ():
            if isinstance(spot, Leaf) and spot.tag in TAGS:
                try:
                    yield self.beside(file, spot), f"{self.name(file)}:{spot.line}"
                except Stuck:
                    continue

    def root_of(self, path: Path) -> AnySpot | None:
        """What stands in a file as a whole."""
        return self.page(path).root


@dataclass(slots=True)
class Lines:
    """What is to become of a list file: the lines that go, by number, and the entries that come."""

    gone: set[int] = field(default_factory=set)
    added: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Desk:
    """All that is to be written."""

    pages: Pages
    wishes: dict[Path, Wish] = field(default_factory=dict)
    lists: dict[Path, Lines] = field(default_factory=dict)
    texts: dict[Path, str] = field(default_factory=dict)
    heads: dict[Path, str] = field(default_factory=dict)
    """How files begin that are new."""

    def wish(self, path: Path) -> Wish:
        """The wish for a whole file."""
        return self.wishes.setdefault(path, Wish())

    def lines(self, path: Path) -> Lines:
        """What is to become of a list file."""
        return self.lists.setdefault(path, Lines())

    def edits(self) -> tuple[Edit, ...]:
        """The files that change, with their bytes before and after; raises Unfit for one that cannot be changed so."""
        found: dict[Path, bytes] = {}
        for makers, make in ((self.wishes, self._yaml), (self.lists, self._list), (self.texts, self._text)):
            for path in makers:
                found[path] = make(path)
        befores = {path: self._before(path) for path in found}
        return tuple(
            Edit(path, befores[path], found[path]) for path in sorted(found) if found[path] != befores[path]
        )

    def _before(self, path: Path) -> bytes | None:
        return self.pages.raw(path) if self.pages.known(path) else None

    def _yaml(self, path: Path) -> bytes:
        try:
            if not self.pages.known(path):
                return changed(page(self.heads.get(path, ""), TAGS), self.wishes[path]).encode()
            after = changed(self.pages.page(path), self.wishes[path])
        except Stuck as stuck:
            raise Unfit(path, stuck.message) from stuck
        return self._mark(path) + after.encode()

    def _mark(self, path: Path) -> bytes:
        """The byte order mark of a file that has one."""
        return _BOM if self._before(path) and self.pages.raw(path).startswith(_BOM) else b""

    def _text(self, path: Path) -> bytes:
        content = self.texts[path]
        mark = _BOM if content.startswith("\ufeff") else self._mark(path)
        return mark + content.encode()  # a mark that belongs to the text needs one before it that does not

    def _list(self, path: Path) -> bytes:
        before = self.pages.text(path) if self.pages.known(path) else self.heads.get(path, "")
        return self._mark(path) + with_lines(before, self.lists[path]).encode()


@dataclass(frozen=True, slots=True)
class Unfit(Exception):  # noqa: N818 - never leaves this package
    """A file that cannot be changed as wished, and why."""

    path: Path
    message: str


def with_lines(content: str, wanted: Lines) -> str:
    """A list file without some lines and with new entries at its end; every comment stays."""
    eol = line_end(content)
    kept = "".join(line for number, line in enumerate(_split(content), 1) if number not in wanted.gone)
    if wanted.added and kept and not kept.endswith(("\n", "\r")):
        kept += eol
    return kept + "".join(f"{entry}{eol}" for entry in wanted.added)


def _split(content: str) -> list[str]:
    """The lines of a list file with their ends, counted as the loader counts them."""
    found, line = [], ""
    for index, character in enumerate(content):
        line += character
        if character == "\n" or (character == "\r" and not content.startswith("\n", index + 1)):
            found.append(line)
            line = ""
    return [*found, line]


def entry_fits(entry: str) -> bool:
    """Whether a list file can hold an entry as a line of its own."""
    return [found for _, found in lines(entry)] == [entry]
