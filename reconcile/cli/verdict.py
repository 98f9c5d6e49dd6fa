"""Which exit code a plan, or a run, deserves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.errors import FilesError, PartialError, PendingError, ReconcileError, RefusedError
from reconcile.model import Severity, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.model import Outcome, Plan


def verdict(plan: Plan, *, detailed: bool) -> int:
    """What a plan says to a shell: refused beats wrong files, which beat pending changes."""
    severities = {finding.severity for finding in plan.findings}
    if Severity.REFUSAL in severities:
        return RefusedError.exit_code
    if Severity.ERROR in severities:
        return FilesError.exit_code
    return PendingError.exit_code if detailed and plan.changes else 0


def outcome_code(outcomes: Iterable[Outcome]) -> int:
    """What a run says to a shell: all done, nothing done, or some of it; what was to be left out is no failure."""
    outcomes = [outcome for outcome in outcomes if not _left_out(outcome)]
    good = [outcome for outcome in outcomes if outcome.status is Status.DONE]
    if len(good) == len(outcomes):
        return 0
    changed = good or any(one.touched or one.status is Status.UNCONFIRMED for one in outcomes)
    return PartialError.exit_code if changed else ReconcileError.exit_code


def _left_out(outcome: Outcome) -> bool:
    """Whether an object is the service's own, or needs more than the plan of an instance that may lack something."""
    return bool(outcome.not_ours or (outcome.features and outcome.status is Status.SKIPPED))
