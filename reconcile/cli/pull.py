"""`reconcile pull`."""

from __future__ import annotations

from contextlib import closing, nullcontext
from functools import partial
from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from pathlib import Path

    from reconcile.pull.report import Report
    from reconcile.render.terminal import Style

_FORMS = ("text", "json", "markdown", "html")


@click.command(name="pull")
@options.environment
@options.project
@options.selection
@click.option("--dry-run", is_flag=True, help="Show how the files would change, and write nothing.")
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="List everything; a first pull also writes what is as it is by default.",
)
@options.format_of(_FORMS)
@options.report_as(_FORMS[1:])
@options.identifiers
@options.no_color
@options.state
@options.service
@options.lock_timeout
def command(
    environment: str,
    folder: Path,
    variables: tuple[str, ...],
    targets: tuple[str, ...],
    excludes: tuple[str, ...],
    dry_run: bool,
    every: bool,
    form: str,
    reports: tuple[tuple[str, Path], ...],
    identifiers: bool,
    no_color: bool,
    state_dir: Path | None,
    timeout: float,
    max_capacity: int | None,
    verbose: int,
    lock_timeout: float,
) -> int:
    """Bring what was changed on an instance into the files, and nothing else of them. Sends nothing but GET."""
    from reconcile.cli.asked import Asked
    from reconcile.cli.opening import World
    from reconcile.cli.pull_session import Pulling
    from reconcile.cli.pulling import pull
    from reconcile.cli.reach import Reach
    from reconcile.cli.reports import Reports
    from reconcile.cli.show_plan import style
    from reconcile.errors import PendingError
    from reconcile.render.pulled import remarks

    wanted = Reports.asked(reports, identifiers=identifiers)
    world = World()
    session = Pulling(folder, environment, variables, state_dir, world, Reach(timeout, max_capacity, verbose))
    alone = nullcontext() if dry_run else session.locked("pull", lock_timeout)
    with world.interrupts.heard(), alone, closing(session.client(read_only=True)) as client:
        report = pull(session, client, Asked(targets, excludes), every=every, dry_run=dry_run)
    look = style(no_color=no_color, every=every)
    click.echo(_shown(report, form, look, identifiers=identifiers), nl=False)
    wanted.write_texts(
        {name: partial(_shown, report, name, look, identifiers=identifiers) for name in _FORMS[1:]}
    )
    for remark in remarks(report):
        click.echo(remark, err=True)
    return PendingError.exit_code if report.open else 0


def _shown(report: Report, form: str, look: Style, *, identifiers: bool) -> str:
    """The report in one of its formats."""
    import json

    from reconcile.cli.reports import SHEETS, sheet_of
    from reconcile.render.pulled import pulled_document, pulled_sheet, pulled_text

    if form in SHEETS:
        return sheet_of(form, pulled_sheet(report), identifiers=identifiers)
    if form == "json":
        return json.dumps(pulled_document(report), ensure_ascii=False, indent=2) + "\n"
    return pulled_text(report, look)
