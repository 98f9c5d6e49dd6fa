"""`reconcile plan`."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

import click

from reconcile.cli import options

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
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when changes are pending.")
@options.output_as(_FORMS, _FORMS[1:])
@options.state
@options.service
def command(
    environment: str,
    folder: Path,
    variables: tuple[str, ...],
    targets: tuple[str, ...],
    excludes: tuple[str, ...],
    rotate: tuple[str, ...],
    out: Path | None,
    snapshot: Path | None,
    detailed_exitcode: bool,
    form: str,
    reports: tuple[tuple[str, Path], ...],
    identifiers: bool,
    every: bool,
    no_color: bool,
    state_dir: Path | None,
    timeout: float,
    max_capacity: int | None,
    verbose: int,
) -> int:
    """Show what would change on an instance. Sends nothing but GET."""
    from reconcile.cli.asked import Asked
    from reconcile.cli.opening import World
    from reconcile.cli.planfile import save_plan
    from reconcile.cli.reach import Reach
    from reconcile.cli.reports import Reports
    from reconcile.cli.session import Session
    from reconcile.cli.show_plan import document, show, style
    from reconcile.cli.verdict import verdict
    from reconcile.codec import plan_digest
    from reconcile.errors import PendingError

    wanted = Reports.asked(reports, identifiers=identifiers)
    words = (folder, environment, variables, state_dir, World(), Reach(timeout, max_capacity, verbose))
    asked = Asked(targets, excludes, rotate)
    if snapshot is not None:
        from reconcile.cli.live import Offline, read_snapshot

        session: Session = (offline := Offline(read_snapshot(snapshot), *words))
        live = offline.held()
    else:
        session = Session(*words)
        with closing(session.client(read_only=True)) as client:
            live = session.observe(client)
    plan = session.guard(session.plan(live, session.policy(live, asked)), live, asked)
    kinds = session.catalogue.kinds
    if not wanted.printed(form, plan, kinds):
        show(plan, kinds, form, style(no_color=no_color, every=every), session.keys)
    wanted.write(plan, kinds, {"json": partial(document, plan, kinds, session.keys, every=every)})
    code = verdict(plan, detailed=detailed_exitcode)
    if out is not None:
        save_plan(out, plan, kinds, session.keys)
        fine = plan.applicable and code in {0, PendingError.exit_code}
        can = "does exactly this" if fine else "will refuse it, for the reasons above"
        click.echo(f"Saved to {out}; `reconcile apply {out}` {can}. Digest: {plan_digest(plan)}", err=True)
    return code
