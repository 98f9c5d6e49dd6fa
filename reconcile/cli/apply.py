"""`reconcile apply`."""

from __future__ import annotations

from pathlib import Path

import click

from reconcile.cli import options


@click.command(name="apply")
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
@options.output
@options.state
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
    form: str,
    every: bool,
    no_color: bool,
    state_dir: Path | None,
    timeout: float,
    quiet: bool,
) -> int:
    """Make an instance as the files want it, and prove that it took. With PLANFILE: exactly what that plan says."""
    from reconcile.cli.planfile import read_plan
    from reconcile.cli.run import Run
    from reconcile.cli.session import Asked, Session, World
    from reconcile.cli.show_plan import style
    from reconcile.errors import UsageError

    saved = read_plan(planfile) if planfile else None
    if saved and (targets or excludes or rotate or reassert):
        raise UsageError(
            "a plan file is applied as it is; leave out --target, --exclude, --rotate and --reassert"
        )
    name = environment or (saved.environment if saved else "")
    if not name:
        raise UsageError("say which environment with -e NAME")
    session = Session(folder, name, variables, state_dir, World(), timeout=timeout)
    look = style(no_color=no_color, every=every)
    run = Run(session, Asked(targets, excludes, rotate, reassert), look, form, quiet=quiet)
    return run.saved(saved, confirm) if saved else run.fresh(confirm, yes=yes)
