"""One rollback: the wishes of a snapshot in place of those of the files, and otherwise a run like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.baseline import after_rollback
from reconcile.cli.asked import matches
from reconcile.cli.run import Run
from reconcile.codec import decode_before, decode_plan, signed_content
from reconcile.errors import RefusedError, StaleError
from reconcile.model import Policy, Severity
from reconcile.plan import remaining
from reconcile.rollback import Undo, undo, without

if TYPE_CHECKING:
    from reconcile.cli.asked import Asked
    from reconcile.cli.session import Session
    from reconcile.cli.told import Told
    from reconcile.model import Baseline, Live, Outcome, Plan
    from reconcile.render.terminal import Style
    from reconcile.state.runs import Kept


def back_to(session: Session, run: Kept) -> Undo:
    """What a run's snapshot asks for; raises RefusedError where it is another instance's, or not as we wrote it."""
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
    return undo(session.catalogue.kinds, decode_before(document), session.desired)


class Rollback(Run):
    """Brings back what a run found before it changed anything."""

    command = "rollback"

    def __init__(
        self, session: Session, run: Kept, asked: Asked, look: Style, told: Told, *, quiet: bool
    ) -> None:
        self._undo = back_to(session, run)
        self._run = run
        self._impossible: dict[str, str] = {}
        super().__init__(
            session.wanting(self._undo.desired, self._undo.added), asked, look, told, quiet=quiet
        )

    def _policy(self, live: Live) -> Policy:
        """The addresses that the run touched, but for those that cannot be brought back."""
        if live.instance.id != self._run.instance:
            raise RefusedError(
                f"{self._run.name} was a run on {self._run.instance}, and the key belongs to {live.instance.id}"
            )
        self._refuse_changed(live)
        touched = self._undo.addresses
        every = self._session.plan(live, Policy(touched.__contains__))
        self._impossible = {
            item.address: item.message
            for item in every.findings
            if item.severity is Severity.ERROR and item.address
        }
        kinds = self._session.catalogue.kinds
        left = touched - self._impossible.keys()
        self._session = self._session.wanting(without(self._undo.desired, self._impossible, kinds))
        return Policy(left.__contains__)

    def _refuse_changed(self, live: Live) -> None:
        """Raise StaleError where somebody has changed since what the run did, unless that is known and meant."""
        plan = decode_plan(self._run.document("plan.json"))
        kinds, memory = self._session.catalogue.kinds, self._session.ledger(live.instance.id).memory
        done = [one for one in plan.changes if one.address in self._run.done and one.kind in live.objects]
        changed = [one.address for one in done if remaining(kinds[one.kind], one, live, memory)]
        meant = self._asked.allow_stale
        left = [name for name in changed if not any(matches(glob, name, changed) for glob in meant)]
        if left:
            raise StaleError(
                f"changed since {self._run.name}, so bringing back what was before would undo that too: "
                f"{', '.join(left)}; nothing was sent. Roll back the later run first, or say --allow-stale GLOB"
            )

    def _warn(self, plan: Plan) -> None:
        """What a rollback does not bring back."""
        super()._warn(plan)
        lost = [*self._undo.cannot, *(f"{name}: {why}" for name, why in self._impossible.items())]
        if lost:
            self._say("\n".join(["Cannot be undone:", *(f"  {text}" for text in lost)]))

    def _agreed(
        self, plan: Plan, outcomes: tuple[Outcome, ...], before: Baseline | None, at: str
    ) -> Baseline:
        """What the snapshot and the instance agree on: the files ask for something else now."""
        return after_rollback(before, self._session.catalogue.kinds, plan, outcomes, at)

    def _end(self, code: int) -> int:
        """What to do so that the next apply does not bring it back."""
        revision, dirty = self._run.head.get("revision"), self._run.head.get("dirty")
        if code == 0:
            what = (
                f"undo there what commit {str(revision)[:12]} brought (git revert {str(revision)[:12]})"
                if revision and not dirty
                else "undo there what this run brought"
            )
            self._say(
                f"The files still ask for what was rolled back: {what}, or the next apply does it again."
            )
        return code
