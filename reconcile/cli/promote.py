"""`reconcile promote`."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from pathlib import Path

    from reconcile.cli.asked import Asked
    from reconcile.cli.groups import Opening, Shown
    from reconcile.cli.live import Keyless, Unsealed
    from reconcile.cli.presented import Presentation
    from reconcile.cli.session import Session
    from reconcile.render.terminal import Style

_FORMS = ("text", "json", "markdown", "html")


@click.command(name="promote")
@click.argument("a")
@click.argument("b")
@options.project
@click.option(
    "--as",
    "what",
    type=click.Choice(["plan", "patch"]),
    default="plan",
    help="A plan for B, or a change of the files, for a pull request. Default: plan.",
)
@click.option("--write", is_flag=True, help="With --as patch: change the files, in place of showing how.")
@click.option("--include-drift", is_flag=True, help="Bring along what is live in A and not as its files say.")
@options.selection
@options.rotate
@options.plan_out
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
    a: str,
    b: str,
    what: str,
    write: bool,
    include_drift: bool,
    out: Path | None,
    detailed_exitcode: bool,
) -> int:
    """Plan what B would be after A: its files, and, if wanted, what was changed in A alone. Sends nothing but GET."""
    from reconcile.cli.live import Keyless, Unsealed
    from reconcile.cli.opening import World, resume
    from reconcile.cli.pair import different, opened_both
    from reconcile.cli.presented import Presentation
    from reconcile.cli.session import Session

    different(a, b)
    presentation = Presentation(shown.form, shown.look, shown.wanted(), out, detailed_exitcode)
    _check(what, presentation, asked, write=write)
    world = World()
    if write:
        resume(opening.folder)
    one = partial(Unsealed, opening.of(a), world)
    if what == "patch":
        return _patched(
            *opened_both(one, partial(Keyless, opening.of(b), world)), asked, shown.look, write=write
        )
    source, target = opened_both(one, partial(Session, opening.of(b), world))
    return _planned(source, target, asked, presentation, include_drift=include_drift)


def _check(what: str, presentation: Presentation, asked: Asked, *, write: bool) -> None:
    """Raise UsageError for options that have no meaning together."""
    from reconcile.errors import UsageError

    if what == "patch" and (asked.rotate or not presentation.usual):
        raise UsageError(
            "a patch is a change of the files; leave out --format, --report, --out, --rotate and --detailed-exitcode"
        )
    if what == "plan" and write:
        raise UsageError(
            "--write is for --as patch; a plan is carried out with --out FILE and `reconcile apply FILE`"
        )


def _planned(
    source: Unsealed, target: Session, asked: Asked, presentation: Presentation, *, include_drift: bool
) -> int:
    """Show what B would be; the exit code."""
    from reconcile.cli.pair import about
    from reconcile.cli.promoting import Promotion

    with source.world.interrupts.heard(), closing(target.client(read_only=True)) as client:
        promotion = Promotion(source, target, asked)
        with about(target.environment.name):
            session, plan = promotion.plan(client, include_drift=include_drift)
    code = presentation.of(plan, session)
    if any(one.rule == "brought" for one in plan.findings):
        click.echo(
            f"The files do not say yet what is brought along from {source.environment.name}: put it there (--as patch), "
            "or the next apply takes it back.",
            err=True,
        )
    return code


def _patched(source: Unsealed, target: Keyless, asked: Asked, look: Style, *, write: bool) -> int:
    """Show, or write, what brings the drift of A into the files; the exit code."""
    from reconcile.cli.patching import difference, patch, shown
    from reconcile.cli.promoting import Promotion
    from reconcile.edit import write as write_files
    from reconcile.errors import PendingError, RefusedError
    from reconcile.render.terminal import findings_text

    with source.world.interrupts.heard():
        found = patch(Promotion(source, target, asked), source, target)
    text = difference(source.project.root, found.edits, source)
    if found.findings:
        click.echo(findings_text(found.findings, look), err=True)
    if found.refused:
        click.echo("Nothing was written: the files must not say this.", err=True)
        return RefusedError.exit_code
    click.echo(shown(text), nl=False)
    if write:
        write_files(source.project.root, found.edits)
    click.echo(_told(len(found.edits), write=write), err=True)
    return PendingError.exit_code if any(one.rule == "edit" for one in found.findings) else 0


def _told(count: int, *, write: bool) -> str:
    """How many files changed, or would."""
    if not count:
        return "No file changed." if write else "No file would change."
    noun = "file" if count == 1 else "files"
    return f"{count} {noun} {'changed' if write else 'would change; --write changes them'}."
