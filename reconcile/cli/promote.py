"""`reconcile promote`."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from pathlib import Path

_FORMS = ("text", "json", "markdown", "html")


@click.command(name="promote")
@click.argument("a")
@click.argument("b")
@options.project
@click.option("--include-drift", is_flag=True, help="Bring along what is live in A and not as its files say.")
@options.selection
@options.rotate
@options.plan_out
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when changes are pending.")
@options.output_as(_FORMS, _FORMS[1:])
@options.state
@options.service
def command(
    a: str,
    b: str,
    folder: Path,
    variables: tuple[str, ...],
    include_drift: bool,
    targets: tuple[str, ...],
    excludes: tuple[str, ...],
    rotate: tuple[str, ...],
    out: Path | None,
    detailed_exitcode: bool,
    form: str,
    reports: tuple[tuple[str, Path], ...],
    identifiers: bool,
    every: bool,
    no_color: bool,
    state_dir: Path | None,
    timeout: float,
    max_capacity: int | None,
    verbose: int,
) -> int:
    """Plan what B would be after A: its files, and, if wanted, what was changed in A alone. Sends nothing but GET."""
    from reconcile.cli.asked import Asked
    from reconcile.cli.live import Unsealed
    from reconcile.cli.opening import World
    from reconcile.cli.pair import different
    from reconcile.cli.presented import Presentation
    from reconcile.cli.promoting import Promotion
    from reconcile.cli.reach import Reach
    from reconcile.cli.reports import Reports
    from reconcile.cli.session import Session
    from reconcile.cli.show_plan import style

    different(a, b)
    world = World()
    shown = Presentation(
        form,
        style(no_color=no_color, every=every),
        Reports.asked(reports, identifiers=identifiers),
        out,
        detailed_exitcode,
    )
    words = (variables, state_dir, world, Reach(timeout, max_capacity, verbose))
    source, target = Unsealed(folder, a, *words), Session(folder, b, *words)
    with world.interrupts.heard(), closing(target.client(read_only=True)) as client:
        promotion = Promotion(source, target, Asked(targets, excludes, rotate))
        session, plan = promotion.plan(client, include_drift=include_drift)
    code = shown.of(plan, session)
    if any(one.rule == "brought" for one in plan.findings):
        click.echo(
            f"The files do not say yet what is brought along from {a}: put it there, or the next apply takes it back.",
            err=True,
        )
    return code
