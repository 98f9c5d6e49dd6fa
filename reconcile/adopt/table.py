"""Where in the vendor's document our fields stand, and what of it no field of ours covers.

The document of `clerk config pull` comes in two shapes. With a secret key it has a member for each group of settings,
named and filled as the Backend API has them: those are our kinds and their fields. With an account it is the document
of the Platform API, in which some of the same settings have another name, and some the opposite meaning. Which ones is
said in the schema of the kind, beside the field:

    "hibp": {"type": "boolean", "x-clerk-config": {"path": "auth_password.disable_hibp", "inverted": true}, ...}

and what the group holds beside its fields at the top of that schema:

    "x-clerk-config-left": {"id": "read-only", ...}

What belongs to no kind at all stands in the table below.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from reconcile.model import Why
from reconcile.validate.explain import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Kind

_ELSEWHERE = "no call of the Backend API sets it; it stays in the dashboard and in `clerk config`"
_READ_ONLY = "Clerk's own, which nobody sets"
REASONS: Mapping[Why, str] = {Why.ELSEWHERE: _ELSEWHERE, Why.READ_ONLY: _READ_ONLY}

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """The field of ours that one value of the document is; `inverted` where it says the opposite."""

    kind: str
    field: str
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What no field of ours covers: everything at or below a path, whose first name may be a glob."""

    path: Path
    why: Why
    reason: str

    @classmethod
    def of(cls, path: str, why: Why = Why.ELSEWHERE, reason: str = "") -> Row:
        """A row from a path with dots; the reason is the usual one unless said."""
        return cls(tuple(path.split(".")), why, reason or REASONS[why])

    def fits(self, path: Path) -> bool:
        """Whether a path is this one or leads below it."""
        return fnmatchcase(path[0], self.path[0]) and path[1 : len(self.path)] == self.path[1:]


NOT_OURS: tuple[Row, ...] = (
    Row.of("config_version", Why.READ_ONLY, "it counts the versions of the document"),
    Row.of("auth_access_control.sign_up_mode"),
    Row.of("auth_attack_protection"),
    Row.of("auth_email"),
    Row.of("auth_multi_factor"),
    Row.of("auth_passkey"),
    Row.of("auth_password"),
    Row.of("auth_phone"),
    Row.of("auth_username"),
    Row.of("auth_web3"),
    Row.of("billing"),
    Row.of("branding"),
    Row.of("compliance"),
    Row.of("connection_oauth_*"),
    Row.of("connections_oauth_custom"),
    Row.of("paths"),
    Row.of(
        "session",
        reason="the claims of session tokens stay in the dashboard; `jwt_templates` are tokens of other names",
    ),
    Row.of("session_settings"),
    Row.of("user_model"),
)

_GLOBS = tuple(row for row in NOT_OURS if "*" in row.path[0])


@dataclass(frozen=True, slots=True)
class Table:
    """All that is known about the vendor's document."""

    targets: Mapping[Path, Target]
    rows: Mapping[str, tuple[Row, ...]]  # by the first name of their path
    groups: Mapping[str, tuple[str, ...]]  # the members of each group that has members of ours

    @classmethod
    def of(cls, kinds: Mapping[str, Kind], schemas: Mapping[str, Mapping[str, Any]]) -> Table:
        """The table that kinds and schemas make together with what is ours alone."""
        targets = {
            path: target
            for kind in kinds.values()
            if kind.singleton
            for path, target in _targets(kind, schemas[kind.name])
        }
        groups: dict[str, tuple[str, ...]] = {}
        for group, *rest in targets:
            groups[group] = (*groups.get(group, ()), ".".join(rest))
        own = (row for kind in kinds.values() for row in _left(kind, schemas[kind.name]))
        rows: dict[str, tuple[Row, ...]] = {}
        for row in (*own, *NOT_OURS):
            rows[row.path[0]] = (*rows.get(row.path[0], ()), row)
        return cls(targets, rows, groups)

    def left(self, path: Path) -> Row:
        """Why the value at a path is left out, and how much is left out with it."""
        found = next((row for row in self._about(path[0]) if row.fits(path)), None)
        if found is not None:
            return Row(path[: len(found.path)], found.why, found.reason)
        names = self.groups.get(path[0])
        if names is None:
            return Row(path[:1], Why.UNKNOWN, f"unknown key; {_NEWER}")
        return Row(path[:2], Why.UNKNOWN, f"unknown member; {suggest(path[1], names)}")

    def _about(self, name: str) -> Iterable[Row]:
        """The rows that may be about a member of the document."""
        return self.rows.get(name) or _GLOBS


_NEWER = "look whether a newer version of reconcile knows it"


def _targets(kind: Kind, schema: Mapping[str, Any]) -> Iterator[tuple[Path, Target]]:
    for name in filter(kind.writable, schema["properties"]):
        yield (kind.name, name), Target(kind.name, name)
        said = schema["properties"][name].get("x-clerk-config")
        if said:
            yield tuple(said["path"].split(".")), Target(kind.name, name, said.get("inverted", False))


def _left(kind: Kind, schema: Mapping[str, Any]) -> Iterator[Row]:
    if kind.singleton:
        for name, why in schema.get("x-clerk-config-left", {}).items():
            yield Row.of(f"{kind.name}.{name}", Why(why))
        yield Row.of(f"{kind.name}.object", Why.READ_ONLY)
