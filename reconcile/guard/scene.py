"""What guards look at: a plan between what is live before it and what is left after it. No I/O here."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING

from reconcile.model import Action, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconcile.model import Change, Desired, Kind, Live, Origin, Plan, Rules

_GOES = frozenset({Action.DELETE, Action.REPLACE})
_COMES = frozenset({Action.CREATE, Action.REPLACE})
_SHOWN = 10

refusal = partial(Finding, Severity.REFUSAL)


@dataclass(frozen=True, slots=True)
class Scene:
    """A plan with all that tells whether it is a danger."""

    plan: Plan
    kinds: Mapping[str, Kind]
    desired: Desired
    live: Live
    rules: Rules

    @property
    def deletes(self) -> tuple[Change, ...]:
        """The changes after which a live object is gone; one that is replaced is gone, too."""
        return tuple(change for change in self.plan.changes if change.action in _GOES)

    def by_kind(self, changes: Iterable[Change]) -> Mapping[str, tuple[Change, ...]]:
        """The changes by the name of their kind."""
        found: dict[str, tuple[Change, ...]] = {}
        for change in changes:
            found[change.kind] = (*found.get(change.kind, ()), change)
        return found

    def before(self, kind: str) -> frozenset[str] | None:
        """The keys that are live; None where that could not be read."""
        objects = self.live.objects.get(kind)
        return None if objects is None else frozenset(objects)

    def after(self, kind: str) -> frozenset[str] | None:
        """The keys that will be live once the plan is carried out; None where nobody can say."""
        before = self.before(kind)
        mine = [change for change in self.plan.changes if change.kind == kind]
        come = {change.key for change in mine if change.action in _COMES}
        if before is None:
            return frozenset(come) or None
        gone = {change.key for change in mine if change.action in _GOES}
        return before - gone | come

    def retired(self, change: Change) -> bool:
        """Whether nobody depends on an address any more."""
        return any(covers(glob, change.address) for glob in self.rules.retired)

    def place(self, kind: str) -> Origin | None:
        """Where the files speak of this kind."""
        section = self.desired.sections.get(kind)
        return section.origin if section else None


def covers(glob: str, address: str) -> bool:
    """Whether a glob stands for this address; `*` stands for anything, `/` included."""
    return glob == address or fnmatchcase(address, glob)


def listed(addresses: Iterable[str]) -> str:
    """The addresses in one sentence; of many, the first."""
    names = list(addresses)
    rest = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def counted(changes: Iterable[Change]) -> str:
    """How many objects, and which."""
    names = [change.address for change in changes]
    noun = "object" if len(names) == 1 else "objects"
    return f"{len(names)} {noun} ({listed(names)})"
