"""`reconcile completion`."""

from __future__ import annotations

import click


@click.command(name="completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a shell: `eval "$(reconcile completion bash)"`."""
    from click.shell_completion import get_completion_class

    from reconcile.cli.app import app

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"there is no completion for {shell}")
    click.echo(found(app, {}, "reconcile", "_RECONCILE_COMPLETE").source())
