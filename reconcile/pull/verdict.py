"""The words of a pull: what becomes of each value that differs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Fields, Origin, Path, Tagged


class Verdict(StrEnum):
    """What becomes of one value, or of one object as a whole."""

    TAKEN = "taken"  # the files say what is live from now on
    ADDED = "added"  # an object that is new on the instance
    REMOVED = "removed"  # an object that is gone on the instance
    LEFT = "left"  # only the files have changed: they are ahead, and stay
    CONFLICT = "conflict"  # both have changed, in different ways: a person has to decide


@dataclass(frozen=True, slots=True)
class Item:
    """One value that differs, and what becomes of it; an empty path means the object as a whole."""

    address: str
    path: Path
    verdict: Verdict
    file: Tagged
    live: Tagged
    base: Tagged | None = None  # None: nothing is known of what was agreed on
    origin: Origin | None = None

    @property
    def settled(self) -> bool:
        """Whether the files agree with the instance about it afterwards."""
        return self.verdict in {Verdict.TAKEN, Verdict.ADDED, Verdict.REMOVED}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the files are to say about one object: `fields` that change (absent: not declared any more).

    With `new` it comes into the files with just these fields and `notes` as comments; with `gone` it leaves them.
    """

    kind: str
    key: str
    fields: Fields = field(default_factory=dict)
    new: bool = False
    gone: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pulled:
    """All that was decided: an item for each difference, and a wish for each object that the files are to say anew."""

    items: tuple[Item, ...] = ()
    wishes: tuple[Wish, ...] = ()
    unmanaged: tuple[str, ...] = ()
    unread: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)  # declared, and no call returns it
