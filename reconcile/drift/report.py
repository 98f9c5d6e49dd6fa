"""The whole answer, put together from a plan and what is known of the time before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.drift.ignore import expired, sort_out
from reconcile.model import Base, Drift, Known, Severity, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconcile.model import Baseline, Drifted, Finding, Ignore, Path, Plan


def base_of(applied: Baseline | None) -> Base:
    """The base that the last run has left behind, if any."""
    if applied is None:
        return Base()
    return Base(
        Known.APPLIED,
        applied.desired,
        applied.at,
        applied.revision,
        dirty=applied.dirty,
        complete=applied.complete,
    )


def drift_of(plan: Plan, objects: Iterable[Drifted], base: Base, rules: Iterable[Ignore], at: str) -> Drift:
    """What a plan between files and instance says to somebody who wants to know what has changed; `at` is now."""
    rules, today = tuple(rules), at[:10]
    seen, hidden = sort_out(objects, rules, today)
    return Drift(
        environment=plan.environment,
        instance=plan.instance,
        at=at,
        base=base,
        objects=seen,
        hidden=hidden,
        expired=expired(rules, today),
        unread=tuple(sorted(_unread(plan), key=str)),
        unmanaged=plan.unmanaged,
        in_sync=len(plan.in_sync),
        findings=tuple(_findings(plan)),
        source=plan.source,
        complete=plan.complete,
    )


def _unread(plan: Plan) -> Iterator[tuple[str, Path]]:
    """Fields that no call returns, with a receipt or without."""
    yield from ((item.address, item.path) for item in plan.unverified)
    for change in plan.changes:
        yield from (
            (change.address, item.path) for item in change.fields if isinstance(item.before, Unreadable)
        )


def _findings(plan: Plan) -> Iterator[Finding]:
    """What keeps something from being compared; what would keep a change from being applied is another matter."""
    changed = {change.address for change in plan.changes}
    for item in plan.findings:
        if item.severity is not Severity.REFUSAL and item.address not in changed and item.rule != "gated":
            yield item
