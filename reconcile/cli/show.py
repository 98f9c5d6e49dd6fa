"""`reconcile show PLANFILE`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from reconcile.cli.groups import Opening, Shown
    from reconcile.cli.planfile import PlanFile
    from reconcile.state.keys import Keys

_FORMS = ("text", "json", "markdown", "html")


@click.command(name="show")
@click.argument("planfile", type=click.Path(path_type=Path, dir_okay=False))
@options.folder
@options.output_as(_FORMS, _FORMS[1:])
@options.state_dir
@options.opened
@options.shown
def command(opening: Opening, shown: Shown, planfile: Path) -> int:
    """Show a saved plan, as `plan` showed it, and whether its signature fits."""
    from reconcile import catalogue
    from reconcile.cli.opening import World
    from reconcile.cli.planfile import keys_at_hand, read_plan
    from reconcile.cli.show_plan import show_text

    wanted = shown.wanted()
    file = read_plan(planfile)
    kinds = catalogue.load().kinds
    plan = file.plan(kinds)
    text = json.dumps(file.document, ensure_ascii=False, indent=2)
    if shown.form == "json":
        click.echo(text)
    elif not wanted.printed(shown.form, plan, kinds):
        show_text(plan, file.cost, shown.look)
    wanted.write(plan, kinds, {"json": lambda: f"{text}\n"})
    click.echo(f"Digest: {file.document['digest']}", err=True)
    return _say_signature(file, keys_at_hand(opening.of(file.environment), World()))


def _say_signature(file: PlanFile, keys: Keys | str) -> int:
    """Whether `apply` would take the signature, as far as that can be known here; the exit code."""
    from reconcile.errors import RefusedError
    from reconcile.render.terminal import safe_lines
    from reconcile.state.keys import Keys

    try:
        file.check_signed()
        if isinstance(keys, Keys):
            file.check_signature(keys)
    except RefusedError as error:
        click.echo(f"refused: {safe_lines(str(error))}", err=True)
        return RefusedError.exit_code
    if isinstance(keys, Keys):
        click.echo(f"Signed with the secret key of environment {file.environment}.", err=True)
    else:
        click.echo(f"Signed; whether the signature fits cannot be told here: {keys}", err=True)
    return 0
