"""The table of commands. A command's module is imported when the command is run, so that help comes at once."""

from __future__ import annotations

import atexit
import gc
import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from reconcile.cli.examples import epilog

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, str] = {
    "init": "Start a project that plans cleanly at once.",
    "validate": "Check the files, without touching an instance.",
    "plan": "Show what would change on an instance. Sends nothing but GET.",
    "apply": "Make an instance as the files want it, and prove that it took.",
    "drift": "Tell edits on an instance from edits of the files.",
    "show": "Show a saved plan.",
    "runs": "List what was applied, and show all that happened.",
    "pull": "Bring what was changed on an instance into the files.",
    "rollback": "Bring back what a run found before it changed anything.",
    "compare": "Hold two environments against each other.",
    "promote": "Plan what one environment would be after another.",
    "snapshot": "Write down what is live, to plan against where no key is.",
    "adopt": "Bring what no file declares into the files.",
    "config": "Show the effective configuration, each value with its origin.",
    "schema": "Print the JSON Schema of resource files, for editors.",
    "simulate": "Serve a simulated instance over HTTP on this machine.",
    "doctor": "Look at all that a run depends on, and say what to do about it.",
    "completion": "Print the completion script of a shell.",
}


def colour_forced(environment: Mapping[str, str]) -> bool:
    """Whether colour is wanted where no terminal is: for a pager, or the log of a CI job that shows it."""
    return environment.get("FORCE_COLOR", "0") not in {"", "0"}


_YOUNG = 100_000
"""Objects that are made between two searches for cycles. We make many objects and few cycles."""


class Commands(click.Group):
    """A group that knows its commands by name and loads only the one that is run."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run; search for cycles rarely, and not at all when the process ends: that would be a quarter of a plan."""
        gc.set_threshold(_YOUNG)
        atexit.register(gc.freeze)
        return super().main(*args, **{"color": colour_forced(os.environ) or None, **extra})

    def list_commands(self, _: click.Context) -> list[str]:
        """The names, in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        command: click.Command = import_module(f"reconcile.cli.{cmd_name}").command
        command.epilog = epilog(cmd_name)
        return command

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table above, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"reconcile {version('clerk-reconcile')}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version.",
)
def app() -> None:
    """Configuration as code for Clerk instances: plan, apply, and prove that it took.

    To begin, without an account: `reconcile init`, `reconcile plan -e local`, `reconcile apply -e local`.

    Exit codes: 0 done or nothing to do; 1 failed, nothing changed; 2 changes pending (where asked for); 3 partly
    done; 4 stale plan; 5 refused; 64 usage; 65 files; 130 interrupted.
    """
