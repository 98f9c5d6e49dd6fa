"""Sections that are maps by key, and those of one object: each overlay is laid over what stands below it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconcile.load.nodes import Entry, Line, Mapping, Scalar, entry_from
from reconcile.load.overlay import Merge
from reconcile.load.rendering import merge
from reconcile.load.verbs import REPLACE, UNSET, VERBS, cleaned, empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconcile.load.nodes import Node
    from reconcile.load.rendering import Piece, Rendering
    from reconcile.load.section import Reader
    from reconcile.model import Kind, Origin, Section


@dataclass(frozen=True, slots=True)
class _Held:
    """An object, or an option, as one file says it, with what overlays have made of it."""

    head: Piece
    name: str
    entry: Entry


class Objects:
    """The objects of one kind, layer by layer."""

    def __init__(self, rendering: Rendering, kind: Kind, base: Iterable[Piece]) -> None:
        self._rendering = rendering
        self._kind = kind
        self._heads: list[Piece] = []
        self._held: dict[str, list[_Held]] = {}  # by key: more than one where files say the same twice
        self._unset: dict[str, Origin] = {}
        for piece in self._standing(base):
            self._heads.append(piece)
            for name, entry in self._entries(piece).items():
                self._held.setdefault(kind.normalise(name), []).append(_Held(piece, name, entry))

    def section(self) -> Section | None:
        """What is wanted of this kind; None where it is left alone."""
        parts = [self._rendering.part(piece) for piece in self._pieces()]
        return replace(merge(self._rendering, self._kind, parts), unset=self._unset) if parts else None

    def _pieces(self) -> Iterator[Piece]:
        """What is held, as each file would have to say it."""
        held = [one for all_ in self._held.values() for one in all_]
        if self._kind.singleton:
            yield from (replace(one.head, node=one.entry.node) for one in held)
            return
        said: dict[int, dict[str, Entry]] = {}
        for one in held:
            said.setdefault(id(one.head), {})[one.name] = one.entry
        for head in self._heads:
            keyed = isinstance(head.node, Mapping)
            yield replace(head, node=Mapping(said.get(id(head), {}), head.line)) if keyed else head

    def lay(self, layer: Iterable[Piece]) -> None:
        """Lay the files of one overlay over what there is; their order means nothing."""
        pieces = list(self._standing(layer))
        self._check_twice(pieces)
        for piece in pieces:
            self._lay(piece)

    def _standing(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """The pieces without the entries that do not stand in this environment."""
        for piece in pieces:
            node: Node | None = piece.node
            if isinstance(piece.node, Mapping):
                reader = self._rendering.reader(piece)
                one = self._kind.singleton
                node = (
                    reader.admitted(piece.node, self._kind.name)
                    if one
                    else self._admitted(reader, piece.node)
                )
            if node is not None:
                yield replace(piece, node=node)

    def _admitted(self, reader: Reader, section: Mapping) -> Mapping:
        entries = {}
        for name, (line, node) in section.entries.items():
            here = reader.admitted(node, self._kind.address(name)) if isinstance(node, Mapping) else node
            if here is not None:
                entries[name] = Entry(line, here)
        return Mapping(entries, section.line, section.tag)

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
        if not self._kind.singleton and piece.node.tag in VERBS:
            self._whole(piece)
            return
        if piece.node.tag not in VERBS and empty(piece.node):
            piece = replace(piece, node=Mapping({}, piece.line))
        if piece.node.tag not in VERBS and not (self._heads and isinstance(piece.node, Mapping)):
            self._heads.append(piece)  # where it is no map, whoever reads it will say so
        for name, entry in self._entries(piece).items():
            self._object(name, entry, piece)

    def _whole(self, piece: Piece) -> None:
        """The section as a whole is left alone here, or is another one."""
        ground = self._rendering.ground(piece, self._kind.section)
        if piece.node.tag == UNSET and empty(piece.node):
            if not self._heads:
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
        for held in self._held.values():
            self._dropped(held[0], piece, piece.line)
        self._heads, self._held = [], {}

    # --- one object, or one option of the section ---

    def _object(self, name: str, over: Entry, piece: Piece) -> None:
        found = self._held.get(self._kind.normalise(name))
        if over.node.tag == UNSET:
            self._release(name, over, piece)
        elif over.node.tag == REPLACE and isinstance(over.node, Mapping):
            if found:
                self._dropped(found[0], piece, over.line)
            self._add(name, Entry(over.line, replace(over.node, tag=None)), piece)
        elif over.node.tag in VERBS:
            message = f"`{over.node.tag}` is for lists and fields; to leave this alone here, write `!unset`"
            self._rendering.ground(piece, self._address(name)).say(message, over.line)
        elif found:
            self._change(found[0], entry_from(over, piece.source))
        else:
            self._add(name, over, piece)

    def _release(self, name: str, over: Entry, piece: Piece) -> None:
        """Not declared here, and not deleted either: also not under the name that it had before."""
        ground = self._rendering.ground(piece, self._address(name))
        key = self._kind.normalise(name)
        if not empty(over.node):
            ground.say("`!unset` stands alone; remove what follows it", over.line)
        elif key not in self._held:
            ground.say("`!unset` of nothing: no file below declares this; remove the line", over.line)
        else:
            held = self._held.pop(key)[0]
            self._dropped(held, piece, over.line)
            if not name.startswith("."):
                names = (name, *_former_name(held.entry.node))
                self._unset.update((self._kind.normalise(one), ground.place(over.line)) for one in names)

    def _change(self, held: _Held, over: Entry) -> None:
        base = held.entry
        ground = self._rendering.ground(held.head, self._address(held.name))
        below = Mapping({}, base.line) if empty(base.node) else base.node
        if isinstance(over.node, Mapping) and isinstance(below, Mapping):
            self._hold(replace(held, entry=Entry(base.line, Merge(ground).fields(below, over.node))))
        elif not empty(over.node) and (held.name.startswith(".") or isinstance(below, Mapping)):
            ground.touch((), over.line, base.line)
            self._hold(replace(held, entry=Entry(over.line, cleaned(over.node))))

    def _add(self, name: str, over: Entry, piece: Piece) -> None:
        """An object, or an option, that no file below has."""
        ground = self._rendering.ground(piece, self._address(name))
        node = over.node
        if isinstance(node, Mapping) and node.entries:
            node = Merge(ground).fields(Mapping({}, node.line), node)
        else:
            ground.touch((), over.line, None)
        self._unset.pop(self._kind.normalise(name), None)
        if not self._heads or self._heads[-1] is not piece:
            self._heads.append(piece)
        self._hold(_Held(self._heads[-1], name, Entry(over.line, cleaned(node))))

    def _hold(self, held: _Held) -> None:
        self._held[self._kind.normalise(held.name)] = [held]

    def _dropped(self, held: _Held, over: Piece, line: int) -> None:
        """Note that a line of an overlay takes an object away."""
        ground = self._rendering.ground(held.head, self._address(held.name))
        Merge(ground).dropped(held.entry.node, Line.of(line, over.source), (), held.entry.line)

    def _address(self, name: str) -> str:
        return f"{self._kind.name}{name}" if name.startswith(".") else self._kind.address(name)


def _former_name(node: Node) -> Iterator[str]:
    entry = node.entries.get("renamed_from") if isinstance(node, Mapping) else None
    if entry and isinstance(entry.node, Scalar) and entry.node.text:
        yield entry.node.text
