"""The two sides of a plan, and what earlier runs remember."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconcile.model.values import Fields, Json, Origin, Path, Tagged


_NOTHING: Mapping[Any, Any] = {}


def _nothing() -> Mapping[Any, Any]:
    """One for all: an empty one for each of a hundred thousand entries would take megabytes."""
    return _NOTHING


@dataclass(frozen=True, slots=True)
class Declared:
    """One object as the files want it. `fields` excludes the key; `lines` tells where nested values were written.

    `filled` holds, as they are written, the values that variables are filled into; without a path, the key.
    """

    key: str
    origin: Origin
    fields: Fields = field(default_factory=_nothing)
    lines: Mapping[Path, Origin] = field(default_factory=_nothing)
    default: bool = False
    renamed_from: str = ""
    filled: Mapping[Path, str] = field(default_factory=_nothing)

    def place(self, path: Path) -> Origin:
        """The most exact origin known for the value at `path`."""
        for length in range(len(path), 0, -1):
            if (found := self.lines.get(path[:length])) is not None:
                return found
        return self.origin

    def within(self, path: Path) -> tuple[Origin, ...]:
        """The origins of all values inside of the one at `path`."""
        length = len(path)
        return tuple(one for at, one in self.lines.items() if len(at) > length and at[:length] == path)


@dataclass(frozen=True, slots=True)
class Section:
    """What the files say about one kind: its objects by key, and whether the list is meant to be complete.

    `unset` are keys that an overlay leaves alone here, and where it says so: `prune` does not mean them.
    """

    origin: Origin
    objects: Mapping[str, Declared] = field(default_factory=dict)
    prune: bool = False
    unset: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desired:
    """What the files want, by kind. A kind that is absent is not ours to touch."""

    sections: Mapping[str, Section] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What files and instance last agreed on, object by object: who differs from it has changed since.

    `at` is when that was last found (ISO 8601, UTC). `revision` is the commit that was last applied in full; none where
    that is not known, or where something was rolled back since. `prune` of a section says that nothing but its objects
    was there. `complete`: what is not in it was not declared; without, it may only not have been looked at.
    """

    desired: Desired
    at: str = ""
    revision: str = ""
    dirty: bool = False
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Instance:
    """Which instance a key belongs to."""

    id: str
    environment_type: str


@dataclass(frozen=True, slots=True)
class Object:
    """One object as the service returned it, time stamps aside."""

    key: str
    id: str
    fields: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Live:
    """What the service returned, by kind and key. A kind that is absent could not be read or was not asked for.

    `named` are the keys of what others refer to by key, as far as that was looked up.
    """

    instance: Instance
    objects: Mapping[str, Mapping[str, Object]] = field(default_factory=dict)
    missing: Mapping[str, str] = field(
        default_factory=dict
    )  # kinds that this instance does not offer, and why
    named: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Match(StrEnum):
    """What a receipt says about a value that cannot be read back."""

    NONE = "none"
    SAME = "same"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Recall:
    """A receipt held against a declared value; `at` is when that field was last sent (ISO 8601, UTC)."""

    match: Match
    at: str = ""


def _recall_nothing(_address: str, _path: Path, _value: Tagged) -> Recall:
    return Recall(Match.NONE)


def _rewritten_nothing(_address: str, _field: str, _sent: Json, _got: Json) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Gate:
    """That the plan of the instance did not include something when it was last tried (ISO 8601, UTC)."""

    features: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class Memory:
    """What earlier runs left behind. The empty memory is that of a fresh machine."""

    recall: Callable[[str, Path, Tagged], Recall] = _recall_nothing
    foreign: frozenset[str] = frozenset()  # ids of objects that turned out to belong to the service
    gated: Mapping[str, Gate] = field(default_factory=dict)  # by address, or `kind/*` for entries of lists
    rewritten: Callable[[str, str, Json, Json], bool] = (
        _rewritten_nothing  # whether the service makes that of this
    )


@dataclass(frozen=True, slots=True)
class Policy:
    """What the caller asked for beside the files."""

    selected: Callable[[str], bool] | None = None  # None: everything
    rotate: frozenset[str] = frozenset()  # addresses whose write-only fields are sent again
    reassert: bool = False  # send what cannot be read back, receipt or not
