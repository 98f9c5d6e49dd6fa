"""`reconcile pull`."""

from __future__ import annotations

from contextlib import closing, nullcontext
from functools import partial
from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from reconcile.cli.asked import Asked
    from reconcile.cli.groups import Opening, Shown
    from reconcile.pull.report import Report

_FORMS = ("text", "json", "markdown", "html")


@click.command(name="pull")
@options.environment
@options.project
@options.selection
@options.dry_run
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
@options.state_dir
@options.service
@options.lock_timeout
@options.opened
@options.shown
@options.asked
def command(opening: Opening, shown: Shown, asked: Asked, dry_run: bool, lock_timeout: float) -> int:
    """Bring what was changed on an instance into the files, and nothing else of them. Sends nothing but GET."""
    from reconcile.cli.opening import World, resume
    from reconcile.cli.pull_session import Pulling
    from reconcile.cli.pulling import pull
    from reconcile.cli.sinks import echo_done
    from reconcile.errors import PendingError
    from reconcile.render.pulled import remarks

    wanted, world = shown.wanted(), World()
    if not dry_run:
        resume(opening.folder)
    session = Pulling(opening, world)
    alone = nullcontext() if dry_run else session.locked("pull", lock_timeout)
    with world.interrupts.heard(), alone, closing(session.client(read_only=True)) as client:
        report = pull(session, client, asked, every=shown.every, dry_run=dry_run)
    echo_done(_text(report, shown.form, shown))
    wanted.write_texts({name: partial(_text, report, name, shown) for name in _FORMS[1:]})
    for remark in remarks(report):
        click.echo(remark, err=True)
    return PendingError.exit_code if report.open else 0


def _text(report: Report, form: str, shown: Shown) -> str:
    """The report in one of its formats."""
    import json

    from reconcile.cli.reports import SHEETS, sheet_of
    from reconcile.render.pulled import pulled_document, pulled_sheet, pulled_text

    if form in SHEETS:
        return sheet_of(form, pulled_sheet(report), identifiers=shown.identifiers)
    if form == "json":
        return json.dumps(pulled_document(report), ensure_ascii=False, indent=2) + "\n"
    return pulled_text(report, shown.look)
