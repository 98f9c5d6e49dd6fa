"""`reconcile runs`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconcile.cli.groups import Shown
    from reconcile.state.kept import Kept

_FORMS = ("text", "json", "jsonl", "markdown", "html")


@click.command(name="runs")
@click.argument("run", required=False, default="")
@options.environment_or("Only runs of this environment.")
@options.folder
@options.format_of(_FORMS)
@options.identifiers
@options.no_color
@options.state_dir
@options.shown
def command(run: str, environment: str, folder: Path, state_dir: Path | None, shown: Shown) -> None:
    """List what was applied, the newest first. With RUN: its plan, and all that happened. Touches no instance."""
    from reconcile.load import find_project
    from reconcile.state.runs import chosen, kept, unreadable

    state = (state_dir or find_project(folder.resolve()) / ".reconcile").absolute()
    every = kept(state)
    for name in unreadable(state, every):
        click.echo(f"warning: {state / 'runs' / name}: its journal is damaged and cannot be read", err=True)
    found = [one for one in every if environment in {"", one.environment}]
    if run:
        _show_one(chosen(found, run), shown)
    else:
        _show_all(found, shown)


def _show_all(found: Sequence[Kept], shown: Shown) -> None:
    from reconcile.cli.reports import SHEETS, sheet_of
    from reconcile.render.runs import run_row, runs_document, runs_sheet, runs_text

    if shown.form in SHEETS:
        click.echo(sheet_of(shown.form, runs_sheet(found), identifiers=shown.identifiers), nl=False)
    elif shown.form == "jsonl":
        click.echo("".join(f"{_line(row)}\n" for row in map(run_row, found)), nl=False)
    else:
        click.echo(_json(runs_document(found)) if shown.form == "json" else runs_text(found, shown.look))


def _show_one(one: Kept, shown: Shown) -> None:
    from reconcile.cli.planfile import read_plan
    from reconcile.cli.reports import SHEETS, sheet_of
    from reconcile.cli.show_plan import show_text
    from reconcile.codec import decode_plan
    from reconcile.render.runs import run_document, run_sheet, run_text

    if shown.form == "jsonl":
        click.echo("".join(f"{_line(line)}\n" for line in one.lines), nl=False)
        return
    document = one.document("plan.json")
    if shown.form in SHEETS:
        click.echo(
            sheet_of(shown.form, run_sheet(one, decode_plan(document)), identifiers=shown.identifiers),
            nl=False,
        )
    elif shown.form == "json":
        click.echo(_json(run_document(one, document)))
    else:
        look = shown.look
        click.echo(f"{run_text(one, look)}\n")
        show_text(decode_plan(document), read_plan(one.folder / "plan.json").cost, look)


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def _line(row: object) -> str:
    return json.dumps(row, ensure_ascii=False)
