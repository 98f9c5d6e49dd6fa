"""Options that several commands share, under the same names and with the same meaning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconcile.cli.asked import Asked
from reconcile.cli.groups import Opening, Shown, gathered
from reconcile.cli.parameters import Seconds, amount, pairs
from reconcile.cli.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _stack(*options: Decorator) -> Decorator:
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


_folder = click.Path(path_type=Path, file_okay=False)
_file = click.Path(path_type=Path, dir_okay=False)

folder = click.option(
    "-C",
    "folder",
    metavar="DIR",
    type=_folder,
    default=Path(),
    help="The project, in place of the current folder.",
)
project = _stack(
    folder,
    click.option(
        "--var", "variables", metavar="NAME=VALUE", multiple=True, help="A value for ${var.NAME}; repeatable."
    ),
)
environment = click.option(
    "-e", "--env", "environment", metavar="NAME", required=True, help="The environment of reconcile.yml."
)


def environment_or(otherwise: str) -> Decorator:
    """An environment that need not be named, and what that means."""
    return click.option("-e", "--env", "environment", metavar="NAME", default="", help=otherwise)


selection = _stack(
    click.option(
        "--target", "targets", metavar="GLOB", multiple=True, help="Only these addresses; repeatable."
    ),
    click.option(
        "--exclude", "excludes", metavar="GLOB", multiple=True, help="All but these addresses; repeatable."
    ),
)
state_dir = click.option(
    "--state-dir",
    metavar="DIR",
    type=_folder,
    default=None,
    help="Where runs leave receipts. Default: .reconcile in the project.",
)
service = _stack(
    click.option(
        "--timeout",
        metavar="S",
        type=Seconds(min=0, min_open=True),
        default=30.0,
        help="Seconds to wait for one answer. Default: 30.",
    ),
    click.option(
        "--max-capacity",
        metavar="PCT",
        type=click.IntRange(1, 100),
        default=None,
        help="Percentage of Clerk's limit to use. Default: 90; for production, 50.",
    ),
    click.option(
        "-v", "--verbose", count=True, help="Show every call on stderr; twice: with what was sent and came."
    ),
)
parallelism = click.option(
    "--parallelism",
    metavar="N",
    type=click.IntRange(1, 64),
    default=8,
    help="Calls that may be under way at the same time. Default: 8.",
)
_all = click.option("--all", "every", is_flag=True, help="List everything, also what is in sync.")
no_color = click.option("--no-color", is_flag=True, help="No colour, also on a terminal.")
identifiers = click.option(
    "--show-identifiers",
    "identifiers",
    is_flag=True,
    help="Mask no email address, phone number or wallet in Markdown and HTML, also where CI is set.",
)


def format_of(forms: Sequence[str]) -> Decorator:
    """What stdout holds, one of these formats; the first is the usual one."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], help="What stdout holds."
    )


output = _stack(
    format_of(("text", "json")),
    _all,
    no_color,
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
detailed_exitcode = click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when changes are pending.")
dry_run = click.option("--dry-run", is_flag=True, help="Show how the files would change, and write nothing.")
consent = _stack(
    click.option("--yes", is_flag=True, help="Do not ask."),
    click.option(
        "--confirm", metavar="NAME", default="", help="The name of a protected environment, once more."
    ),
)
allowances = _stack(
    click.option(
        "--allow-delete",
        metavar="[=N]",
        callback=amount,
        default=None,
        help="Deletes are meant: all of the plan, or up to N.",
    ),
    click.option(
        "--allow-notify",
        metavar="N",
        type=click.IntRange(min=0),
        default=0,
        help="Up to N messages to people are meant.",
    ),
)
accept_rewrites = click.option(
    "--accept-rewrites",
    "accept_rewrites",
    metavar="GLOB",
    multiple=True,
    help="Where Clerk keeps another form of what was sent to these addresses, take it for the same; repeatable.",
)
expect_digest = click.option(
    "--expect-digest",
    "expect_digest",
    metavar="D",
    default="",
    help="Apply only the plan that has this digest.",
)
lock_timeout = click.option(
    "--lock-timeout",
    metavar="S",
    type=Seconds(min=0),
    default=0.0,
    help="Seconds to wait for another run on this instance to end. Default: 0.",
)
saved = _stack(
    click.option(
        "--allow-stale",
        "allow_stale",
        metavar="GLOB",
        multiple=True,
        help="Apply these addresses of PLANFILE though they changed since; repeatable.",
    ),
    expect_digest,
)


def report_as(reports: Sequence[str]) -> Decorator:
    """Reports in files beside stdout, in these formats."""
    return click.option(
        "--report",
        "reports",
        metavar="FORMAT=PATH",
        multiple=True,
        callback=pairs(reports),
        help=f"Write a report to a file as well ({', '.join(reports)}); repeatable.",
    )


def output_as(forms: Sequence[str], reports: Sequence[str]) -> Decorator:
    """What `output` offers, in these formats, and reports in files beside stdout."""
    return _stack(
        format_of(forms),
        report_as(reports),
        identifiers,
        _all,
        no_color,
    )


# --- what a command gets in place of the options above: one value for each group that it offers ---

opened = gathered(reach=Reach, opening=Opening)
shown = gathered(shown=Shown)
asked = gathered(asked=Asked)
