"""`reconcile snapshot`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from reconcile.cli.groups import Opening


@click.command(name="snapshot")
@options.environment
@options.project
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The file to write, for `plan --live FILE`.",
)
@click.option("--all", "every", is_flag=True, help="Every kind, also those that the files do not declare.")
@options.state_dir
@options.service
@options.opened
def command(opening: Opening, out: Path, every: bool) -> int:
    """Write down what is live, to plan against where no key is. Sends nothing but GET."""
    from reconcile.cli.live import Unsealed, save_snapshot, take
    from reconcile.cli.opening import World
    from reconcile.cli.reports import check_writable

    check_writable("--out", out)
    session = Unsealed(opening, World())
    with closing(session.client(read_only=True)) as client:
        snapshot = take(session, client, every=every)
    save_snapshot(out, snapshot, session)
    objects = sum(map(len, snapshot.live.objects.values()))
    click.echo(
        f"Saved to {out}: {objects:,} objects of {len(snapshot.kinds)} kinds, as instance "
        f"{snapshot.live.instance.id} had them at {snapshot.taken_at}. No secret is in it, personal data is.",
        err=True,
    )
    return 0
