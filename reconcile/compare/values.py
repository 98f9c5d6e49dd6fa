"""What goes into a comparison, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Declared, Desired, Instance, Kind, Live, Object, Origin, Path, Plan, Tagged


class Standing(StrEnum):
    """How one side of a difference stands to its own files."""

    DECLARED = "declared"  # it is as they say
    DRIFTED = "drifted"  # they say something else
    UNDECLARED = "undeclared"  # they say nothing about this field, or about this kind
    UNMANAGED = "unmanaged"  # they know of no such object
    LEFT_ALONE = "left_alone"  # they leave it to whoever sets it


@dataclass(frozen=True, slots=True)
class Side:
    """One environment: what is live, what its files want, and the plan between the two; `files`: they stand for it."""

    name: str
    live: Live
    desired: Desired
    plan: Plan
    files: bool = False

    def declared(self, kind: Kind) -> Mapping[str, Declared]:
        """What the files say about a kind, by key."""
        section = self.desired.sections.get(kind.name)
        return section.objects if section else {}

    def found(self, kind: Kind, key: str) -> Object | None:
        """An object of this side; a template without an override is none."""
        found = self.live.objects[kind.name].get(key)
        switch, override = kind.overridden
        default = kind.fixed and not self.files and found is not None and found.fields.get(switch) != override
        return None if default else found


@dataclass(frozen=True, slots=True)
class Party:
    """One side as it is told: its name, and its instance where there is one."""

    name: str
    instance: Instance | None


@dataclass(frozen=True, slots=True)
class Stand:
    """How a side stands to its files, and the place where they say so."""

    standing: Standing
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not the same on both sides; an empty path: only one of them has this object."""

    address: str
    path: Path
    values: tuple[Tagged, Tagged]
    stands: tuple[Stand, Stand]

    @property
    def expected(self) -> bool:
        """Whether the files make these two environments different here, and both are as they say."""
        standings = {stand.standing for stand in self.stands}
        if Standing.DRIFTED in standings:
            return False
        if Standing.LEFT_ALONE in standings:
            return True
        return Standing.DECLARED in standings and Standing.UNMANAGED not in standings


@dataclass(frozen=True, slots=True)
class Unread:
    """What nobody can say to be the same or not, and why; no fields: nothing of it."""

    address: str
    fields: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that there is to say about two environments. `same`: addresses at which no difference was found."""

    parties: tuple[Party, Party]
    differences: tuple[Difference, ...]
    unread: tuple[Unread, ...]
    same: tuple[str, ...]

    @property
    def unexpected(self) -> tuple[Difference, ...]:
        """The differences that are not as the files want them."""
        return tuple(item for item in self.differences if not item.expected)

    @property
    def expected(self) -> tuple[Difference, ...]:
        """The differences that are meant."""
        return tuple(item for item in self.differences if item.expected)
