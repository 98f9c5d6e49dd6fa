"""Options that several commands share, under the same names and with the same meaning."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _stack(*options: Decorator) -> Decorator:
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


class Bare(click.Command):
    """A command whose `--allow-delete` may stand alone: the word behind it is then no value of it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse with the value written out; what stands behind `--` is no option."""
        end = args.index("--") if "--" in args else len(args)
        spelled = [f"{word}={_ANY}" if word == "--allow-delete" else word for word in args[:end]]
        return super().parse_args(ctx, [*spelled, *args[end:]])


def _amount(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """So many, any number, or not said."""
    if value is None:
        return None
    if value == _ANY:
        return math.inf
    if not value.isdecimal():
        raise click.BadParameter(f"{value!r} is no number; write --allow-delete=N, or --allow-delete alone")
    return float(value)


class Seconds(click.FloatRange):
    """A time that passes: neither infinite nor no number at all."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number of seconds."""
        seconds: float = super().convert(value, param, ctx)
        if not math.isfinite(seconds):
            self.fail(f"{value} is no time; write a number of seconds", param, ctx)
        return seconds


_ANY = "any"
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
state = state_dir
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
allowances = _stack(
    click.option(
        "--allow-delete",
        metavar="[=N]",
        callback=_amount,
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


def _pairs(forms: Sequence[str]) -> Callable[..., tuple[tuple[str, Path], ...]]:
    """Reads FORMAT=PATH, each format being one of these."""

    def read(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[tuple[str, Path], ...]:
        pairs = [pair.partition("=") for pair in given]
        for form, _equals, path in pairs:
            if form not in forms or not path:
                raise click.BadParameter(f"write FORMAT=PATH, with {', '.join(forms)} for FORMAT")
        return tuple((form, Path(path)) for form, _equals, path in pairs)

    return read


def output_as(forms: Sequence[str], reports: Sequence[str]) -> Decorator:
    """What `output` offers, in these formats, and reports in files beside stdout."""
    return _stack(
        format_of(forms),
        click.option(
            "--report",
            "reports",
            metavar="FORMAT=PATH",
            multiple=True,
            callback=_pairs(reports),
            help=f"Write a report to a file as well ({', '.join(reports)}); repeatable.",
        ),
        identifiers,
        _all,
        no_color,
    )
