"""`reconcile plan`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from reconcile.cli.asked import Asked
    from reconcile.cli.groups import Opening, Shown
    from reconcile.cli.opening import World
    from reconcile.cli.session import Session
    from reconcile.model import Live

_FORMS = ("text", "json", "markdown", "html")


@click.command(name="plan")
@options.environment
@options.project
@options.selection
@options.rotate
@options.plan_out
@click.option(
    "--live",
    "snapshot",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Plan against a snapshot in place of the instance; needs no key, and cannot be applied.",
)
@options.detailed_exitcode
@options.output_as(_FORMS, _FORMS[1:])
@options.state_dir
@options.service
@options.opened
@options.shown
@options.asked
def command(
    opening: Opening,
    shown: Shown,
    asked: Asked,
    snapshot: Path | None,
    out: Path | None,
    detailed_exitcode: bool,
) -> int:
    """Show what would change on an instance. Sends nothing but GET."""
    from reconcile.cli.opening import World
    from reconcile.cli.presented import Presentation

    presentation = Presentation(shown.form, shown.look, shown.wanted(), out, detailed_exitcode)
    session, live = _looked(opening, World(), snapshot)
    plan = session.guard(session.plan(live, session.policy(live, asked)), live, asked)
    return presentation.of(plan, session)


def _looked(opening: Opening, world: World, snapshot: Path | None) -> tuple[Session, Live]:
    """The session, and the live side of it: read from its instance, or from a snapshot."""
    if snapshot is not None:
        from reconcile.cli.live import Offline, read_snapshot

        offline = Offline(read_snapshot(snapshot), opening, world)
        return offline, offline.held()
    from reconcile.cli.session import Session

    session = Session(opening, world)
    with world.interrupts.heard(), closing(session.client(read_only=True)) as client:
        return session, session.named(client, session.observe(client))
