"""A plan on stdout, in the form that was asked for."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, NamedTuple

import click

from reconcile.cli.app import colour_forced
from reconcile.codec import encode_plan, signed
from reconcile.render.terminal import Style, plan_text

if TYPE_CHECKING:
    from reconcile.model import Plan
    from reconcile.state.keys import Keys


def style(*, no_color: bool, every: bool = False) -> Style:
    """Colour on a terminal that did not ask for none, and elsewhere where it was asked for."""
    shows = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    colour = not no_color and not os.environ.get("NO_COLOR") and (shows or colour_forced(os.environ))
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    return Style(colour, every, width)


class Cost(NamedTuple):
    """What a plan takes: HTTP calls, and seconds at the pace of its instance (0: nobody keeps us waiting)."""

    calls: int
    seconds: float


def document(plan: Plan, cost: Cost, keys: Keys, *, every: bool = False) -> str:
    """The plan as one signed JSON document."""
    from importlib.metadata import version

    encoded = encode_plan(
        plan, tool_version=version("clerk-reconcile"), calls=cost.calls, seconds=cost.seconds, every=every
    )
    return json.dumps(signed(encoded, keys.sign), ensure_ascii=False, indent=2) + "\n"


def show(plan: Plan, cost: Cost, form: str, look: Style, keys: Keys) -> None:
    """Print the plan; JSON is one document and nothing else."""
    if form == "json":
        click.echo(document(plan, cost, keys, every=look.every), nl=False)
    else:
        show_text(plan, cost, look)


def show_text(plan: Plan, cost: Cost, look: Style) -> None:
    """Print the plan for people."""
    click.echo(plan_text(plan, cost.calls, look, cost.seconds), nl=False)
