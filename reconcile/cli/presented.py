"""A plan as its command hands it over: printed, in reports, in a file, and as an exit code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import click

from reconcile.cli.planfile import check_out, save_plan
from reconcile.cli.show_plan import document, show
from reconcile.cli.verdict import verdict
from reconcile.codec import plan_digest
from reconcile.errors import PendingError

if TYPE_CHECKING:
    from pathlib import Path

    from reconcile.cli.reports import Reports
    from reconcile.cli.session import Session
    from reconcile.model import Plan
    from reconcile.render.terminal import Style


@dataclass(frozen=True, slots=True)
class Presentation:
    """How the caller wants to have a plan."""

    form: str
    look: Style
    reports: Reports
    out: Path | None
    detailed: bool

    def __post_init__(self) -> None:
        """Raise UsageError for a plan file that could not be written in the end."""
        if self.out is not None:
            check_out(self.out)

    @property
    def usual(self) -> bool:
        """Whether nobody asked for anything but to see it."""
        return self.form == "text" and not self.reports.files and self.out is None and not self.detailed

    def of(self, plan: Plan, session: Session) -> int:
        """Hand the plan over; the exit code."""
        kinds, cost = session.catalogue.kinds, session.cost(plan)
        try:
            if not self.reports.printed(self.form, plan, kinds):
                show(plan, cost, self.form, self.look, session.keys)
        finally:  # a reader who has read enough still gets the files
            others = {"json": partial(document, plan, cost, session.keys, every=self.look.every)}
            self.reports.write(plan, kinds, others)
            if self.out is not None:
                save_plan(self.out, plan, cost, session.keys, session.world.redact)
        code = verdict(plan, detailed=self.detailed)
        if self.out is not None:
            fine = plan.applicable and code in {0, PendingError.exit_code}
            can = "does exactly this" if fine else "will refuse it, for the reasons above"
            told = f"Saved to {self.out}; `reconcile apply {self.out}` {can}. Digest: {plan_digest(plan)}"
            click.echo(told, err=True)
        elif code not in {0, PendingError.exit_code}:
            click.echo("This plan cannot be applied as it is, for the reasons above.", err=True)
        return code
