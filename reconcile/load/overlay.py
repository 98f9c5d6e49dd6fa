"""What an overlay says about one object, laid over what the files below it say. No I/O here.

Maps are merged, lists and single values take the place of what was there, and four tags say otherwise:

    !append [x]     add to the list            !remove [x]   take out of the list; `name: !remove` takes a member out
    !replace {...}  the whole map is this one  !unset        not declared here, and so left alone
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from reconcile.load.nodes import Entry, Mapping, Scalar, Sequence
from reconcile.load.verbs import (
    APPEND,
    REMOVE,
    REPLACE,
    UNSET,
    VERBS,
    cleaned,
    empty,
    inside,
    leaves,
    untagged,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping as AnyMapping

    from reconcile.load.nodes import Node

Path = tuple[str, ...]


class Below(Protocol):
    """The file that an object is declared in, as far as merging needs it."""

    def opened(self, node: Node) -> Node:
        """A variable that stands alone, or a `!lines`, as the list or map that it stands for."""

    def rendered(self, node: Node, path: Path) -> str | None:
        """The same text for values that are equal; None where the value is wrong, and that has been said."""

    def say(self, message: str, line: int) -> None:
        """Report a mistake on that line."""

    def touch(self, path: Path, line: int, below: int | None) -> None:
        """Note that this line of an overlay changes what stands on that one below, if anything does."""

    def place(self, line: int) -> object:
        """How messages name that line."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Lays one object over the one below it."""

    below: Below

    def fields(self, base: Mapping, over: Mapping, path: Path = ()) -> Mapping:
        """The members of both maps: those of the overlay change, add to or take away those of the base."""
        entries = dict(base.entries)
        for name, entry in over.entries.items():
            merged = _VERB.get(entry.node.tag or "", Merge._plain)(
                self, entries.get(name), entry, (*path, name)
            )
            if merged is None:
                entries.pop(name, None)
            else:
                entries[name] = merged
        return Mapping(entries, base.line)

    def dropped(self, base: Node, line: int, path: Path, at: int) -> None:
        """Note that a line of an overlay takes away all that stands there."""
        for leaf, where in leaves(base, path, at):
            self.below.touch(leaf, line, where)

    # --- one member: what is below, what the overlay says, where; None: nothing is declared any more ---

    def _plain(self, base: Entry | None, over: Entry, path: Path) -> Entry | None:
        node = over.node
        if not isinstance(node, Mapping):
            self._set(base, over, path)
            return Entry(over.line, self._without_verbs(node))
        opened = self.below.opened(base.node) if base else None
        if base and isinstance(opened, Mapping):
            return Entry(base.line, self.fields(opened, node, path))
        self._set(base, over, path)
        return Entry(over.line, self.fields(Mapping({}, node.line), node, path))

    def _replace(self, base: Entry | None, over: Entry, path: Path) -> Entry | None:
        node = over.node
        if not isinstance(node, Mapping):
            self.below.say(
                f"{_dotted(path)}`!replace` is for maps; anything else replaces as it is", over.line
            )
            return Entry(over.line, self._without_verbs(untagged(node)))
        self._set(base, over, path)
        return Entry(over.line, self.fields(Mapping({}, node.line), node, path))

    def _unset(self, base: Entry | None, over: Entry, path: Path) -> Entry | None:
        problem = ""
        if not empty(untagged(over.node)):
            problem = "`!unset` stands alone; remove what follows it"
        elif len(path) > 1:
            problem = (
                f"`!unset` makes a whole field unmanaged, and this is a part of {path[0]}; "
                f"`!unset` {path[0]}, or take this out of it with `!remove`"
            )
        elif base is None:
            problem = "`!unset` of nothing: no file below declares this; remove the line"
        if problem or base is None:
            self.below.say(_dotted(path) + problem, over.line)
            return base
        self.dropped(base.node, over.line, path, base.line)
        return None

    def _append(self, base: Entry | None, over: Entry, path: Path) -> Entry | None:
        return self._list(base, over, path)

    def _remove(self, base: Entry | None, over: Entry, path: Path) -> Entry | None:
        alone = isinstance(over.node, Scalar)
        return self._remove_member(base, over, path) if alone else self._list(base, over, path)

    def _remove_member(self, base: Entry | None, over: Entry, path: Path) -> Entry | None:
        problem = ""
        if not empty(untagged(over.node)) or len(path) == 1:
            problem = "`!remove` takes a list of what is to go; to leave a field alone here, write `!unset`"
        elif base is None:
            problem = "`!remove` of nothing: no file below has this; remove the line"
        if problem or base is None:
            self.below.say(_dotted(path) + problem, over.line)
            return base
        self.dropped(base.node, over.line, path, base.line)
        return None

    # --- lists ---

    def _list(self, base: Entry | None, over: Entry, path: Path) -> Entry | None:
        """The list below with what `!append` adds and `!remove` takes out; an item may have a tag of its own."""
        below = self._list_below(base, over, path)
        if below is None or not isinstance(over.node, Sequence):
            return base
        items = [(self.below.rendered(item, path), item) for item in below.items]
        known = dict(items)
        for item in over.node.items:
            verb = item.tag if item.tag in {APPEND, REMOVE} else over.node.tag
            wanted = self._without_verbs(untagged(item) if item.tag == verb else item)
            key = self.below.rendered(wanted, path)
            if verb == REMOVE and key in known:
                del known[key]
                items = [one for one in items if one[0] != key]
            elif verb == APPEND and key not in known:
                known[key] = wanted
                items.append((key, wanted))
            else:
                self._odd_item(wanted, known.get(key), below, path)
        if over.node.items:
            self.below.touch(path, over.line, base.line if base else None)
        return Entry(over.line, Sequence(tuple(item for _, item in items), over.node.line))

    def _list_below(self, base: Entry | None, over: Entry, path: Path) -> Sequence | None:
        """The list that is there; None where there is none, or where none is wanted, and that has been said."""
        opened = self.below.opened(base.node) if base else Sequence((), over.line)
        if empty(opened):
            opened = Sequence((), opened.line)
        if not isinstance(over.node, Sequence):
            self.below.say(f"{_dotted(path)}`{over.node.tag}` takes a list; write [ ] around it", over.line)
            return None
        if not isinstance(opened, Sequence):
            place = self.below.place(opened.line)
            message = f"`{over.node.tag}` is for lists, and at {place} stands none"
            self.below.say(_dotted(path) + message, over.line)
            return None
        return opened

    def _odd_item(self, item: Node, twin: Node | None, below: Sequence, path: Path) -> None:
        """Say why an item cannot be added or taken out."""
        if twin is None:
            place = self.below.place(below.line)
            message = f"`!remove` of nothing: {_shown(item)} is not in the list at {place}; remove it here"
        else:
            message = (
                f"{_shown(item)} is in the list already, at {self.below.place(twin.line)}; remove it here"
            )
        self.below.say(_dotted(path) + message, item.line)

    # --- what else there is to say ---

    def _set(self, base: Entry | None, over: Entry, path: Path) -> None:
        """Note that this member has another value now, wherever it was one map or is one."""
        if base:
            self.dropped(base.node, over.line, path, base.line)
        if not isinstance(over.node, Mapping) or not over.node.entries:
            self.below.touch(path, over.line, base.line if base else None)

    def _without_verbs(self, node: Node) -> Node:
        """The node, once it has been said where it holds tags that mean nothing inside a list."""
        for inner in inside(node):
            if inner.tag in VERBS:
                message = f"`{inner.tag}` means nothing inside a list; write it before the whole list"
                self.below.say(message, inner.line)
        return cleaned(node)


def _dotted(path: Path) -> str:
    return f"{'.'.join(path)}: "


def _shown(node: Node) -> str:
    if not isinstance(node, Scalar):
        return "this entry"
    return repr(node.text if len(node.text) <= 60 else node.text[:60] + "…")


_VERB: AnyMapping[str, Callable[[Merge, Entry | None, Entry, Path], Entry | None]] = {
    APPEND: Merge._append,  # noqa: SLF001 - the table of the class above
    REMOVE: Merge._remove,  # noqa: SLF001
    REPLACE: Merge._replace,
    UNSET: Merge._unset,  # noqa: SLF001
}
