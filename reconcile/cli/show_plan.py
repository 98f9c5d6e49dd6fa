"""A plan on stdout, in the form that was asked for."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import click

from reconcile.calls import count
from reconcile.codec import encode_plan, signed
from reconcile.render.terminal import Style, plan_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Kind, Plan
    from reconcile.state.keys import Keys

_PER_SECOND = {"production": 50.0, "development": 9.0}


def style(*, no_color: bool, every: bool = False) -> Style:
    """Colour on a terminal that did not ask for none."""
    colour = (
        sys.stdout.isatty()
        and not no_color
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
    )
    return Style(colour, every)


def document(plan: Plan, kinds: Mapping[str, Kind], keys: Keys, *, every: bool = False) -> str:
    """The plan as one signed JSON document."""
    from importlib.metadata import version

    calls = count(kinds, plan)
    seconds = round(calls / _PER_SECOND.get(plan.instance.environment_type, 9.0), 1)
    encoded = encode_plan(
        plan, tool_version=version("clerk-reconcile"), calls=calls, seconds=seconds, every=every
    )
    return json.dumps(signed(encoded, keys.sign), ensure_ascii=False, indent=2) + "\n"


def show(plan: Plan, kinds: Mapping[str, Kind], form: str, look: Style, keys: Keys) -> None:
    """Print the plan; JSON is one document and nothing else."""
    if form == "json":
        click.echo(document(plan, kinds, keys, every=look.every), nl=False)
    else:
        show_text(plan, kinds, look)


def show_text(plan: Plan, kinds: Mapping[str, Kind], look: Style) -> None:
    """Print the plan for people."""
    click.echo(plan_text(plan, count(kinds, plan), look), nl=False)
