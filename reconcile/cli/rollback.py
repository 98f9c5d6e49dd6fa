"""`reconcile rollback`."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from pathlib import Path

    from reconcile.cli.session import Session
    from reconcile.state.runs import Kept


@click.command(name="rollback", cls=options.Bare)
@click.argument("run", required=False, default="")
@options.environment
@options.project
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--confirm", metavar="NAME", default="", help="The name of a protected environment, once more.")
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
@options.state
@options.service
@options.parallelism
@options.lock_timeout
@options.quiet
def command(
    run: str,
    environment: str,
    folder: Path,
    variables: tuple[str, ...],
    yes: bool,
    confirm: str,
    allow_delete: float | None,
    allow_notify: int,
    accept_rewrites: tuple[str, ...],
    allow_stale: tuple[str, ...],
    expect_digest: str,
    form: str,
    reports: tuple[tuple[str, Path], ...],
    identifiers: bool,
    every: bool,
    no_color: bool,
    state_dir: Path | None,
    timeout: float,
    max_capacity: int | None,
    verbose: int,
    parallelism: int,
    lock_timeout: float,
    quiet: bool,
) -> int:
    """Bring back what the last run found before it changed anything. With RUN: what that one found."""
    from reconcile.cli.asked import Asked
    from reconcile.cli.opening import World
    from reconcile.cli.reach import Reach
    from reconcile.cli.reports import Reports
    from reconcile.cli.rolling import Rollback
    from reconcile.cli.session import Session
    from reconcile.cli.show_plan import style
    from reconcile.cli.told import telling

    reach = Reach(timeout, max_capacity, verbose, parallelism, quiet)
    world = World()
    session = Session(folder, environment, variables, state_dir, world, reach)
    asked = Asked(
        allow_delete=allow_delete,
        allow_notify=allow_notify,
        allow_stale=allow_stale,
        expect_digest=expect_digest,
        accept_rewrites=accept_rewrites,
    )
    look = style(no_color=no_color, every=every)
    with (
        telling(form, Reports.asked(reports, identifiers=identifiers), world) as told,
        world.interrupts.heard(),
        session.locked("rollback", lock_timeout),  # what is waited for may be the run to roll back
        closing(Rollback(session, _target(session, run), asked, look, told, quiet=quiet)) as rollback,
    ):
        return rollback.fresh(confirm, yes=yes)


def _target(session: Session, name: str) -> Kept:
    """The run that a name means, or the last of this environment."""
    from reconcile.errors import UsageError
    from reconcile.state.runs import chosen, kept

    runs, environment = kept(session.state), session.environment.name
    if name:
        return chosen(runs, name)
    mine = next((one for one in runs if one.environment == environment), None)
    if mine is None:
        raise UsageError(f"no run of {environment} is kept in {session.state}; --state-dir says where else")
    return mine
