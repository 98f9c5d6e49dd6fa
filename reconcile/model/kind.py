"""What a kind of resource is: the vocabulary in which `kinds/` describes real ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from reconcile.model.values import Fields, Json, Path, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind, as its schema describes it."""

    name: str
    read_only: bool = False
    write_only: bool = False
    create_only: bool = False
    required: bool = False  # to create an object
    sensitive: bool = False
    unordered: bool = False
    text: bool = False
    nullable: bool = False
    instance_owned: bool = False  # it belongs to one instance and means nothing to another
    preview: str = ""  # what a report shows it as: html, subject, text, claims, lifetime

    @classmethod
    def of(cls, name: str, schema: Mapping[str, Any]) -> Field:
        """Read one property of a kind's schema."""
        return cls(
            name=name,
            read_only=schema.get("readOnly", False),
            write_only=schema.get("writeOnly", False),
            create_only=schema.get("x-create-only", False),
            required=schema.get("x-required-to-create", False),
            sensitive=schema.get("x-sensitive", False),
            unordered=schema.get("x-unordered", False),
            text=schema.get("x-text", False),
            nullable="null" in schema.get("type", ()),
            instance_owned=schema.get("x-instance-owned", False),
            preview=schema.get("x-preview", ""),
        )


class Read(StrEnum):
    """How the live side of a kind can be read."""

    PAGED = "paged"
    WHOLE = "whole"
    ECHO = "echo"


@dataclass(frozen=True, slots=True)
class Reference:
    """A field read as the key of another object and written as its id under another name."""

    kind: str
    path: str
    key: str
    written_as: str
    since: str = ""  # the first version of the API that can look it up; none: every one


@dataclass(frozen=True, slots=True)
class Review:
    """What a kind's own check looks at: what was declared, what is live, and which fields would change."""

    key: str
    declared: Fields
    live: Mapping[str, Json]
    changed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding of a kind's own check; `path` leads to the offending value inside the declared fields."""

    message: str
    severity: Severity = Severity.ERROR
    path: Path = ()
    rule: str = "kind"


def _same(text: str) -> str:
    return text


def _no_family(_: str) -> str:
    return ""


def _no_remarks(_: Review) -> Iterable[Remark]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of resource: what it is called, how it is reached, and how it differs from the plain case.

    The plain case is a list under `path` whose members are created with POST, changed with PATCH on `path/{id}`
    and removed with DELETE. Every other attribute says one thing in which a real resource differs; its
    comment is the place to look when a new kind needs adding.
    """

    name: str
    section: str
    path: str
    key: str = ""  # the identifying field; none: a singleton
    entries: str = (
        ""  # the option that holds the entries of a list section (`urls: [...]`); none: a map by key
    )
    read: Read = Read.PAGED
    create: str | None = "POST"
    update: str | None = "PATCH"
    delete: str | None = "DELETE"
    member: str = "id"  # the live field that stands in the path of one object
    revert: str = (
        ""  # sub-path that brings the vendor's default back; such members cannot be created or deleted
    )
    overridden: tuple[str, str] = ("", "")  # the live field and value that tell an override from the default
    whole: bool = False  # an update carries every writable field, live and declared merged
    always: tuple[str, ...] = ()  # fields that every update carries
    carries: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # when this switch is on, these go along
    clears: Mapping[str, str] = field(default_factory=dict)  # a change here empties that one, unless declared
    shortcuts: Mapping[str, str] = field(
        default_factory=dict
    )  # a change of this field alone: POST to this sub-path
    references: Mapping[str, Reference] = field(default_factory=dict)
    enables: str = ""  # the switch that must be on, by a call of its own, before references can be written
    gates: Mapping[str, str] = field(default_factory=dict)  # this switch puts the list of that kind in force
    admits: bool = False  # while its switch is on, nobody but its entries gets in: without any, nobody does
    family: Callable[[str], str] = _no_family  # something depends on one key of each of these being there
    hands_over: str = ""  # this switch off: the service stops doing it, and somebody else has to
    messages: str = ""  # this switch on: creating an object makes the service write to people
    twins: Mapping[str, str] = field(default_factory=dict)  # this field is the same switch as `kind.field`
    ignored: Mapping[str, frozenset[str]] = field(
        default_factory=dict
    )  # members the service adds to a set by itself
    not_ours: frozenset[str] = (
        frozenset()
    )  # error codes of DELETE that mean: this object belongs to the service
    present: frozenset[str] = frozenset()  # error codes of POST that mean: it is already there
    locks: frozenset[str] = (
        frozenset()
    )  # error codes of a write that mean: no further write of this kind will pass
    since: str = ""  # the first version of the API that has this kind; none: every one
    deprecated: bool = False  # the service may take it away: a list that is not found means just that
    one_at_a_time: bool = False  # the service limits writes of this kind separately
    normalise: Callable[[str], str] = _same  # a key in the form in which the service stores it
    check: Callable[[Review], Iterable[Remark]] = _no_remarks  # of what was declared, before anything is read
    review: Callable[[Review], Iterable[Remark]] = _no_remarks  # of what was declared against what is live
    fields: Mapping[str, Field] = field(default_factory=dict)  # from the schema, handed in by the shell

    @property
    def singleton(self) -> bool:
        """Whether the instance has exactly one of these."""
        return not self.key

    @property
    def fixed(self) -> bool:
        """Whether the service owns the set of members: none can be created or deleted, only overridden."""
        return bool(self.revert)

    @property
    def renameable(self) -> bool:
        """Whether an object keeps its id when its key changes."""
        return self.update is not None and bool(self.key) and self.writable(self.key)

    def address(self, key: str) -> str:
        """How people name an object of this kind."""
        return f"{self.name}/{key}" if self.key else self.name

    def writable(self, name: str) -> bool:
        """Whether `name` may stand in a request body."""
        known = self.fields.get(name)
        return known is not None and not known.read_only
