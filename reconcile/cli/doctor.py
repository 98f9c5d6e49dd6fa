"""`reconcile doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconcile.cli import options
from reconcile.cli.parameters import Seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.cli.examine import Opened
    from reconcile.cli.groups import Opening, Shown
    from reconcile.cli.opening import World
    from reconcile.load import Environment
    from reconcile.model import Check, Desired

_FAILED = 1


@click.command(name="doctor")
@options.environment_or(
    "Ask the instance of this environment too. Default: the files of every one, and no instance."
)
@options.project
@options.state_dir
@click.option(
    "--timeout",
    metavar="S",
    type=Seconds(min=0, min_open=True),
    default=10.0,
    help="Seconds to wait for one answer. Default: 10.",
)
@options.format_of(("text", "json", "markdown", "html"))
@options.identifiers
@options.no_color
@options.opened
@options.shown
def command(opening: Opening, shown: Shown) -> int:
    """Look at all that a run depends on, and say what to do about it. Sends nothing but GET, and each call once."""
    import json

    from reconcile.cli.opening import World
    from reconcile.cli.reports import SHEETS, sheet_of
    from reconcile.render.checkup import checkup_document, checkup_sheet, checkup_text, healthy

    checks, name = list(_checks(opening, World())), opening.environment
    if shown.form == "json":
        click.echo(json.dumps(checkup_document(name, checks), ensure_ascii=False, indent=2))
    elif shown.form in SHEETS:
        sheet = checkup_sheet(name, checks)
        click.echo(sheet_of(shown.form, sheet, identifiers=shown.identifiers), nl=False)
    else:
        click.echo(checkup_text(checks, shown.look), nl=False)
    return 0 if healthy(checks) else _FAILED


def _checks(opening: Opening, world: World) -> Iterator[Check]:
    from dataclasses import replace

    from reconcile.cli import examine
    from reconcile.model import Level

    found, check = examine.opened(opening.folder, world)
    yield check
    if found is None:
        yield from examine.skipped("the project", "files", "variables", "key")
    elif opening.environment:
        yield from _environment(found, opening, world)
    else:
        yield examine.files(found, list(found.project.environments), opening.variables, world.environ)
        for environment in found.project.environments.values():
            check = examine.key(environment, world.environ)
            yield replace(check, level=Level.WARNING) if check.level is Level.PROBLEM else check


def _environment(found: Opened, opening: Opening, world: World) -> Iterator[Check]:
    """All that is to be said about one environment, each thing after those that it depends on."""
    from reconcile.cli import examine
    from reconcile.model import Desired, Level

    environment, given = found.project.environment(opening.environment), opening.variables
    yield (files := examine.files(found, [environment.name], given, world.environ))
    right = files.level is not Level.PROBLEM
    desired = examine.wanted(found, environment, given, world.environ) if right else Desired()
    yield (
        examine.secrets(environment, desired, world.environ)
        if right
        else next(examine.skipped("the files", "variables"))
    )
    yield (key := examine.key(environment, world.environ))
    if key.level is Level.PROBLEM:
        yield from examine.skipped("the key", "reach", "tls", "clock", "version", "instance", "kinds")
        root = found.project.root
        yield from examine.state(opening.state(root), root, "", None)
    else:
        yield from _instance(found, environment, desired, opening, world)


def _instance(
    found: Opened, environment: Environment, desired: Desired, opening: Opening, world: World
) -> Iterator[Check]:
    from contextlib import closing

    from reconcile.cli import examine
    from reconcile.cli.visit import Visit
    from reconcile.cli.way import embedded_file
    from reconcile.errors import ReconcileError
    from reconcile.state.keys import Keys

    root = found.project.root
    state = opening.state(root)
    if environment.embedded and not embedded_file(environment, state).exists():
        yield examine.fine("instance", "the built-in simulator has none yet; the first plan makes it")
        yield from examine.state(state, root, "", None)
        return
    try:
        visit = Visit(environment, state, opening.reach, world)
    except ReconcileError as error:
        yield examine.problem("reach", error)
        yield from examine.skipped("the way there", "tls", "clock", "version", "instance", "kinds", "state")
        return
    with closing(visit.client):
        checks, who = visit.identify()
        yield from checks
        if who is not None:
            yield from visit.kinds(found.catalogue.kinds, desired)
            yield from examine.state(state, root, who.id, Keys(visit.secret_key))
