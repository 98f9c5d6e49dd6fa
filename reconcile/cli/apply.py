"""`reconcile apply`."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

import click

from reconcile.cli import options


@click.command(name="apply", cls=options.Bare)
@click.argument("planfile", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "-e",
    "--env",
    "environment",
    metavar="NAME",
    default="",
    help="The environment of reconcile.yml; a plan file names its own.",
)
@options.project
@options.selection
@options.rotate
@click.option("--reassert", is_flag=True, help="Send again what cannot be read back.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--confirm", metavar="NAME", default="", help="The name of a protected environment, once more.")
@options.allowances
@options.accept_rewrites
@options.saved
@options.output_as(("text", "json", "jsonl", "markdown"), ("json", "jsonl", "markdown", "html"))
@options.state
@options.service
@options.parallelism
@options.quiet
def command(
    planfile: Path | None,
    environment: str,
    folder: Path,
    variables: tuple[str, ...],
    targets: tuple[str, ...],
    excludes: tuple[str, ...],
    rotate: tuple[str, ...],
    reassert: bool,
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
    quiet: bool,
) -> int:
    """Make an instance as the files want it, and prove that it took. With PLANFILE: exactly what that plan says."""
    from reconcile.cli.asked import Asked
    from reconcile.cli.opening import World
    from reconcile.cli.planfile import read_plan
    from reconcile.cli.reach import Reach
    from reconcile.cli.reports import Reports
    from reconcile.cli.run import Run
    from reconcile.cli.saved import SavedRun, open_for
    from reconcile.cli.session import Session
    from reconcile.cli.show_plan import style
    from reconcile.cli.told import telling
    from reconcile.errors import UsageError

    saved = read_plan(planfile) if planfile else None
    if saved and (targets or excludes or rotate or reassert):
        raise UsageError(
            "a plan file is applied as it is; leave out --target, --exclude, --rotate and --reassert"
        )
    if allow_stale and not saved:
        raise UsageError("--allow-stale is for a plan file; without one, the plan is made anew")
    if not environment and not saved:
        raise UsageError("say which environment with -e NAME")
    look = style(no_color=no_color, every=every)
    asked = Asked(
        targets,
        excludes,
        rotate,
        reassert,
        allow_delete,
        allow_notify,
        allow_stale,
        expect_digest,
        accept_rewrites,
    )
    reach = Reach(timeout, max_capacity, verbose, parallelism)
    world, wanted = World(), Reports.asked(reports, identifiers=identifiers)
    opened = partial(Session, folder, given=variables, state=state_dir, world=world, reach=reach)
    with telling(form, wanted, world) as told:
        if saved:
            saved.check_signed()
            session = open_for(saved, environment, opened)
            with closing(SavedRun(session, asked, look, told, quiet=quiet)) as run:
                return run.saved(saved, confirm)
        with closing(Run(opened(environment), asked, look, told, quiet=quiet)) as run:
            return run.fresh(confirm, yes=yes)
