"""`reconcile adopt`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from reconcile.cli.groups import Opening, Shown


@click.command(name="adopt")
@click.argument("globs", metavar="[GLOB]...", nargs=-1)
@options.environment_or(
    "The environment whose instance is read; with --from, the one whose files take what is new."
)
@options.project
@click.option(
    "--from",
    "source",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default=None,
    help="Adopt what a file holds, in place of what is live; - is stdin.",
)
@click.option(
    "--as",
    "sort",
    type=click.Choice(["clerk", "list", "csv"]),
    default=None,
    help="What FILE is: the JSON of `clerk config pull`, a list with one entry a line, or a table.",
)
@click.option("--kind", metavar="KIND", default="", help="What the entries of a list or a table are.")
@click.option("--column", metavar="NAME", default="", help="The column of a table that holds them.")
@options.dry_run
@options.output
@options.state_dir
@options.service
@options.lock_timeout
@options.opened
@options.shown
def command(
    opening: Opening,
    shown: Shown,
    globs: tuple[str, ...],
    source: Path | None,
    sort: str | None,
    kind: str,
    column: str,
    dry_run: bool,
    lock_timeout: float,
) -> int:
    """Bring what no file declares into the files: live objects, the vendor's own document, or a list.

    Reads the instance with nothing but GET, and needs none with --from. What is declared already stays as it is.
    """
    from reconcile.cli.adopting import adopt_file, adopt_live, code
    from reconcile.cli.opening import World, resume
    from reconcile.cli.received import Paper, check
    from reconcile.cli.sinks import echo_done
    from reconcile.render.adoption import adopted_document, adopted_text

    check(opening.environment, globs, source, sort, kind, column)
    if not dry_run:
        resume(opening.folder)
    if source is not None:
        kinds, done = adopt_file(
            Paper(source, sort or "", kind, column), opening, World(), globs, dry_run=dry_run
        )
    else:
        kinds, done = adopt_live(opening, World(), globs, dry_run=dry_run, patience=lock_timeout)
    if shown.form == "json":
        echo_done(json.dumps(adopted_document(kinds, done), ensure_ascii=False, indent=2) + "\n")
    else:
        echo_done(adopted_text(kinds, done, shown.look))
    return code(done)
