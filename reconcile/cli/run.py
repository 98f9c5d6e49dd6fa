"""One apply, from the plan to the proof."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconcile.apply import Manner
    from reconcile.cli.asked import Asked
    from reconcile.cli.session import Session
    from reconcile.cli.told import Told
    from reconcile.model import Json, Memory, Outcome, Plan
    from reconcile.render.terminal import Style
    from reconcile.state.keeper import Keeper


class Run:
    """What `apply` does once the project is open."""

    def __init__(self, session: Session, asked: Asked, look: Style, told: Told, *, quiet: bool) -> None:
        self._session = session
        self._asked = asked
        self._look = look
        self._told = told
        self._quiet = quiet
        self._reader = session.client(read_only=True)

    def close(self) -> None:
        """Give the connections back; whoever writes shares them with whoever reads."""
        self._reader.close()

    def fresh(self, confirm: str, *, yes: bool) -> int:
        """Plan, show, ask, apply, verify."""
        from reconcile.cli.show_plan import show_text
        from reconcile.cli.verdict import verdict

        live = self._session.observe(self._reader)
        policy = self._session.policy(live, self._asked)
        plan = self._session.guard(self._session.plan(live, policy), live, self._asked)
        if self._told.form == "text":
            show_text(plan, self._session.catalogue.kinds, self._look)
        if refused := verdict(plan, detailed=False):
            return self._refuse(plan, refused)
        self._expect(plan)
        if plan.changes:
            self._protect(confirm)
            self._ask(yes=yes)
        calm = replace(policy, rotate=frozenset(), reassert=False)  # what was to be sent again has been

        def again(memory: Memory) -> Plan:
            live = self._session.observe(self._reader, sent=plan.changes)
            return self._session.plan(live, calm, memory)

        return self._carry_out(plan, again)

    def _expect(self, plan: Plan) -> None:
        """Refuse a plan that is not the one that somebody has looked at."""
        from reconcile.codec import plan_digest
        from reconcile.errors import RefusedError

        expected = self._asked.expect_digest
        if expected and plan_digest(plan) != expected:
            raise RefusedError(
                f"the digest of this plan is {plan_digest(plan)}, and --expect-digest says {expected}; "
                "nothing was sent: look at the plan again"
            )

    def _refuse(self, plan: Plan, code: int) -> int:
        """A plan that may be looked at, and not applied."""
        from reconcile.model import Severity
        from reconcile.render.terminal import findings_text

        reasons = [item for item in plan.findings if item.severity in {Severity.ERROR, Severity.REFUSAL}]
        self._say(
            f"{findings_text(reasons, self._look)}\nNothing was sent: this plan cannot be applied as it is."
        )
        self._told.refused(plan, self._session.catalogue.kinds, reasons, code)
        return code

    def _protect(self, confirm: str) -> None:
        from reconcile.guard import check_confirmed

        env = self._session.environment
        if env.protected:
            if not confirm and sys.stdin.isatty():
                confirm = click.prompt(f"{env.name} is protected; type its name to write to it", err=True)
            check_confirmed(env.name, confirm)

    def _ask(self, *, yes: bool) -> None:
        from reconcile.errors import UsageError

        if yes or self._session.environment.protected:
            return
        if not sys.stdin.isatty():
            raise UsageError("nobody is there to ask; say --yes to apply without asking")
        click.confirm("Apply this?", abort=True, err=True)

    def _carry_out(self, plan: Plan, again: Callable[[Memory], Plan]) -> int:
        """Send it all and prove that it took; `again` reads and says what is still pending."""
        from reconcile.apply import apply
        from reconcile.cli.verdict import outcome_code
        from reconcile.errors import StoppedError
        from reconcile.render.terminal import outcomes_summary
        from reconcile.settle import settle

        self._told.planned(plan)
        stop, keeper = Event(), self._keeper(plan)
        hear = self._hearer(plan, keeper)
        with _interruptible(stop):
            writer = self._session.client(read_only=False, stopped=stop.is_set)
            manner = self._manner(keeper)
            kinds, secret = self._session.catalogue.kinds, self._session.secret
            outcomes = apply(plan, kinds, writer, secret, hear, stop, manner)
        after: Plan | None = plan
        if plan.changes:
            clock = self._session.world.clock
            sent = outcomes
            after, outcomes = settle(lambda: again(keeper.ledger.memory), sent, clock)
            self._told.verified(sent, outcomes, after)
            self._say(outcomes_summary(outcomes, self._look))
        if keeper.trouble:
            self._say(f"warning: {keeper.trouble}: this run is not remembered, so the next one may send more")
        self._print(outcomes, after)
        code = StoppedError.exit_code if stop.is_set() else outcome_code(outcomes)
        self._told.finished(plan, kinds, outcomes, after, code)
        return code

    def _keeper(self, plan: Plan) -> Keeper:
        from reconcile.state.keeper import Keeper

        session = self._session
        ledger = session.ledger(plan.instance.id)
        return Keeper(ledger, plan, session.catalogue.kinds, session.world.clock)

    def _hearer(self, plan: Plan, keeper: Keeper) -> Callable[[Outcome], None]:
        """What happens with each outcome: it is remembered, and told to whoever wants to hear it."""
        from reconcile.cli.speaker import Speaker

        speaker = Speaker(len(plan.changes), self._session.world.clock, self._say, self._look)

        def hear(outcome: Outcome) -> None:
            keeper.note(outcome)
            self._told.ended(outcome)
            if not self._quiet:
                speaker.hear(outcome)

        return hear

    def _manner(self, keeper: Keeper) -> Manner:
        """How the caller and the project want it carried out."""
        from fnmatch import fnmatchcase

        from reconcile.apply import Manner

        def accepts(address: str, field: str, sent: Json, got: Json) -> bool:
            known = keeper.ledger.memory.rewritten(address, field, sent, got)
            return known or any(fnmatchcase(address, glob) for glob in self._asked.accept_rewrites)

        session = self._session
        return Manner(session.reach.parallel, session.environment.skip_gated, accepts, self._told.started)

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


@contextmanager
def _interruptible(stop: Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM let what is in flight finish and stop the rest."""
    previous = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in previous:
        signal.signal(number, lambda *_: stop.set())
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
