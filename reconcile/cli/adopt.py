"""`reconcile adopt`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reconcile.cli import options


@click.command(name="adopt")
@click.argument("globs", metavar="[GLOB]...", nargs=-1)
@click.option(
    "-e",
    "--env",
    "environment",
    metavar="NAME",
    default="",
    help="The environment whose instance is read; with --from, the one whose files take what is new.",
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
@click.option("--dry-run", is_flag=True, help="Show how the files would change, and write nothing.")
@options.output
@options.state
@options.service
@options.lock_timeout
def command(
    globs: tuple[str, ...],
    environment: str,
    folder: Path,
    variables: tuple[str, ...],
    source: Path | None,
    sort: str | None,
    kind: str,
    column: str,
    dry_run: bool,
    form: str,
    every: bool,
    no_color: bool,
    state_dir: Path | None,
    timeout: float,
    max_capacity: int | None,
    verbose: int,
    lock_timeout: float,
) -> int:
    """Bring what no file declares into the files: live objects, the vendor's own document, or a list.

    Reads the instance with nothing but GET, and needs none with --from. What is declared already stays as it is.
    """
    from reconcile.cli.adopting import adopt_file, adopt_live, code
    from reconcile.cli.opening import World
    from reconcile.cli.reach import Reach
    from reconcile.cli.received import Paper, check
    from reconcile.cli.show_plan import style
    from reconcile.render.adoption import adopted_document, adopted_text

    world = World()
    check(environment, globs, source, sort, kind, column)
    if source is None:
        reach = Reach(timeout, max_capacity, verbose)
        kinds, done = adopt_live(
            folder,
            environment,
            variables,
            state_dir,
            world,
            reach,
            globs,
            dry_run=dry_run,
            patience=lock_timeout,
        )
    else:
        paper = Paper(source, sort or "", kind, column)
        kinds, done = adopt_file(paper, folder, environment, variables, world, globs, dry_run=dry_run)
    if form == "json":
        click.echo(json.dumps(adopted_document(kinds, done), ensure_ascii=False, indent=2))
    else:
        click.echo(adopted_text(kinds, done, style(no_color=no_color, every=every)), nl=False)
    return code(done)
