"""`only: [production]` and `except: [development]` on an entry: in which environments it stands at all. No I/O here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconcile.load.nodes import Mapping, Scalar, Sequence
from reconcile.validate.explain import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

ONLY, EXCEPT = "only", "except"
WORDS = frozenset({ONLY, EXCEPT})


@dataclass(frozen=True, slots=True)
class Scope:
    """The environment that is rendered, among all that there are."""

    environment: str
    known: Collection[str]

    def admitted(self, node: Mapping, say: Callable[[str, int], None]) -> Mapping | None:
        """The entry without these two words; None where it does not stand in this environment."""
        if WORDS.isdisjoint(node.entries):
            return node
        said = {word: node.entries[word] for word in (ONLY, EXCEPT) if word in node.entries}
        if len(said) > 1:
            say("`only` and `except` exclude each other; keep one of them", said[EXCEPT].line)
        names = {word: self._names(word, entry.node, say) for word, entry in said.items()}
        out = ONLY in names and self.environment not in names[ONLY]
        if out or self.environment in names.get(EXCEPT, ()):
            return None
        rest = {name: entry for name, entry in node.entries.items() if name not in WORDS}
        return Mapping(rest, node.line, node.tag)

    def _names(self, word: str, node: object, say: Callable[[str, int], None]) -> list[str]:
        """The environments that are named; whatever else stands there is said."""
        items = node.items if isinstance(node, Sequence) else ()
        line = node.line if isinstance(node, Scalar | Sequence | Mapping) else 0
        if not items:
            say(f"{word}: is a list of environments, as in `{word}: [{next(iter(self.known), '')}]`", line)
        names = []
        for item in items:
            name = item.text if isinstance(item, Scalar) else ""
            if name not in self.known:
                say(f"{word}: there is no environment {name!r}; {suggest(name, self.known)}", item.line)
            names.append(name)
        return names
