"""What was found outside of the files and could stand in them, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model.values import Finding, Json, Origin, Tagged


class Why(StrEnum):
    """Why something that was found is not taken into the files."""

    ELSEWHERE = "elsewhere"  # nothing that we talk to sets it
    READ_ONLY = "read-only"  # the service says it, and nobody sets it
    SECRET = "secret"  # noqa: S105 - the name of a reason; it may not stand in a file
    UNREADABLE = "unreadable"  # there is a value, and no call returns it
    UNSET = "unset"  # there is nothing to declare
    UNFIT = "unfit"  # it has not the form that the field has
    TWIN = "twin"  # the same switch under another name is there as well
    UNASKED = "unasked"  # a part of a table that nobody has asked for
    UNKNOWN = "unknown"  # nobody here has heard of it


@dataclass(frozen=True, slots=True)
class Left:
    """What is left out, and why: everything at or below `path`, which holds so many single values."""

    path: tuple[str, ...]
    why: Why
    reason: str
    values: int = 1

    @property
    def name(self) -> str:
        """How messages call it."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An object that could be declared; `fields` excludes the key, `sources` tells where each was found.

    `notes` are comments for the files: what it has as well, and no call returns.
    """

    kind: str
    key: str = ""
    fields: Mapping[str, Json] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """All that one source has for us, and all that it has beside that."""

    objects: tuple[Candidate, ...] = ()
    left: tuple[Left, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Clash:
    """What is declared already, and otherwise; `field` is empty where it is about the whole object."""

    address: str
    field: str
    declared: Tagged
    found: Tagged
    origin: Origin
    environments: tuple[str, ...] = ()  # those in which it is declared like that; none: all


@dataclass(frozen=True, slots=True)
class Adoption:
    """What a source holds, against what the files say: only `new` is written."""

    new: tuple[Candidate, ...] = ()
    same: tuple[Candidate, ...] = ()
    clashes: tuple[Clash, ...] = ()
    left: tuple[Left, ...] = ()
