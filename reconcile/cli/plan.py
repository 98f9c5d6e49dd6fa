"""`reconcile plan`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from reconcile.cli import options

_FORMS = ("text", "json", "markdown", "html")


@click.command(name="plan")
@options.environment
@options.project
@options.selection
@options.rotate
@options.plan_out
@click.option(
    "--live",
    "snapshot",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Plan against a snapshot in place of the instance; needs no key, and cannot be applied.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when changes are pending.")
@options.output_as(_FORMS, _FORMS[1:])
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
    snapshot: Path | None,
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
    """Show what would change on an instance. Sends nothing but GET."""
    from reconcile.cli.asked import Asked
    from reconcile.cli.opening import World
    from reconcile.cli.presented import Presentation
    from reconcile.cli.reach import Reach
    from reconcile.cli.reports import Reports
    from reconcile.cli.session import Session
    from reconcile.cli.show_plan import style

    wanted = Reports.asked(reports, identifiers=identifiers)
    world = World()
    words = (folder, environment, variables, state_dir, world, Reach(timeout, max_capacity, verbose))
    asked = Asked(targets, excludes, rotate)
    if snapshot is not None:
        from reconcile.cli.live import Offline, read_snapshot

        session: Session = (offline := Offline(read_snapshot(snapshot), *words))
        live = offline.held()
    else:
        session = Session(*words)
        with world.interrupts.heard(), closing(session.client(read_only=True)) as client:
            live = session.observe(client)
    plan = session.guard(session.plan(live, session.policy(live, asked)), live, asked)
    look = style(no_color=no_color, every=every)
    return Presentation(form, look, wanted, out, detailed_exitcode).of(plan, session)
