"""`reconcile show PLANFILE`."""

from __future__ import annotations

from pathlib import Path

import click

from reconcile.cli import options


@click.command(name="show")
@click.argument("planfile", type=click.Path(path_type=Path, dir_okay=False))
@options.output
def command(planfile: Path, form: str, every: bool, no_color: bool) -> None:
    """Show a saved plan, as `plan` showed it."""
    from reconcile import catalogue
    from reconcile.cli.planfile import read_plan
    from reconcile.cli.show_plan import show, style

    show(read_plan(planfile), catalogue.load().kinds, form, style(no_color=no_color, every=every))
