"""One apply, from the plan to the proof."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from reconcile.cli import consent
from reconcile.cli.interrupt import Unhurried
from reconcile.cli.keeping import Runs
from reconcile.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconcile.apply import Manner
    from reconcile.cli.asked import Asked
    from reconcile.cli.session import Session
    from reconcile.cli.speaker import Speaker
    from reconcile.cli.told import Told
    from reconcile.model import Baseline, Finding, Json, Live, Memory, Outcome, Plan, Policy
    from reconcile.plan import Took
    from reconcile.render.terminal import Style
    from reconcile.state.journal import Journal
    from reconcile.state.keeper import Keeper
    from reconcile.state.kept import Kept


class Run:
    """What `apply` does once the project is open."""

    command = "apply"

    def __init__(self, session: Session, asked: Asked, look: Style, told: Told) -> None:
        self._session = session
        self._asked = asked
        self._look = look
        self._told = told
        self._reader = session.client(read_only=True)
        self._runs = Runs(session)

    def close(self) -> None:
        """Give the connections back; whoever writes shares them with whoever reads."""
        self._reader.close()
        self._runs.close()

    def fresh(self, confirm: str, *, yes: bool) -> int:
        """Plan, show, ask, apply, verify."""
        from reconcile.cli.show_plan import show_text
        from reconcile.cli.verdict import verdict

        live = self._session.named(self._reader, self._session.observe(self._reader))
        policy = self._policy(live)
        plan = self._session.guard(self._session.plan(live, policy), live, self._asked)
        if self._told.form == "text":
            show_text(plan, self._session.cost(plan), self._look)
        if refused := verdict(plan, detailed=False):
            seen = self._told.form == "text" and sys.stdout.isatty() and sys.stderr.isatty()
            return (self._refuse_seen if seen else self._refuse)(plan, refused)
        consent.expect(plan, self._asked.expect_digest)
        self._warn(plan, live)
        if plan.changes:
            consent.confirm(self._session.environment, confirm)
            consent.agree(self._session.environment, plan.instance, yes=yes)
        calm = replace(policy, rotate=frozenset(), reassert=False)  # what was to be sent again has been

        def again(memory: Memory) -> Plan:
            live = self._session.observe(self._reader, sent=plan.changes)
            return self._session.plan(live, calm, memory)

        return self._end(self._carry_out(plan, live, again))

    def _end(self, code: int) -> int:
        """The last word; the exit code."""
        return code

    def _policy(self, live: Live) -> Policy:
        """What of the plan is meant."""
        return self._session.policy(live, self._asked)

    def _warn(self, plan: Plan, live: Live) -> None:
        """What to know before saying yes: of an earlier run that was cut off, what became of it."""
        from reconcile.render.runs import cut_off_text

        again = {change.address for change in plan.changes}
        for run in self._runs.cut_off(plan.instance.id):
            self._say(cut_off_text(run, self._looked_up(run, live), again))
            self._runs.told(run)

    def _looked_up(self, run: Kept, live: Live) -> Mapping[str, Took]:
        """What the instance shows of the calls that a run was sending; other kinds than those read are read for it."""
        from reconcile.plan import took

        sent, kinds = set(run.unanswered), self._session.catalogue.kinds
        changes = [change for change in self._runs.planned(run) if change.address in sent]
        if any(change.kind not in live.objects for change in changes):
            live = self._session.observe(self._reader, changes)
        memory = self._session.ledger(live.instance.id).memory
        return {change.address: took(kinds[change.kind], change, live, memory) for change in changes}

    def _refuse(self, plan: Plan, code: int) -> int:
        """A plan that may be looked at, and not applied."""
        from reconcile.render.terminal import findings_text

        self._say(findings_text(_reasons(plan), self._look))
        return self._refuse_seen(plan, code)

    def _refuse_seen(self, plan: Plan, code: int) -> int:
        """The same where the reasons stand above, on the same screen."""
        self._say("Nothing was sent: this plan cannot be applied as it is.")
        self._told.refused(plan, self._session.catalogue.kinds, _reasons(plan), code)
        return code

    def _carry_out(self, plan: Plan, live: Live, again: Callable[[Memory], Plan]) -> int:
        """Send it all and prove that it took; `again` reads and says what is still pending."""
        from reconcile.cli.verdict import outcome_code
        from reconcile.errors import StoppedError
        from reconcile.render.terminal import outcomes_summary
        from reconcile.settle import settle

        interrupts, keeper = self._session.world.interrupts, self._keeper(plan)
        journal = self._runs.begin(plan, live, self.command) if plan.changes else None
        after: Plan | None = plan
        self._told.planned(plan)
        with interrupts.gentle():
            outcomes = sent = self._send(plan, keeper, journal)
            if interrupts.stop.is_set():
                after = None
            elif plan.changes:
                clock = Unhurried(self._session.world.clock, interrupts.stop)
                after, outcomes = settle(
                    lambda: again(keeper.ledger.memory), outcomes, clock, interrupts.stop.is_set
                )
            if plan.changes:
                self._told.verified(sent, outcomes, after)
                self._say(outcomes_summary(outcomes, self._look))
            if after is None and interrupts.stop.is_set():
                self._say("Stopped: what is done was answered as done, and was not read again.")
            if journal:
                proven = [now for now, then in zip(outcomes, sent, strict=True) if now != then]
                pending = len(after.changes) if after else None
                self._runs.end(journal, proven, stopped=interrupts.stop.is_set(), pending=pending)
            self._runs.agree(plan.instance.id, partial(self._agreed, plan, outcomes))
        for trouble in dict.fromkeys(filter(None, (keeper.trouble, self._runs.trouble))):
            self._say(f"warning: {trouble}: this run is not remembered, so the next one may send more")
        self._print(outcomes, after)
        code = StoppedError.exit_code if interrupts.stop.is_set() else outcome_code(outcomes)
        self._told.finished(plan, self._session.catalogue.kinds, outcomes, after, code)
        return code

    def _agreed(
        self, plan: Plan, outcomes: tuple[Outcome, ...], before: Baseline | None, at: str
    ) -> Baseline:
        """What files and instance agree on once this has ended."""
        from reconcile.baseline import after_apply

        session = self._session
        return after_apply(before, session.catalogue.kinds, session.desired, plan, outcomes, at)

    def _send(self, plan: Plan, keeper: Keeper, journal: Journal | None) -> tuple[Outcome, ...]:
        """Carry out the plan; whatever is under way when somebody says stop is finished."""
        from reconcile.apply import apply

        session, speaker = self._session, self._speaker(plan)
        hear = _hearer(keeper, journal, self._told, speaker)
        stop, manner = session.world.interrupts.stop, self._manner(keeper, journal)
        writer = session.client(read_only=False)
        try:
            return apply(plan, session.catalogue.kinds, writer, session.secret, hear, stop, manner)
        finally:
            if speaker:
                speaker.clear()

    def _keeper(self, plan: Plan) -> Keeper:
        from reconcile.state.keeper import Keeper

        session = self._session
        ledger = session.ledger(plan.instance.id)
        return Keeper(ledger, plan, session.catalogue.kinds, session.world.clock)

    def _speaker(self, plan: Plan) -> Speaker | None:
        from reconcile.cli.bar import bar_on
        from reconcile.cli.speaker import Speaker

        clock, reach = self._session.world.clock, self._session.reach
        if reach.quiet:
            return None
        return Speaker(
            len(plan.changes), clock, self._say, self._look, None if reach.verbose else bar_on(clock)
        )

    def _manner(self, keeper: Keeper, journal: Journal | None) -> Manner:
        """How the caller and the project want it carried out."""
        from fnmatch import fnmatchcase

        from reconcile.apply import Manner, Nobody

        def accepts(address: str, field: str, sent: Json, got: Json) -> bool:
            known = keeper.ledger.memory.rewritten(address, field, sent, got)
            return known or any(fnmatchcase(address, glob) for glob in self._asked.accept_rewrites)

        session = self._session
        recorder = journal or Nobody()
        parallelism, skip_gated = session.reach.parallelism, session.environment.skip_gated
        return Manner(parallelism, skip_gated, accepts, recorder, self._told.started)

    def _print(self, outcomes: tuple[Outcome, ...], after: Plan | None) -> None:
        from reconcile.render.outcomes import sent_unread_text
        from reconcile.render.terminal import pending_text, summary_text

        if self._told.form == "text" and outcomes and after is not None:
            if unread := sent_unread_text(after, outcomes):
                self._say(unread)
            verified = f"Verified: read again and planned again. {summary_text(after, 0)}"
            self._say(pending_text(after, self._look) if after.changes else verified)

    def _say(self, text: str) -> None:
        click.echo(text, err=True)


def _reasons(plan: Plan) -> list[Finding]:
    """Why a plan cannot be applied."""
    return [item for item in plan.findings if item.severity in {Severity.ERROR, Severity.REFUSAL}]


def _hearer(
    keeper: Keeper, journal: Journal | None, told: Told, speaker: Speaker | None
) -> Callable[[Outcome], None]:
    """What happens with each outcome: it is remembered, and told to whoever wants to hear it."""

    def hear(outcome: Outcome) -> None:
        keeper.note(outcome)
        if journal:
            journal.note(outcome)
        told.ended(outcome)
        if speaker:
            speaker.hear(outcome)

    return hear
