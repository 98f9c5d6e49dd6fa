"""Sections that are lists of entries: an overlay has another list, or adds, takes out and leaves alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconcile.load.nodes import Mapping, Scalar, Sequence
from reconcile.load.rendering import Piece, merge
from reconcile.load.verbs import APPEND, REMOVE, REPLACE, UNSET, VERBS, cleaned, empty
from reconcile.model import Section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.load.nodes import Entry, Node
    from reconcile.load.rendering import Rendering
    from reconcile.model import Declared, Kind, Origin


@dataclass(slots=True)
class _Layer:
    """What the files of one overlay say about one list, whatever their order."""

    origin: Origin
    replaced: Origin | None = None
    entries: dict[str, dict[str, Declared]] = field(
        default_factory=lambda: {verb: {} for verb in (REPLACE, APPEND, REMOVE, UNSET)}
    )
    prune: tuple[bool, Origin] | None = None
    dropped: Origin | None = None  # the whole section is left alone
    keeps_prune: bool = True


class Lists:
    """The entries of one kind, layer by layer."""

    def __init__(self, rendering: Rendering, kind: Kind, base: Iterable[Piece]) -> None:
        self._rendering = rendering
        self._kind = kind
        parts = [rendering.part(piece) for piece in base]
        self._section = merge(rendering, kind, parts) if parts else None

    def section(self) -> Section | None:
        """What is wanted of this kind; None where it is left alone."""
        return self._section

    def lay(self, layer: Iterable[Piece]) -> None:
        """Lay the files of one overlay over what there is."""
        pieces = list(layer)
        said = _Layer(self._rendering.reader(pieces[0]).at(pieces[0].line))
        for piece in pieces:
            self._hear(piece, said)
        self._check_twice(said)
        if said.dropped and len(pieces) > 1:
            message = (
                "another overlay file of the same set says something about this section; remove one of them"
            )
            self._rendering.say("duplicate", message, self._kind.section, said.dropped)
        if said.dropped:
            self._drop(said.dropped)
        else:
            self._apply(said)

    # --- what the files say ---

    def _hear(self, piece: Piece, said: _Layer) -> None:
        node = piece.node
        place = self._rendering.reader(piece).at(piece.line)
        if isinstance(node, Scalar) and node.tag == UNSET and empty(node):
            said.dropped = place
        elif not isinstance(node, Mapping):
            self._hear_list(piece, node, said)
        elif node.tag in VERBS:
            example = f"`{self._kind.entries}: {node.tag} [...]`"
            self._say(f"`{node.tag}` stands before the list, as in {example}", place)
        else:
            self._hear_options(piece, node, said)
            if entries := node.entries.get(self._kind.entries):
                self._hear_list(piece, entries.node, said)

    def _hear_options(self, piece: Piece, node: Mapping, said: _Layer) -> None:
        options: dict[str, Entry] = {}
        for name, entry in node.entries.items():
            if name != self._kind.entries and entry.node.tag == UNSET and empty(entry.node):
                said.keeps_prune = False
                self._touch_option(name, self._rendering.reader(piece).at(entry.line))
            elif name != self._kind.entries:
                options[name] = entry
        part = self._rendering.part(replace(piece, node=Mapping(options, node.line)))
        if part.prune_origin and said.prune:
            message = f"prune is already set at {said.prune[1]}; remove one of them"
            self._rendering.say("duplicate", message, self._kind.section, part.prune_origin)
        elif part.prune_origin:
            said.prune = (part.prune, part.prune_origin)
            self._touch_option("prune", part.prune_origin)

    def _hear_list(self, piece: Piece, node: Node, said: _Layer) -> None:
        """The entries that a list names, by what is to become of them."""
        if empty(node) and node.tag is None:
            return
        reader = self._rendering.reader(piece)
        if not isinstance(node, Sequence):
            if node.tag in VERBS:
                self._say(f"`{node.tag}` takes a list; write [ ] around it", reader.at(node.line))
                return
            node = Sequence((node,), node.line) if node.tag else node
        verb = node.tag if node.tag in VERBS else REPLACE
        if verb == REPLACE:
            said.replaced = reader.at(node.line)
        if not isinstance(node, Sequence):
            list(reader.entries(node))  # which says what is wrong
            return
        for item in node.items:
            own = item.tag if item.tag in VERBS else verb
            if own != verb and verb == REPLACE:
                self._say(
                    f"`{own}` needs a list that is tagged itself; write `!append` before it",
                    reader.at(item.line),
                )
            for declared in reader.entries(Sequence((cleaned(item),), item.line)):
                self._note(said, own, declared)

    def _note(self, said: _Layer, verb: str, declared: Declared) -> None:
        first = said.entries[verb].setdefault(declared.key, declared)
        if first is not declared:
            self._report_twice(first, declared)

    def _check_twice(self, said: _Layer) -> None:
        seen: dict[str, Declared] = {}
        for named in said.entries.values():
            for key, declared in named.items():
                first = seen.setdefault(key, declared)
                if first is not declared:
                    self._report_twice(*sorted((first, declared), key=lambda one: one.origin))

    def _report_twice(self, first: Declared, again: Declared) -> None:
        message = f"stands at {first.origin} too, in the same set of overlay files; remove one of them"
        self._rendering.say("duplicate", message, self._kind.address(again.key), again.origin)

    # --- what becomes of the section ---

    def _drop(self, place: Origin) -> None:
        if self._section is None:
            self._say("`!unset` of nothing: no file below has this section; remove the line", place)
            return
        for key, declared in self._section.objects.items():
            self._touch(key, place, declared)
        self._section = None

    def _apply(self, said: _Layer) -> None:
        before = self._section or Section(said.origin)
        added, removed, unset = said.entries[APPEND], said.entries[REMOVE], said.entries[UNSET]
        self._check_there(before, removed, REMOVE)
        self._check_there(before, unset, UNSET)
        kept = dict(said.entries[REPLACE]) if said.replaced else dict(before.objects)
        for key in (*removed, *unset):
            kept.pop(key, None)
        for key, declared in added.items():
            first = kept.setdefault(key, declared)
            if first is not declared:
                self._rendering.say(
                    "overlay",
                    f"is in the list already, at {first.origin}; remove it here",
                    self._kind.address(key),
                    declared.origin,
                )
        self._touched(before, kept, said)
        prune = said.prune[0] if said.prune else before.prune and said.keeps_prune
        left = {**before.unset, **{key: one.origin for key, one in unset.items()}}
        still = {key: place for key, place in left.items() if key not in kept}
        self._section = Section(before.origin, kept, prune=prune, unset=still)

    def _check_there(self, before: Section, named: dict[str, Declared], verb: str) -> None:
        for key, declared in named.items():
            if key not in before.objects:
                message = f"`{verb}` of nothing: no file below has this entry; remove it here"
                self._rendering.say("overlay", message, self._kind.address(key), declared.origin)

    def _touched(self, before: Section, after: dict[str, Declared], said: _Layer) -> None:
        """Note every entry that comes, goes or has other fields."""
        named = {key: one for entries in said.entries.values() for key, one in entries.items()}
        for key in dict.fromkeys((*before.objects, *after)):
            old, new = before.objects.get(key), after.get(key)
            if old is None or new is None or old.fields != new.fields:
                place = named[key].origin if key in named else said.replaced or said.origin
                self._touch(key, place, old)

    def _touch(self, key: str, place: Origin, old: Declared | None) -> None:
        self._rendering.touch(self._kind.address(key), (), place, old.origin if old else None)

    def _touch_option(self, name: str, place: Origin) -> None:
        self._rendering.touch(f"{self._kind.name}.{name}", (), place)

    def _say(self, message: str, place: Origin) -> None:
        self._rendering.say("overlay", message, self._kind.section, place)
