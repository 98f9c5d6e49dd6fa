"""`reconcile config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from pathlib import Path


@click.command(name="config")
@options.environment
@options.project
@options.format_of(("text", "json"))
def command(environment: str, folder: Path, variables: tuple[str, ...], form: str) -> None:
    """Show the effective configuration, each value with its origin. Needs no secrets and touches no instance."""
    import json

    from reconcile.cli.opening import World, checked, open_project
    from reconcile.cli.opening import variables as given
    from reconcile.model import Secret
    from reconcile.render.effective import effective_document, effective_text

    world = World()
    project, found = open_project(folder, world)
    env = project.environment(environment)
    values = given(env, variables, world.environ)
    desired, _ = checked(project, found, values, Secret, env)
    if form == "json":
        click.echo(json.dumps(effective_document(found.kinds, desired), ensure_ascii=False, indent=2))
    else:
        click.echo(effective_text(found.kinds, desired), nl=False)
