"""One rollback: the wishes of a snapshot in place of those of the files, and otherwise a run like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.baseline import after_rollback
from reconcile.cli.asked import matches, selector
from reconcile.cli.run import Run
from reconcile.codec import decode_before, decode_plan, plan_digest, signed_content
from reconcile.errors import RefusedError, StaleError
from reconcile.model import Policy, Severity
from reconcile.plan import Took, took
from reconcile.rollback import keys_of, since, undo, without

if TYPE_CHECKING:
    from collections.abc import Container

    from reconcile.cli.asked import Asked
    from reconcile.cli.session import Session
    from reconcile.cli.told import Told
    from reconcile.model import Baseline, Live, Outcome, Plan
    from reconcile.render.terminal import Style
    from reconcile.rollback import Before
    from reconcile.state.kept import Kept


def back_to(session: Session, run: Kept) -> tuple[Plan, tuple[Before, ...]]:
    """What a run was to do, and what was there before of all that it touched.

    Raises RefusedError where it is another instance's, or not as we wrote it, and FilesError where we cannot read it.
    """
    document = run.document("snapshot.json")
    if run.environment != session.environment.name:
        raise RefusedError(
            f"{run.name} was a run of environment {run.environment}, and this is {session.environment.name}"
        )
    if not session.keys.signed(signed_content(document), str(document.get("signature", ""))):
        raise RefusedError(
            f"the snapshot of {run.name} was changed after it was made, or made with another secret key of {run.instance}; "
            "nothing was sent"
        )
    plan, before = decode_plan(run.document("plan.json")), decode_before(document)
    if plan_digest(plan) != document["digest"]:
        raise RefusedError(f"plan and snapshot of {run.name} are of two different runs; nothing was sent")
    kinds = session.catalogue.kinds
    if unknown := sorted({one.kind for one in before} - kinds.keys()):
        raise RefusedError(f"{run.name} was about {', '.join(unknown)}, which this version does not know")
    return plan, tuple(one for one in before if one.address in run.touched)


class Rollback(Run):
    """Brings back what a run found before it changed anything."""

    command = "rollback"

    def __init__(self, session: Session, run: Kept, asked: Asked, look: Style, told: Told) -> None:
        self._plan, before = back_to(session, run)
        select = selector(asked, [one.address for one in before], f"reconcile runs {run.name}")
        self._before = tuple(one for one in before if select is None or select(one.address))
        self._files = session.desired
        self._undo = undo(session.catalogue.kinds, self._before, self._files)
        self._run = run
        self._impossible: dict[str, str] = {}
        super().__init__(session.wanting(self._undo.desired, self._undo.added), asked, look, told)

    def _policy(self, live: Live) -> Policy:
        """The addresses that the run touched and that are meant, but for those that cannot be brought back."""
        if live.instance.id != self._run.instance:
            raise RefusedError(
                f"{self._run.name} was a run on {self._run.instance}, and the key belongs to {live.instance.id}"
            )
        kinds = self._session.catalogue.kinds
        self._undo = undo(kinds, [since(one, kinds[one.kind], live) for one in self._before], self._files)
        self._session = self._session.wanting(self._undo.desired)
        touched = self._undo.addresses
        every = self._session.plan(live, Policy(touched.__contains__))
        self._refuse_changed(live, {change.address for change in every.changes})
        self._impossible = {
            item.address: item.message
            for item in every.findings
            if item.severity is Severity.ERROR and item.address
        }
        left = touched - self._impossible.keys()
        self._session = self._session.wanting(without(self._undo.desired, self._impossible, kinds))
        return Policy(left.__contains__)

    def _refuse_changed(self, live: Live, pending: Container[str]) -> None:
        """Raise StaleError where somebody has changed since what the run did, unless that is known and meant.

        What is as it was before the run, so that nothing is `pending`, may have been brought back by hand. What nobody
        can read, nobody can see changed.
        """
        kinds, memory = self._session.catalogue.kinds, self._session.ledger(live.instance.id).memory
        changed = []
        for one in self._plan.changes:
            kind = kinds[one.kind]
            mine = any(kind.address(key) in pending for key in keys_of(one, kind))
            if one.address in self._run.done and mine and took(kind, one, live, memory) is Took.NO:
                changed.append(one.address)
        meant = self._asked.allow_stale
        left = [name for name in changed if not any(matches(glob, name, changed) for glob in meant)]
        if left:
            raise StaleError(
                f"changed since {self._run.name}, so bringing back what was before would undo that too: "
                f"{', '.join(left)}; nothing was sent. Roll back the later run first, or say --allow-stale GLOB"
            )

    def _warn(self, plan: Plan, live: Live) -> None:
        """What a rollback does not bring back."""
        from reconcile.render.terminal import safe

        super()._warn(plan, live)
        lost = [*self._undo.told, *(f"{name}: {why}" for name, why in self._impossible.items())]
        if lost:
            self._say("\n".join(["Cannot be undone:", *(safe(f"  {text}") for text in lost)]))

    def _refuse_seen(self, plan: Plan, code: int) -> int:
        """No edit of the files helps here, so what a guard wants to stay has to be left out."""
        self._say("What has to stay can be left out of a rollback with --exclude GLOB.")
        return super()._refuse_seen(plan, code)

    def _agreed(
        self, plan: Plan, outcomes: tuple[Outcome, ...], before: Baseline | None, at: str
    ) -> Baseline:
        """What the snapshot and the instance agree on: the files ask for something else now."""
        return after_rollback(before, self._session.catalogue.kinds, self._undo, plan, outcomes, at)

    def _end(self, code: int) -> int:
        """What to do so that the next apply does not bring it back; after a rollback of a rollback the files are right."""
        revision, dirty = self._run.head.get("revision"), self._run.head.get("dirty")
        if code == 0 and self._run.touched and self._run.head.get("command") != self.command:
            what = (
                f"undo there what commit {str(revision)[:12]} brought (git revert {str(revision)[:12]})"
                if revision and not dirty
                else "undo there what this run brought"
            )
            self._say(
                f"Where the files still ask for what was rolled back, {what}, or the next apply does it again."
            )
        return code
