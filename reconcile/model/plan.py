"""The plan, the calls it becomes, and how each ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconcile.model.state import Instance
    from reconcile.model.values import Fields, Finding, Origin, Path, Tagged


class Action(StrEnum):
    """What will happen to one object."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    REVERT = "revert"
    ASSERT = "assert"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value inside an object, before and after."""

    path: Path
    before: Tagged
    after: Tagged


@dataclass(frozen=True, slots=True)
class Change:
    """Everything apply needs to know about one object. `body` is exactly what will be sent.

    `live` is what the object was, as far as it can be told: to say later what has changed about it.
    """

    address: str
    kind: str
    key: str
    action: Action
    id: str = ""
    live_digest: str = ""
    needs: tuple[str, ...] = ()
    origin: Origin | None = None
    fields: tuple[FieldChange, ...] = ()
    body: Fields = field(default_factory=dict)
    live: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unverified:
    """A field that was sent before and cannot be read back: not known to be in sync, and not sent again unasked.

    `carried` is what would go along if it were sent.
    """

    address: str
    path: Path
    value: Tagged
    at: str
    carried: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """The commit that the files came from."""

    revision: str = ""
    dirty: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The difference between two states, and all that apply will look at. Changes stand in the order of applying.

    `in_sync` holds the addresses of which everything declared was read and is as wanted.
    """

    environment: str
    instance: Instance
    changes: tuple[Change, ...] = ()
    unverified: tuple[Unverified, ...] = ()
    in_sync: tuple[str, ...] = ()
    unmanaged: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    complete: bool = True
    source: Source = Source()
    snapshot: str = (
        ""  # when the snapshot was taken that stands for the instance (ISO 8601, UTC); none: it was read
    )
    promoted_from: str = (
        ""  # the environment that a promotion took as its model; none: a plan of the files alone
    )
    copy_of: str = (
        ""  # the digest of the plan that this is a masked copy of, to look at; none: it is the plan itself
    )

    @property
    def unchanged(self) -> frozenset[str]:
        """Addresses that are declared and need no change: in sync, or as far as anybody can tell."""
        seen = frozenset(self.in_sync) | {one.address for one in self.unverified}
        return seen - {change.address for change in self.changes}

    @property
    def applicable(self) -> bool:
        """Whether it may be carried out: only a plan that was made from the instance itself."""
        return not self.snapshot


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request as data; `path` starts below the API's version, `body` is None where none is sent."""

    method: str
    path: str
    body: Fields | None = None
    repeatable: bool = False  # a POST that may be sent twice: it sets something rather than adds to it


class Status(StrEnum):
    """How one change ended. Together the outcomes of a run always equal the plan."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one change ended, and why."""

    address: str
    action: Action
    status: Status
    reason: str = ""
    not_ours: str = ""  # the id of an object that the service refused to give up as its own
    features: tuple[str, ...] = ()  # what the plan of the instance would have to include for this
    touched: bool = False  # it did not end well, and something of it may be changed all the same
    rewritten: tuple[FieldChange, ...] = ()  # what the service made of what was sent, with our consent
