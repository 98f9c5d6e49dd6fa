"""`reconcile snapshot`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from reconcile.cli import options


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
@options.state
@options.service
def command(
    environment: str,
    folder: Path,
    variables: tuple[str, ...],
    out: Path,
    every: bool,
    state_dir: Path | None,
    timeout: float,
    max_capacity: int | None,
    verbose: int,
) -> int:
    """Write down what is live, to plan against where no key is. Sends nothing but GET."""
    from reconcile.cli.live import Unsealed, save_snapshot, take
    from reconcile.cli.opening import World
    from reconcile.cli.reach import Reach

    reach = Reach(timeout, max_capacity, verbose)
    session = Unsealed(folder, environment, variables, state_dir, World(), reach)
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
