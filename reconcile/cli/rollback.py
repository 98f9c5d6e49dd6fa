"""`reconcile rollback`."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from reconcile.cli import options
from reconcile.cli.parameters import Bare

if TYPE_CHECKING:
    from reconcile.cli.asked import Asked
    from reconcile.cli.groups import Opening, Shown
    from reconcile.cli.session import Session
    from reconcile.state.kept import Kept


@click.command(name="rollback", cls=Bare)
@click.argument("run", required=False, default="")
@options.environment
@options.project
@options.selection
@options.consent
@options.allowances
@options.accept_rewrites
@click.option(
    "--allow-stale",
    "allow_stale",
    metavar="GLOB",
    multiple=True,
    help="Roll these addresses back though they changed since RUN; repeatable.",
)
@options.expect_digest
@options.output_as(("text", "json", "jsonl", "markdown"), ("json", "jsonl", "markdown", "html"))
@options.state_dir
@options.service
@options.parallelism
@options.lock_timeout
@options.quiet
@options.opened
@options.shown
@options.asked
def command(
    opening: Opening, shown: Shown, asked: Asked, run: str, yes: bool, confirm: str, lock_timeout: float
) -> int:
    """Bring back what the last run found before it changed anything. With RUN: what that one found."""
    from reconcile.cli.opening import World
    from reconcile.cli.rolling import Rollback
    from reconcile.cli.session import Session
    from reconcile.cli.told import telling

    world = World()
    session = Session(opening, world)
    with (
        telling(shown.form, shown.wanted(), world) as told,
        world.interrupts.heard(),
        session.locked("rollback", lock_timeout),  # what is waited for may be the run to roll back
        closing(Rollback(session, _target(session, run), asked, shown.look, told)) as rollback,
    ):
        return rollback.fresh(confirm, yes=yes)


def _target(session: Session, name: str) -> Kept:
    """The run that a name means, or the last of this environment; which one that is has to be certain."""
    from reconcile.errors import UsageError
    from reconcile.state.runs import chosen, kept, unreadable

    runs, environment = kept(session.state), session.environment.name
    if name:
        return chosen(runs, name)
    mine = next((one for one in runs if one.environment == environment), None)
    if mine is None:
        raise UsageError(f"no run of {environment} is kept in {session.state}; --state-dir says where else")
    newer = [one for one in unreadable(session.state, runs) if one > mine.name]
    if newer:
        raise UsageError(
            f"the journal of {newer[0]} is damaged, so nobody can tell whether it was the last run of {environment}; "
            f"nothing was sent. If {mine.name} is the one to roll back, name it"
        )
    return mine
