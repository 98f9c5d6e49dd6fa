"""What is no longer as it was agreed on, who has changed it, and what of that nobody wants to hear about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from reconcile.model.plan import Source

if TYPE_CHECKING:
    from reconcile.model.rules import Ignore
    from reconcile.model.state import Desired, Instance
    from reconcile.model.values import Finding, Origin, Path, Tagged


class Side(StrEnum):
    """Where something was changed since files and instance last agreed."""

    INSTANCE = "instance"
    FILES = "files"
    BOTH = "both"
    UNKNOWN = "unknown"


class Presence(StrEnum):
    """How an object is there: on both sides and different, only in the files, or only on the instance."""

    CHANGED = "changed"
    MISSING = "missing"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs: a field, a part of one, or with `entry` one entry of the list without order at `path`.

    `base` is what it was when files and instance agreed; None where nobody knows.
    """

    path: Path
    side: Side
    base: Tagged | None
    live: Tagged
    files: Tagged
    entry: bool = False


@dataclass(frozen=True, slots=True)
class Drifted:
    """One object that is not the same on both sides. `side` sums up those of its fields."""

    address: str
    kind: str
    key: str
    found: Presence
    side: Side
    origin: Origin | None = None
    fields: tuple[Difference, ...] = ()


class Known(StrEnum):
    """How it is known what files and instance agreed on."""

    NOTHING = "nothing"
    APPLIED = "applied"
    REVISION = "revision"


@dataclass(frozen=True, slots=True)
class Base:
    """What files and instance agreed on. `complete`: what is not in it was not declared then.

    `at` is when a run found it out, `revision` the commit it belongs to, as far as that is known.
    """

    known: Known = Known.NOTHING
    desired: Desired | None = None
    at: str = ""
    revision: str = ""
    dirty: bool = False
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a rule keeps out of sight."""

    rule: Ignore
    what: Drifted


_NO_SOURCE = Source()


@dataclass(frozen=True, slots=True)
class Drift:
    """All that differs between the files and the instance, and what cannot be said."""

    environment: str
    instance: Instance
    at: str
    base: Base
    objects: tuple[Drifted, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    expired: tuple[Ignore, ...] = ()
    unread: tuple[tuple[str, Path], ...] = ()  # fields that no call returns
    unmanaged: tuple[str, ...] = ()
    in_sync: int = 0
    findings: tuple[Finding, ...] = ()
    source: Source = _NO_SOURCE
    complete: bool = True
