"""One apply of a plan file: what has to hold before anything in it is sent, and the proof that it took."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.baseline import after_apply, after_plan
from reconcile.cli import consent
from reconcile.cli.asked import matches
from reconcile.cli.run import Run
from reconcile.cli.session import Session
from reconcile.cli.verdict import verdict
from reconcile.errors import FilesError, RefusedError, StaleError, UnknownEnvironmentError, UsageError
from reconcile.guard import unguarded
from reconcile.model import Action, Finding, Policy, Secret, Severity
from reconcile.plan import Staleness, judge, remaining, stale_findings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from reconcile.cli.groups import Opening
    from reconcile.cli.opening import World
    from reconcile.cli.planfile import PlanFile
    from reconcile.model import Baseline, Change, Kind, Live, Memory, Outcome, Plan


def open_for(file: PlanFile, opening: Opening, world: World) -> Session:
    """The environment of a plan file; refused where the caller means another one, or the project has none such."""
    if opening.environment not in {"", file.environment}:
        raise RefusedError(
            f"this plan is for environment {file.environment}; make one for {opening.environment}"
        )
    try:
        return Session(opening.of(file.environment), world)
    except UnknownEnvironmentError as error:
        raise RefusedError(f"this plan is for another project: {error}") from error


class SavedRun(Run):
    """What `apply PLANFILE` does: exactly what the plan says, or nothing where its time is over."""

    def saved(self, file: PlanFile, confirm: str) -> int:
        """Check whose plan it is, and that the instance is still what it was made against; then carry it out."""
        file.check_signature(self._session.keys)
        plan = unguarded(file.plan(self._session.catalogue.kinds))
        if refused := verdict(plan, detailed=False):
            return self._refuse(plan, refused)
        consent.expect(plan, self._asked.expect_digest)
        allowed = self._allowed(plan)
        consent.confirm(self._session.environment, confirm)
        if changed := tuple(self._changed_secrets(plan)):
            return self._refuse(replace(plan, findings=changed), StaleError.exit_code)
        live = self._session.observe(self._reader, plan.changes)
        if live.instance != plan.instance:
            raise RefusedError(
                f"this plan is for instance {plan.instance.id}, and the key belongs to {live.instance.id}"
            )
        return self._held_against(live, plan, allowed)

    def _held_against(self, live: Live, plan: Plan, allowed: Collection[str]) -> int:
        """Leave out what is done already, hold the rest against the instance and the guards, and send it."""
        memory = self._session.ledger(plan.instance.id).memory
        standing = {one.address: judge(self._kind(one), one, live, memory) for one in plan.changes}
        stale = [one for one in plan.changes if standing[one.address] is Staleness.STALE]
        reasons = [item for one in stale for item in stale_findings(self._kind(one), one, live, memory)]
        if blocking := tuple(item for item in reasons if item.address not in allowed):
            return self._refuse(replace(plan, findings=blocking), StaleError.exit_code)
        left = tuple(one for one in plan.changes if standing[one.address] is not Staleness.DONE)
        rest = self._session.guard(replace(plan, changes=left), live, self._asked)
        if refused := verdict(rest, detailed=False):
            return self._refuse(rest, refused)
        self._remark(standing, reasons, self._appeared(plan, live))
        self._warn(rest, live)
        return self._carry_out(rest, live, lambda memory: self._still(rest, memory))

    def _agreed(
        self, plan: Plan, outcomes: tuple[Outcome, ...], before: Baseline | None, at: str
    ) -> Baseline:
        """What the plan and the instance agree on; the files may have moved on, unless they are at its commit."""
        session, kinds = self._session, self._session.catalogue.kinds
        source = plan.source
        if not plan.complete or not source.revision or source.dirty or session.source != source:
            return after_plan(before, kinds, plan, outcomes, at)
        changed = {change.address for change in plan.changes}
        declared = {
            kinds[name].address(key) for name, one in session.desired.sections.items() for key in one.objects
        }
        whole = replace(plan, in_sync=tuple(sorted(declared - changed)))
        return after_apply(before, kinds, session.desired, whole, outcomes, at)

    def _kind(self, change: Change) -> Kind:
        return self._session.catalogue.kinds[change.kind]

    def _allowed(self, plan: Plan) -> Collection[str]:
        """The addresses that the caller wants applied though they changed."""
        known = [change.address for change in plan.changes]
        found: set[str] = set()
        for glob in self._asked.allow_stale:
            meant = {address for address in known if matches(glob, address, known)}
            if not meant:
                raise UsageError(f"--allow-stale {glob} matches nothing in this plan")
            found |= meant
        return found

    def _changed_secrets(self, plan: Plan) -> Iterator[Finding]:
        """Secrets that are not what they were; raises FilesError for all that are not set. Nothing is sent for it."""
        unset: list[Finding] = []
        for change, secret in _secrets(plan):
            try:
                now = self._session.keys.secret(secret.name, self._session.secret(secret.name))
            except FilesError as error:
                unset += (
                    replace(item, address=change.address, origin=change.origin) for item in error.findings
                )
                continue
            if now != secret:
                message = f"{secret.name} is not what it was when this was planned"
                yield Finding(Severity.REFUSAL, "stale", message, change.address, change.origin)
        if unset:
            raise FilesError(unset)

    def _appeared(self, plan: Plan, live: Live) -> Iterable[str]:
        """What is live now, not declared, and not in the plan: it came after the plan, so the plan leaves it alone."""
        if not plan.complete:
            return ()  # a selection does not say what else there was
        now = self._session.plan(live, Policy())
        known = {*plan.unmanaged, *(change.address for change in plan.changes)}
        gone = (change.address for change in now.changes if change.action is Action.DELETE)
        return sorted({*now.unmanaged, *gone} - known)

    def _remark(
        self, standing: Mapping[str, Staleness], reasons: Iterable[Finding], appeared: Iterable[str]
    ) -> None:
        from reconcile.render.terminal import safe

        for address in sorted(name for name, one in standing.items() if one is Staleness.DONE):
            self._say(safe(f"{address} is already as wanted"))
        for finding in reasons:
            self._say(safe(f"{finding.address}: {finding.message}; applied all the same (--allow-stale)"))
        for address in appeared:
            self._say(safe(f"{address} appeared since the plan was made; it is left alone"))

    def _still(self, plan: Plan, memory: Memory) -> Plan:
        """What of a plan the instance does not show yet. The files are not asked: they may have moved on."""
        live = self._session.observe(self._reader, plan.changes, sent=plan.changes)
        ours = (change for change in plan.changes if change.id not in memory.foreign)
        left = (remaining(self._kind(change), change, live, memory) for change in ours)
        return replace(plan, changes=tuple(change for change in left if change))


def _secrets(plan: Plan) -> Iterator[tuple[Change, Secret]]:
    for change in plan.changes:
        for value in change.body.values():
            if isinstance(value, Secret):
                yield change, value
