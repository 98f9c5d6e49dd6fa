"""The runs of one session: what they leave behind, and what earlier ones left."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reconcile.cli.session import Session
    from reconcile.model import Baseline, Change, Live, Outcome, Plan
    from reconcile.state.journal import Journal
    from reconcile.state.kept import Kept


class Runs:
    """Begins and ends runs in the state folder. What cannot be written once a run has begun, `trouble` says."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._open: Journal | None = None
        self.trouble = ""

    def close(self) -> None:
        """Let go of a run that did not come to its end."""
        if self._open:
            self._open.close()
        self._open = None

    def begin(self, plan: Plan, live: Live, command: str) -> Journal:
        """A journal for a plan that is about to be carried out, and a snapshot of what it is going to touch.

        Raises UnwrittenError where they cannot be written, because nobody could roll back then.
        """
        import json

        from reconcile.cli.show_plan import document
        from reconcile.codec import encode_before, plan_digest, signed
        from reconcile.errors import UnwrittenError
        from reconcile.rollback import snapshot
        from reconcile.state import runs

        session, digest = self._session, plan_digest(plan)
        before = encode_before(snapshot(session.catalogue.kinds, plan, live), digest)
        try:
            journal = runs.begin(
                session.state,
                _head(plan, digest, command),
                document(plan, session.cost(plan), session.keys),
                json.dumps(signed(before, session.keys.sign), ensure_ascii=False, indent=2) + "\n",
                session.world.clock,
                session.world.redact,
            )
        except OSError as error:
            place = f"{error.filename or session.state}: {error.strerror or error}"
            raise UnwrittenError(
                f"nothing was sent: what this run does could not be written down ({place}), and nobody could tell of it or "
                "roll it back; mend that, or name another folder with --state-dir (for a rollback, a copy of this one)"
            ) from error
        self._open = journal
        with suppress(OSError):  # what is old goes another time
            runs.prune(session.state, session.world.clock.now())
        return journal

    def end(self, journal: Journal, proven: Iterable[Outcome], *, stopped: bool, pending: int | None) -> None:
        """The run is over; `proven` are outcomes of which the proof knows better than the answers did."""
        for outcome in proven:
            journal.note(outcome)
        journal.end(stopped=stopped, pending=pending)
        self.close()
        self.trouble = self.trouble or journal.trouble

    def agree(self, instance: str, agreed: Callable[[Baseline | None, str], Baseline]) -> None:
        """Remember what files and instance agree on now; `agreed` says so from what they did before, and the time."""
        from reconcile.errors import FilesError
        from reconcile.state.applied import read_applied, write_applied
        from reconcile.state.journal import stamp

        session = self._session
        try:
            before = read_applied(session.state, instance)
        except FilesError:
            before = None  # it is damaged, and about to be replaced
        try:
            now = agreed(before, stamp(session.world.clock.now()))
            write_applied(session.state, instance, now, session.world.redact)
        except OSError as error:
            self.trouble = self.trouble or f"{error.filename or session.state}: {error.strerror or error}"

    def cut_off(self, instance: str) -> Iterator[Kept]:
        """Runs of an instance that have no end, and that nobody has told of."""
        from reconcile.state.kept import End
        from reconcile.state.runs import kept

        for run in kept(self._session.state):
            if run.instance == instance and run.end is End.CUT_OFF and not run.seen:
                yield run

    def planned(self, run: Kept) -> Iterable[Change]:
        """The changes that a run was to make; none where nobody can tell any more."""
        from reconcile.codec import decode_plan
        from reconcile.errors import ReconcileError

        kinds = self._session.catalogue.kinds
        try:
            return [one for one in decode_plan(run.document("plan.json")).changes if one.kind in kinds]
        except ReconcileError:
            return ()

    def told(self, run: Kept) -> None:
        """Somebody has read of that run now."""
        from reconcile.state.journal import Journal

        try:
            journal = Journal(run.folder, self._session.world.clock, self._session.world.redact)
        except OSError:
            return  # then the next run tells of it again
        journal.seen()
        journal.close()


def _head(plan: Plan, digest: str, command: str) -> dict[str, str | int | bool | None]:
    from importlib.metadata import version

    return {
        "tool_version": version("clerk-reconcile"),
        "command": command,
        "environment": plan.environment,
        "instance": plan.instance.id,
        "environment_type": plan.instance.environment_type,
        "digest": digest,
        "revision": plan.source.revision or None,
        "dirty": plan.source.dirty,
        "changes": len(plan.changes),
    }
