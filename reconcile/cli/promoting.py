"""One promotion: A is read, B is planned for, and what is B's alone stays as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from reconcile.cli.asked import chosen, selector
from reconcile.cli.behind import behind
from reconcile.cli.pair import both, check_apart, side
from reconcile.compare import Side
from reconcile.load.files import relative
from reconcile.model import Finding, Policy, Severity
from reconcile.promote import (
    Terms,
    drift,
    key_of,
    leftovers,
    literals,
    merge,
    refusals,
    unmanaged,
    without_owned,
)
from reconcile.state.applied import read_applied
from reconcile.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reconcile.cli.asked import Asked
    from reconcile.cli.session import Session
    from reconcile.client import Client
    from reconcile.model import Desired, Object, Plan
    from reconcile.promote import Leaf

_Objects: TypeAlias = "Mapping[str, Mapping[str, Object]]"
_NONE: _Objects = {}


class Promotion:
    """What is live in A, as it would be in B; A is only read."""

    def __init__(self, a: Session, b: Session, asked: Asked) -> None:
        self._a, self._b, self._asked = a, b, asked
        self.kinds = a.catalogue.kinds
        self.terms = _terms(a, b)
        self.source = side(self.terms.a, a, both(a, b))
        self._drift = drift(self.kinds, self.source, read_applied(a.state, self.source.live.instance.id))

    def plan(self, client: Client, *, include_drift: bool) -> tuple[Session, Plan]:
        """The plan for B, and the session that has its wishes."""
        live = self._b.observe(client)
        target = Side(self.terms.b, live, self._b.desired, self._b.plan(live, Policy()))
        check_apart(self.source, target)
        selected = self.selected(target.desired, live.objects)
        desired, told = self._wishes(self.leaves(selected), include_drift=include_drift)
        session = self._b.wanting(desired)
        live = session.named(client, live)
        plan = session.plan(live, Policy(selected, self._rotated(target)))
        notes = (
            *told,
            *leftovers(self.kinds, desired, self.terms),
        )
        mine = [one for one in notes if not one.address or selected is None or selected(one.address)]
        rest = (*unmanaged(self.source, target), *self._behind(target))
        findings = (*mine, *plan.findings, *rest)
        return session, session.guard(
            replace(plan, findings=findings, promoted_from=self.terms.a), live, self._asked
        )

    def leaves(self, selected: Callable[[str], bool] | None) -> list[Leaf]:
        """The drift of A, as far as it is asked for."""
        return [one for one in self._drift if selected is None or selected(self.address(one))]

    def address(self, leaf: Leaf) -> str:
        """What an object of A is called in B."""
        return leaf.kind.address(key_of(leaf, self.terms))

    def selected(self, desired: Desired, live: _Objects = _NONE) -> Callable[[str], bool] | None:
        """What the caller asked for, held against the addresses that there are in B, or would be."""
        return selector(self._asked, self._known(desired, live))

    def _known(self, desired: Desired, live: _Objects) -> list[str]:
        declared = {name: one.objects for name, one in desired.sections.items()}
        pairs = (*declared.items(), *live.items())
        known = {self.kinds[name].address(key) for name, found in pairs for key in found}
        return sorted(known | {self.address(leaf) for leaf in self._drift})

    def _rotated(self, target: Side) -> frozenset[str]:
        return chosen(self._asked.rotate, self._known(target.desired, target.live.objects))

    def _wishes(self, leaves: Iterable[Leaf], *, include_drift: bool) -> tuple[Desired, tuple[Finding, ...]]:
        """What B shall be: as its files say, and, if that is wanted, with what was changed in A."""
        desired, told = self._b.desired, tuple(refusals(self.terms.a, leaves))
        if include_drift:
            desired, told = merge(desired, leaves, self.terms)
            told = (*told, *self._wrong(desired))
        desired, owned = without_owned(self.kinds, desired, self.terms)
        return desired, (*told, *owned)

    def _wrong(self, desired: Desired) -> Iterator[Finding]:
        """What of A cannot be in B by the rules of its kind, or of the version of the API that B speaks."""
        schemas, version = self._b.catalogue.schemas, self._b.environment.api_version
        found = validate(self.kinds, schemas, desired, version)
        return (one for one in found if one.severity is Severity.ERROR)

    def _behind(self, target: Side) -> Iterator[Finding]:
        instances = (self.source.live.instance.id, target.live.instance.id)
        return behind(self._a, self._b, instances)


def _terms(a: Session, b: Session) -> Terms:
    """What the project says about the way from A to B."""
    names = (a.environment.name, b.environment.name)
    return Terms(
        *names,
        literals(names, (a.variables, b.variables), b.project.counterparts),
        _overlays(a),
        _overlays(b),
        a.variables,
        tuple(glob for glob, _ in b.project.keep),
    )


def _overlays(session: Session) -> frozenset[str]:
    """The files that say what is different in one environment, by name."""
    root = session.project.root
    return frozenset(relative(root, path) for layer in session.environment.overlays for path in layer)
