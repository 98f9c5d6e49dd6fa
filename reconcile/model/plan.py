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
    """Everything apply needs to know about one object. `body` is exactly what will be sent."""

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


@dataclass(frozen=True, slots=True)
class Unverified:
    """A field that was sent before and cannot be read back: not known to be in sync, and not sent again unasked."""

    address: str
    path: Path
    value: Tagged
    at: str


@dataclass(frozen=True, slots=True)
class Source:
    """The commit that the files came from."""

    revision: str = ""
    dirty: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The difference between two states, and all that apply will look at. Changes stand in the order of applying."""

    environment: str
    instance: Instance
    changes: tuple[Change, ...] = ()
    unverified: tuple[Unverified, ...] = ()
    in_sync: tuple[str, ...] = ()
    unmanaged: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    complete: bool = True
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request as data; `path` starts below the API's version, `body` is None where none is sent."""

    method: str
    path: str
    body: Fields | None = None


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
