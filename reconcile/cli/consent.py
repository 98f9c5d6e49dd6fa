"""What somebody has to have said before anything is sent."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reconcile.load import Environment
    from reconcile.model import Instance, Plan


def expect(plan: Plan, digest: str) -> None:
    """Refuse a plan that is not the one that somebody has looked at, where they say which one that was."""
    from reconcile.codec import plan_digest
    from reconcile.errors import RefusedError

    if digest and plan_digest(plan) != digest:
        raise RefusedError(
            f"the digest of this plan is {plan_digest(plan)}, and --expect-digest says {digest}; "
            "nothing was sent: look at the plan again"
        )


def confirm(environment: Environment, name: str) -> None:
    """Refuse to write to a protected environment whose name nobody gives once more."""
    from reconcile.guard import check_confirmed

    if environment.protected:
        if not name and sys.stdin.isatty():
            name = click.prompt(f"{environment.name} is protected; type its name to write to it", err=True)
        check_confirmed(environment.name, name)


def agree(environment: Environment, instance: Instance, *, yes: bool) -> None:
    """Ask, unless that was answered before; raises UsageError where nobody is there."""
    from reconcile.errors import UsageError
    from reconcile.render.terminal import safe

    if yes or environment.protected:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to ask; say --yes to apply without asking")
    where = f"{environment.name}, {instance.environment_type} instance {instance.id}"
    click.confirm(safe(f"Apply this to {where}?"), abort=True, err=True)
