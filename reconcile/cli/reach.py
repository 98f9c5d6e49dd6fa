"""How an instance is reached, as far as the caller has a say in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconcile.cli.speaker import Reading
    from reconcile.client import Exchange
    from reconcile.clock import Clock
    from reconcile.load import Environment
    from reconcile.model import Kind
    from reconcile.pace import Pace
    from reconcile.redact import Redactor


@dataclass(frozen=True, slots=True)
class Reach:
    """What the options about the service say."""

    timeout: float = 30.0
    max_capacity: int | None = (
        None  # per cent of the service's limit; none: what suits the type of the instance
    )
    verbose: int = 0  # 1: calls are shown, 2: with their bodies
    parallelism: int = 8
    quiet: bool = False

    def pace(self, environment: Environment, clock: Clock) -> Pace | None:
        """How fast calls may follow each other; the built-in simulator has nobody to be considerate of."""
        if environment.embedded:
            return None
        from reconcile.pace import Pace, allowance

        return Pace(clock, allowance(environment.type, self.max_capacity))

    def seconds(self, environment: Environment, calls: int) -> float:
        """How long so many calls take at that pace."""
        if environment.embedded:
            return 0.0
        from reconcile.pace import duration

        return duration(calls, environment.type, self.max_capacity)

    def reading(self, clock: Clock) -> Reading | None:
        """Who tells that reading takes long; nobody does where each call is told anyway."""
        if self.verbose or self.quiet:
            return None
        from reconcile.cli.bar import bar_on
        from reconcile.cli.speaker import Reading

        return Reading(clock, lambda text: click.echo(text, err=True), bar_on(clock))

    def observer(self, kinds: Mapping[str, Kind], redact: Redactor) -> Callable[[Exchange], None] | None:
        """Who watches the calls, if anybody does."""
        if not self.verbose:
            return None
        from reconcile.cli.trace import Trace

        return Trace(kinds, redact, lambda text: click.echo(text, err=True), bodies=self.verbose > 1).tell
