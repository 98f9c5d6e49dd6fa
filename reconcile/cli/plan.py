"""`reconcile plan`."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from pathlib import Path


@click.command(name="plan")
@options.environment
@options.project
@options.selection
@options.rotate
@options.plan_out
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when changes are pending.")
@options.output
@options.state
@options.service
def command(
    environment: str,
    folder: Path,
    variables: tuple[str, ...],
    targets: tuple[str, ...],
    excludes: tuple[str, ...],
    rotate: tuple[str, ...],
    out: Path | None,
    detailed_exitcode: bool,
    form: str,
    every: bool,
    no_color: bool,
    state_dir: Path | None,
    timeout: float,
    max_capacity: int | None,
    verbose: int,
) -> int:
    """Show what would change on an instance. Sends nothing but GET."""
    from reconcile.cli.asked import Asked
    from reconcile.cli.opening import World
    from reconcile.cli.planfile import save_plan
    from reconcile.cli.reach import Reach
    from reconcile.cli.session import Session
    from reconcile.cli.show_plan import show, style
    from reconcile.cli.verdict import verdict
    from reconcile.codec import plan_digest
    from reconcile.errors import PendingError

    reach = Reach(timeout, max_capacity, verbose)
    world = World()
    session = Session(folder, environment, variables, state_dir, world, reach)
    with world.interrupts.heard(), closing(session.client(read_only=True)) as client:
        live = session.observe(client)
        asked = Asked(targets, excludes, rotate)
        plan = session.guard(session.plan(live, session.policy(live, asked)), live, asked)
    cost = session.cost(plan)
    show(plan, cost, form, style(no_color=no_color, every=every), session.keys)
    code = verdict(plan, detailed=detailed_exitcode)
    if out is not None:
        save_plan(out, plan, cost, session.keys, session.world.redact)
        can = (
            "does exactly this"
            if code in {0, PendingError.exit_code}
            else "will refuse it, for the reasons above"
        )
        click.echo(f"Saved to {out}; `reconcile apply {out}` {can}. Digest: {plan_digest(plan)}", err=True)
    return code
