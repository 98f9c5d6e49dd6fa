"""`reconcile apply`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconcile.cli import options
from reconcile.cli.parameters import Bare

if TYPE_CHECKING:
    from reconcile.cli.asked import Asked
    from reconcile.cli.groups import Opening, Shown
    from reconcile.cli.planfile import PlanFile


@click.command(name="apply", cls=Bare)
@click.argument("planfile", required=False, type=click.Path(path_type=Path, dir_okay=False))
@options.environment_or("The environment of reconcile.yml; a plan file names its own.")
@options.project
@options.selection
@options.rotate
@click.option("--reassert", is_flag=True, help="Send again what cannot be read back.")
@options.consent
@options.allowances
@options.accept_rewrites
@options.saved
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
    opening: Opening,
    shown: Shown,
    asked: Asked,
    planfile: Path | None,
    yes: bool,
    confirm: str,
    lock_timeout: float,
) -> int:
    """Make an instance as the files want it, and prove that it took. With PLANFILE: exactly what that plan says."""
    from reconcile.cli.opening import World
    from reconcile.cli.planfile import read_plan
    from reconcile.cli.run import Run
    from reconcile.cli.saved import SavedRun, open_for
    from reconcile.cli.session import Session
    from reconcile.cli.told import telling

    saved = read_plan(planfile) if planfile else None
    _check(opening, asked, saved)
    look, world, wanted = shown.look, World(), shown.wanted()
    with telling(shown.form, wanted, world) as told, world.interrupts.heard():
        if saved:
            saved.check_signed()
        session = open_for(saved, opening, world) if saved else Session(opening, world)
        with session.locked("apply", lock_timeout):
            if saved:
                with closing(SavedRun(session, asked, look, told)) as run:
                    return run.saved(saved, confirm)
            with closing(Run(session, asked, look, told)) as run:
                return run.fresh(confirm, yes=yes)


def _check(opening: Opening, asked: Asked, saved: PlanFile | None) -> None:
    """Raise UsageError for options that have no meaning together."""
    from reconcile.errors import UsageError

    if saved and (asked.targets or asked.excludes or asked.rotate or asked.reassert):
        raise UsageError(
            "a plan file is applied as it is; leave out --target, --exclude, --rotate and --reassert"
        )
    if asked.allow_stale and not saved:
        raise UsageError("--allow-stale is for a plan file; without one, the plan is made anew")
    if not opening.environment and not saved:
        raise UsageError("say which environment with -e NAME")
