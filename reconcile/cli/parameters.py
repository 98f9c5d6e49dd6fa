"""What options take that click has no type for."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ANY = "any"


class Bare(click.Command):
    """A command whose `--allow-delete` may stand alone: the word behind it is then no value of it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse with the value written out; what stands behind `--` is no option."""
        end = args.index("--") if "--" in args else len(args)
        spelled = [f"{word}={_ANY}" if word == "--allow-delete" else word for word in args[:end]]
        return super().parse_args(ctx, [*spelled, *args[end:]])


def amount(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
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


def pairs(forms: Sequence[str]) -> Callable[..., tuple[tuple[str, Path], ...]]:
    """Reads FORMAT=PATH, each format being one of these."""

    def read(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[tuple[str, Path], ...]:
        pairs = [pair.partition("=") for pair in given]
        for form, _equals, path in pairs:
            if form not in forms or not path:
                raise click.BadParameter(f"write FORMAT=PATH, with {', '.join(forms)} for FORMAT")
        return tuple((form, Path(path)) for form, _equals, path in pairs)

    return read
