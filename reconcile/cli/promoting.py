"""One promotion: A is read, B is planned for, and what is B's alone stays as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.cli.asked import chosen, selector
from reconcile.cli.behind import behind
from reconcile.cli.pair import both, check_apart, side
from reconcile.compare import Side
from reconcile.errors import ApiError
from reconcile.load.files import relative
from reconcile.model import Finding, Policy
from reconcile.observe import read_list
from reconcile.promote import (
    Terms,
    drift,
    key_of,
    lacking,
    leftovers,
    literals,
    merge,
    references,
    refusals,
    unmanaged,
    without_owned,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.cli.asked import Asked
    from reconcile.cli.session import Session
    from reconcile.client import Client
    from reconcile.model import Desired, Plan
    from reconcile.promote import Leaf


class Promotion:
    """What is live in A, as it would be in B; `a` is only read."""

    def __init__(self, a: Session, b: Session, asked: Asked) -> None:
        self._a, self._b, self._asked = a, b, asked
        self.kinds = a.catalogue.kinds
        self.terms = _terms(a, b)
        self.source = side(self.terms.a, a, both(a, b))

    def plan(self, client: Client, *, include_drift: bool) -> tuple[Session, Plan]:
        """The plan for B, and the session that has its wishes."""
        asked, live = self._asked, self._b.observe(client)
        target = Side(self.terms.b, live, self._b.desired, self._b.plan(live, Policy()))
        check_apart(self.source, target)
        found = drift(self.kinds, self.source)
        known = self._addresses(target, found)
        selected = selector(asked, known)
        leaves = [one for one in found if selected is None or selected(self._address(one))]
        desired, told = self._wishes(leaves, include_drift=include_drift)
        session = self._b.wanting(desired)
        plan = session.plan(live, Policy(selected, chosen(asked.rotate, known)))
        notes = (
            *told,
            *leftovers(self.kinds, desired, self.terms),
            *lacking(self.kinds, plan, desired, *self._there(client, plan)),
        )
        mine = [one for one in notes if not one.address or selected is None or selected(one.address)]
        rest = (*unmanaged(self.source, target), *self._behind(target))
        return session, session.guard(replace(plan, findings=(*mine, *plan.findings, *rest)), live, asked)

    def _wishes(self, leaves: Iterable[Leaf], *, include_drift: bool) -> tuple[Desired, tuple[Finding, ...]]:
        """What B shall be: as its files say, and, if that is wanted, with what was changed in A."""
        desired, told = self._b.desired, tuple(refusals(self.terms.a, leaves))
        if include_drift:
            desired, told = merge(desired, leaves, self.terms)
        desired, owned = without_owned(self.kinds, desired, self.terms)
        return desired, (*told, *owned)

    def _address(self, leaf: Leaf) -> str:
        return leaf.kind.address(key_of(leaf, self.terms))

    def _addresses(self, target: Side, leaves: Iterable[Leaf]) -> list[str]:
        declared = ((name, one.objects) for name, one in target.desired.sections.items())
        live = ((name, found) for name, found in target.live.objects.items())
        known = {self.kinds[name].address(key) for name, found in (*declared, *live) for key in found}
        return sorted(known | {self._address(leaf) for leaf in leaves})

    def _behind(self, target: Side) -> Iterator[Finding]:
        instances = (self.source.live.instance.id, target.live.instance.id)
        return behind(self._a, self._b, instances)

    def _there(self, client: Client, plan: Plan) -> tuple[Mapping[str, frozenset[str]], str]:
        """What the instance of B has of all that the plan names by key, as far as it shows it, and the name of B."""
        found = {}
        for kind, one in references(self.kinds, plan).items():
            try:
                rows = read_list(client, one.path, flagged=False)
            except ApiError as error:
                if error.status not in _HIDDEN:
                    raise
                continue  # organizations are off: roles show once they are on, and apply looks again
            found[kind] = frozenset(str(row.get(one.key)) for row in rows)
        return found, self.terms.b


_HIDDEN = frozenset({402, 403, 404})


def _terms(a: Session, b: Session) -> Terms:
    """What the project says about the way from A to B."""
    names = (a.environment.name, b.environment.name)
    root = b.project.root
    return Terms(
        *names,
        literals(names, (a.variables, b.variables), b.project.counterparts),
        frozenset(relative(root, path) for layer in b.environment.overlays for path in layer),
        a.variables,
        tuple(glob for glob, _ in b.project.keep),
    )
