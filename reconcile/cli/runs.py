"""`reconcile runs`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from pathlib import Path


@click.command(name="runs")
@click.argument("run", required=False, default="")
@click.option("-e", "--env", "environment", metavar="NAME", default="", help="Only runs of this environment.")
@options.folder
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="What stdout holds."
)
@click.option("--no-color", is_flag=True, help="No colour, also on a terminal.")
@options.state_dir
def command(
    run: str, environment: str, folder: Path, form: str, no_color: bool, state_dir: Path | None
) -> None:
    """List what was applied, the newest first. With RUN: its plan, and all that happened. Touches no instance."""
    from reconcile.cli.show_plan import style
    from reconcile.load import find_project
    from reconcile.render.runs import run_document, run_text, runs_document, runs_text
    from reconcile.state.runs import chosen, kept

    state = (state_dir or find_project(folder.resolve()) / ".reconcile").absolute()
    found = [one for one in kept(state) if environment in {"", one.environment}]
    look = style(no_color=no_color)
    if not run:
        click.echo(_json(runs_document(found)) if form == "json" else runs_text(found, look))
        return
    one = chosen(found, run)
    document = one.document("plan.json")
    if form == "json":
        click.echo(_json(run_document(one, document)))
        return
    from reconcile.cli.planfile import read_plan
    from reconcile.cli.show_plan import show_text
    from reconcile.codec import decode_plan

    click.echo(run_text(one, look))
    click.echo()
    show_text(decode_plan(document), read_plan(one.folder / "plan.json").cost, look)


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
