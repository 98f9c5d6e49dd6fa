"""One apply, from the plan to the proof."""

from __future__ import annotations

import json
import signal
import sys
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.cli.session import Asked, Session
    from reconcile.model import Live, Outcome, Plan, Policy
    from reconcile.render.terminal import Style


class Run:
    """What `apply` does once the project is open."""

    def __init__(self, session: Session, asked: Asked, look: Style, form: str, *, quiet: bool) -> None:
        self._session = session
        self._asked = asked
        self._look = look
        self._form = form
        self._quiet = quiet
        self._reader = session.client(read_only=True)

    def fresh(self, confirm: str, *, yes: bool) -> int:
        """Plan, show, ask, apply, verify."""
        from reconcile.cli.show_plan import show
        from reconcile.cli.verdict import verdict

        live = self._session.observe(self._reader)
        policy = self._session.policy(live, self._asked)
        plan = self._session.plan(live, policy)
        if self._form == "text":
            show(plan, self._session.catalogue.kinds, "text", self._look)
        if refused := verdict(plan, detailed=False):
            return self._refuse(plan, refused)
        if plan.changes:
            self._protect(confirm)
            self._ask(yes=yes)
        return self._carry_out(plan, policy)

    def _refuse(self, plan: Plan, code: int) -> int:
        """A plan that may be looked at, and not applied."""
        from reconcile.model import Severity
        from reconcile.render.document import findings_document
        from reconcile.render.terminal import findings_text

        reasons = [item for item in plan.findings if item.severity in {Severity.ERROR, Severity.REFUSAL}]
        self._say(
            f"{findings_text(reasons, self._look)}\nNothing was sent: this plan cannot be applied as it is."
        )
        if self._form == "json":
            click.echo(json.dumps(findings_document(reasons), ensure_ascii=False, indent=2))
        return code

    def saved(self, plan: Plan, confirm: str) -> int:
        """Check that the instance is still what was planned against, then do exactly what the plan says."""
        from dataclasses import replace

        from reconcile.cli.verdict import verdict
        from reconcile.errors import RefusedError
        from reconcile.model import Policy

        if plan.environment != self._session.environment.name:
            raise RefusedError(
                f"this plan is for environment {plan.environment}; make one for {self._session.environment.name}"
            )
        if refused := verdict(plan, detailed=False):
            return self._refuse(plan, refused)
        self._protect(confirm)
        live = self._session.observe(self._reader)
        if live.instance != plan.instance:
            raise RefusedError(
                f"this plan is for instance {plan.instance.id}, and the key belongs to {live.instance.id}"
            )
        self._check_secrets(plan)
        done = self._check_stale(plan, live)
        rest = tuple(change for change in plan.changes if change.address not in done)
        for address in sorted(done):
            self._say(f"{address} is already as wanted")
        addresses = frozenset(change.address for change in plan.changes)
        return self._carry_out(replace(plan, changes=rest), Policy(selected=addresses.__contains__))

    def _check_secrets(self, plan: Plan) -> None:
        from reconcile.errors import StaleError
        from reconcile.model import Secret

        for change in plan.changes:
            for value in change.body.values():
                if (
                    isinstance(value, Secret)
                    and self._session.keys.secret(value.name, self._session.secret(value.name)) != value
                ):
                    raise StaleError(
                        f"{change.address}: {value.name} is not what it was when the plan was made; plan again"
                    )

    def _check_stale(self, plan: Plan, live: Live) -> set[str]:
        from reconcile.errors import StaleError
        from reconcile.plan import Staleness, judge

        judged = {
            change.address: judge(self._session.catalogue.kinds[change.kind], change, live)
            for change in plan.changes
        }
        stale = [address for address, verdict in judged.items() if verdict is Staleness.STALE]
        if stale:
            raise StaleError(
                f"changed since the plan was made: {', '.join(stale)}; nothing was sent: plan again"
            )
        return {address for address, verdict in judged.items() if verdict is Staleness.DONE}

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

    def _carry_out(self, plan: Plan, policy: Policy) -> int:
        from reconcile.apply import apply
        from reconcile.cli.verdict import outcome_code
        from reconcile.errors import StoppedError
        from reconcile.render.terminal import outcome_line, outcomes_summary

        stop = Event()
        tell = (lambda _: None) if self._quiet else (lambda one: self._say(outcome_line(one, self._look)))
        with _interruptible(stop):
            writer = self._session.client(read_only=False)
            outcomes = apply(plan, self._session.catalogue.kinds, writer, self._session.secret, tell, stop)
        after, outcomes = self._prove(plan, policy, outcomes)
        writer.close()
        if plan.changes:
            self._say(outcomes_summary(outcomes, self._look))
        self._print(outcomes, after)
        return StoppedError.exit_code if stop.is_set() else outcome_code(outcomes)

    def _prove(
        self, plan: Plan, policy: Policy, outcomes: tuple[Outcome, ...]
    ) -> tuple[Plan, tuple[Outcome, ...]]:
        """Keep receipts of what was sent, then read and plan again until the instance shows it."""
        from dataclasses import replace

        from reconcile.settle import settle

        clock = self._session.world.clock
        ledger = self._session.ledger(plan.instance.id)
        after = ledger.after(plan, self._session.catalogue.kinds, outcomes, clock.now())
        if after != ledger:
            after.save()
        if not plan.changes:
            return plan, outcomes
        calm = replace(policy, rotate=frozenset(), reassert=False)  # what was to be sent again has been
        again = partial(self._session.plan, policy=calm, memory=after.memory)
        return settle(lambda: again(self._session.observe(self._reader)), outcomes, clock)

    def _print(self, outcomes: tuple[Outcome, ...], after: Plan) -> None:
        from reconcile.render.document import outcomes_document
        from reconcile.render.terminal import pending_text, summary_text

        if self._form == "json":
            click.echo(
                json.dumps(
                    outcomes_document(outcomes, pending=len(after.changes)), ensure_ascii=False, indent=2
                )
            )
        elif outcomes and after.changes:
            self._say(pending_text(after, self._look))
        elif outcomes:
            self._say(f"Verified: read again and planned again. {summary_text(after, 0)}")

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
