"""What is wished about the values of one file, as a tree along its keys. No I/O here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconcile.edit.spelling import Raw

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.edit.spelling import Writable

NOTHING = Raw("")
"""No wish about what a value is."""


@dataclass(frozen=True, slots=True)
class Stuck(Exception):  # noqa: N818 - never leaves this package
    """Why a place cannot be changed by itself; what to do."""

    message: str


class Marked(Stuck):
    """It stands in what is marked with `&` and repeated elsewhere."""


@dataclass(frozen=True, slots=True)
class New:
    """A member or an item that is to be added."""

    value: Writable
    name: str = ""


@dataclass(slots=True)
class Wish:
    """What is to become of one value of a file.

    `order` is, for a list, what it is to consist of: items by their number, and new ones among them. Without it, `out`
    are the numbers of items that go, and what is `added` comes last.
    """

    put: Writable = field(default_factory=lambda: NOTHING)
    gone: bool = False
    inside: dict[str | int, Wish] = field(default_factory=dict)
    added: list[New] = field(default_factory=list)
    order: list[int | New] | None = None
    out: set[int] = field(default_factory=set)

    def items(self, size: int) -> list[int | New]:
        """What a list of so many items is to consist of."""
        if self.order is not None:
            return self.order
        return [*(one for one in range(size) if one not in self.out), *self.added]

    def at(self, path: Iterable[str | int]) -> Wish:
        """The wish for what stands at this path below, made where there is none."""
        found = self
        for part in path:
            found = found.inside.setdefault(part, Wish())
        return found
