"""Values, tagged so that what a person wrote is never mistaken for what we mean, and where they were written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where somebody wrote something: a file relative to the project and a line counted from 1 (0: the whole file)."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class Severity(StrEnum):
    """What a finding means for the run: read it, mind it, files are wrong (65), or we will not do it (5)."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the reader should know about a plan or a file, with its place and what to do about it."""

    severity: Severity
    rule: str
    message: str
    address: str = ""
    origin: Origin | None = None

    def __str__(self) -> str:
        return ": ".join(str(part) for part in (self.origin, self.address, self.message) if part)


@dataclass(frozen=True, slots=True)
class Value:
    """A known JSON value, exactly as a person wrote it or the service returned it."""

    value: Json


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing is there: the object does not exist, or lacks the field."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The service has a value, but no call returns it."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that only the environment variable `name` holds; `digest` tells two of them apart (empty: not resolved)."""

    name: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Ref:
    """The id of another object, looked up when the call is built; `address` is `kind/key`."""

    address: str


Tagged: TypeAlias = Value | Absent | Unreadable | Secret | Ref
Fields: TypeAlias = Mapping[str, Tagged]
ABSENT = Absent()
UNREADABLE = Unreadable()
