"""Options that several commands share, under the same names and with the same meaning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _stack(*options: Decorator) -> Decorator:
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


_folder = click.Path(path_type=Path, file_okay=False)
_file = click.Path(path_type=Path, dir_okay=False)

project = _stack(
    click.option(
        "-C",
        "folder",
        metavar="DIR",
        type=_folder,
        default=Path(),
        help="The project, in place of the current folder.",
    ),
    click.option(
        "--var", "variables", metavar="NAME=VALUE", multiple=True, help="A value for ${var.NAME}; repeatable."
    ),
)
environment = click.option(
    "-e", "--env", "environment", metavar="NAME", required=True, help="The environment of reconcile.yml."
)
selection = _stack(
    click.option(
        "--target", "targets", metavar="GLOB", multiple=True, help="Only these addresses; repeatable."
    ),
    click.option(
        "--exclude", "excludes", metavar="GLOB", multiple=True, help="All but these addresses; repeatable."
    ),
)
state = _stack(
    click.option(
        "--state-dir",
        metavar="DIR",
        type=_folder,
        default=None,
        help="Where runs leave receipts. Default: .reconcile in the project.",
    ),
    click.option(
        "--timeout",
        metavar="S",
        type=click.FloatRange(min=0, min_open=True),
        default=30.0,
        help="Seconds to wait for one answer. Default: 30.",
    ),
)
output = _stack(
    click.option(
        "--format", "form", type=click.Choice(["text", "json"]), default="text", help="What stdout holds."
    ),
    click.option("--all", "every", is_flag=True, help="List everything, also what is in sync."),
    click.option("--no-color", is_flag=True, help="No colour, also on a terminal."),
)
quiet = click.option("-q", "--quiet", is_flag=True, help="Say less on stderr.")
plan_out = click.option(
    "--out", metavar="FILE", type=_file, default=None, help="Write the plan to a file, for `apply FILE`."
)
rotate = click.option(
    "--rotate",
    "rotate",
    metavar="ADDRESS",
    multiple=True,
    help="Send the write-only fields of this address again.",
)
