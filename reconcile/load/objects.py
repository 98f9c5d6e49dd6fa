"""Sections that are maps by key, and those of one object: each overlay is laid over what stands below it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.load.nodes import VERBS, Entry, Line, Mapping, Scalar, entry_from
from reconcile.load.overlay import REPLACE, UNSET, Merge, cleaned, empty
from reconcile.load.rendering import Piece, merge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconcile.load.nodes import Node
    from reconcile.load.rendering import Rendering
    from reconcile.model import Kind, Origin, Section


class Objects:
    """The objects of one kind, layer by layer."""

    def __init__(self, rendering: Rendering, kind: Kind, base: Iterable[Piece]) -> None:
        self._rendering = rendering
        self._kind = kind
        self._pieces = list(self._standing(base))
        self._unset: dict[str, Origin] = {}

    def section(self) -> Section | None:
        """What is wanted of this kind; None where it is left alone."""
        if not self._pieces:
            return None
        found = merge(self._rendering, self._kind, map(self._rendering.part, self._pieces))
        return replace(found, unset=self._unset)

    def lay(self, layer: Iterable[Piece]) -> None:
        """Lay the files of one overlay over what there is; their order means nothing."""
        pieces = list(self._standing(layer))
        self._check_twice(pieces)
        for piece in pieces:
            self._lay(piece)

    def _standing(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """The pieces without the entries that do not stand in this environment."""
        for piece in pieces:
            if not isinstance(piece.node, Mapping):
                yield piece
                continue
            reader = self._rendering.reader(piece)
            if self._kind.singleton:
                node = reader.admitted(piece.node, self._kind.name)
                if node is not None:
                    yield replace(piece, node=node)
                continue
            entries = {}
            for name, entry in piece.node.entries.items():
                here: Node | None = entry.node
                if isinstance(entry.node, Mapping):
                    here = reader.admitted(entry.node, self._kind.address(name))
                if here is not None:
                    entries[name] = Entry(entry.line, here)
            yield replace(piece, node=Mapping(entries, piece.node.line, piece.node.tag))

    def _entries(self, piece: Piece) -> dict[str, Entry]:
        """What a piece says by name; the one object of a singleton has none."""
        if self._kind.singleton or piece.node.tag in VERBS:
            return {"": Entry(piece.line, piece.node)}
        return piece.node.entries if isinstance(piece.node, Mapping) else {}

    def _check_twice(self, pieces: list[Piece]) -> None:
        seen: dict[str, Origin] = {}
        whole = any(piece.node.tag in VERBS for piece in pieces)
        for piece in pieces:
            at = self._rendering.reader(piece).at
            told = {"": Entry(piece.line, piece.node)} if whole else self._entries(piece)
            for name, entry in told.items():
                key = self._kind.normalise(name)
                first = seen.setdefault(key, at(entry.line))
                if first != at(entry.line):
                    message = (
                        f"stands at {first} too, in the same set of overlay files; put both into one place, "
                        "or list the files one after the other under overlays"
                    )
                    self._rendering.say("duplicate", message, self._address(name), at(entry.line))

    def _lay(self, piece: Piece) -> None:
        if self._kind.singleton:
            self._object("", Entry(piece.line, piece.node), piece)
        elif piece.node.tag in VERBS:
            self._whole(piece)
        elif not isinstance(piece.node, Mapping) and not empty(piece.node):
            self._pieces.append(piece)  # whoever reads it will say what is wrong
        else:
            self._pieces = self._pieces or [replace(piece, node=Mapping({}, piece.node.line))]
            for name, entry in self._entries(piece).items():
                self._object(name, entry, piece)

    def _whole(self, piece: Piece) -> None:
        """The section as a whole is left alone here, or is another one."""
        ground = self._rendering.ground(piece, self._kind.section)
        if piece.node.tag == UNSET and empty(piece.node):
            if not self._pieces:
                ground.say("`!unset` of nothing: no file below has this section; remove the line", piece.line)
            self._drop_all(piece)
        elif piece.node.tag == REPLACE and isinstance(piece.node, Mapping):
            self._drop_all(piece)
            self._lay(replace(piece, node=replace(piece.node, tag=None)))
        else:
            ground.say(
                f"`{piece.node.tag}` means nothing here; tag what is inside of the section", piece.line
            )

    def _drop_all(self, piece: Piece) -> None:
        for index, below in enumerate(self._pieces):
            for name, entry in self._entries(below).items():
                self._dropped(index, name, entry, piece, piece.line)
        self._pieces = []

    # --- one object, or one option of the section ---

    def _object(self, name: str, over: Entry, piece: Piece) -> None:
        found = self._find(name)
        if over.node.tag == UNSET:
            self._release(name, over, piece, found)
        elif over.node.tag == REPLACE and isinstance(over.node, Mapping):
            if found:
                self._dropped(*found, piece, over.line)
                self._take(found[0], found[1])
            self._add(name, Entry(over.line, replace(over.node, tag=None)), piece)
        elif over.node.tag in VERBS:
            message = f"`{over.node.tag}` is for lists and fields; to leave this alone here, write `!unset`"
            self._rendering.ground(piece, self._address(name)).say(message, over.line)
        elif found:
            self._change(found, over, piece)
        else:
            self._add(name, over, piece)

    def _release(self, name: str, over: Entry, piece: Piece, found: tuple[int, str, Entry] | None) -> None:
        """Not declared here, and not deleted either: also not under the name that it had before."""
        ground = self._rendering.ground(piece, self._address(name))
        if not empty(over.node):
            ground.say("`!unset` stands alone; remove what follows it", over.line)
        elif found is None:
            ground.say("`!unset` of nothing: no file below declares this; remove the line", over.line)
        else:
            place = ground.place(over.line)
            self._dropped(*found, piece, over.line)
            self._take(found[0], found[1])
            if not name.startswith("."):
                for key in (name, *_former_name(found[2].node)):
                    self._unset[self._kind.normalise(key)] = place

    def _change(self, found: tuple[int, str, Entry], over: Entry, piece: Piece) -> None:
        index, name, base = found
        ground = self._rendering.ground(self._pieces[index], self._address(name))
        over = entry_from(over, piece.source)
        below = Mapping({}, base.line) if empty(base.node) else base.node
        if isinstance(over.node, Mapping) and isinstance(below, Mapping):
            self._put(index, name, Entry(base.line, Merge(ground).fields(below, over.node)))
        elif not empty(over.node) and (name.startswith(".") or isinstance(below, Mapping)):
            ground.touch((), over.line, base.line)
            self._put(index, name, Entry(over.line, cleaned(over.node)))

    def _add(self, name: str, over: Entry, piece: Piece) -> None:
        """An object, or an option, that no file below has."""
        ground = self._rendering.ground(piece, self._address(name))
        node = over.node
        if isinstance(node, Mapping) and node.entries:
            node = Merge(ground).fields(Mapping({}, node.line), node)
        else:
            ground.touch((), over.line, None)
        self._unset.pop(self._kind.normalise(name), None)
        inner = node if self._kind.singleton else Mapping({name: Entry(over.line, cleaned(node))}, piece.line)
        self._pieces.append(replace(piece, node=inner))

    # --- the pieces ---

    def _find(self, name: str) -> tuple[int, str, Entry] | None:
        """Where an object stands: the piece, its name there, and what it says."""
        key = self._kind.normalise(name)
        for index, piece in enumerate(self._pieces):
            entries = self._entries(piece)
            if name in entries:
                return index, name, entries[name]
            for known, entry in entries.items():
                if self._kind.normalise(known) == key:
                    return index, known, entry
        return None

    def _put(self, index: int, name: str, entry: Entry) -> None:
        piece = self._pieces[index]
        node = entry.node
        if not self._kind.singleton and isinstance(piece.node, Mapping):
            node = Mapping({**piece.node.entries, name: entry}, piece.node.line)
        self._pieces[index] = replace(piece, node=node)

    def _take(self, index: int, name: str) -> None:
        piece = self._pieces[index]
        if self._kind.singleton or not isinstance(piece.node, Mapping):
            del self._pieces[index]
            return
        rest = {known: entry for known, entry in piece.node.entries.items() if known != name}
        self._pieces[index] = replace(piece, node=Mapping(rest, piece.node.line))

    def _dropped(self, index: int, name: str, base: Entry, over: Piece, line: int) -> None:
        """Note that a line of an overlay takes an object away."""
        ground = self._rendering.ground(self._pieces[index], self._address(name))
        Merge(ground).dropped(base.node, Line.of(line, over.source), (), base.line)

    def _address(self, name: str) -> str:
        return f"{self._kind.name}{name}" if name.startswith(".") else self._kind.address(name)


def _former_name(node: Node) -> Iterator[str]:
    entry = node.entries.get("renamed_from") if isinstance(node, Mapping) else None
    if entry and isinstance(entry.node, Scalar) and entry.node.text:
        yield entry.node.text
