"""How an apply ended, as one comment: what did not take first, and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconcile.model import Status
from reconcile.render.markdown.page import Group, Tier, listing, marker, page
from reconcile.render.markdown.quote import code
from reconcile.render.outcomes import sent_unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconcile.model import Outcome, Plan

_TITLE: Mapping[Status, str] = {
    Status.FAILED: "✗ Failed",
    Status.UNCONFIRMED: "? Unconfirmed",
    Status.SKIPPED: "· Skipped",
    Status.DONE: "✓ Done",
}
_WHOLE = "All of it: the JSON report of the same run."


def outcomes_markdown(plan: Plan, outcomes: Iterable[Outcome], after: Plan | None) -> str:
    """The comment about a run; `after` is the plan that was made as proof, None where nothing could be read."""
    outcomes = tuple(outcomes)
    told = Counter(one.status for one in outcomes)
    numbers = ", ".join(f"{told[status]:,} {status.value}" for status in Status if told[status])
    heading = f"### Apply to {code(plan.environment)}: {numbers or 'nothing to do'}"
    head = "\n\n".join((marker("apply", plan.environment), heading, _proof(plan, after))) + "\n\n"
    tiers = [Tier((_ended(status, outcomes),)) for status in _TITLE]
    return page(head, (*tiers, Tier(tuple(_after(after, outcomes)))), "", _WHOLE)


def _proof(plan: Plan, after: Plan | None) -> str:
    instance = f"Instance {code(plan.instance.id)}"
    if after is None:
        return f"{instance} · **could not be read again**, so nothing is confirmed"
    pending = len(after.changes)
    return f"{instance} · read again and planned again: {f'**{pending:,} still pending**' if pending else 'nothing is pending'}"


def _ended(status: Status, outcomes: Iterable[Outcome]) -> Group:
    mine = [one for one in outcomes if one.status is status]
    lines = (f"{one.action.value} {one.address}{f': {one.reason}' if one.reason else ''}" for one in mine)
    return listing(f"<b>{_TITLE[status]}</b>", lines, unfolded=status is not Status.DONE)


def _after(after: Plan | None, outcomes: Iterable[Outcome]) -> Iterable[Group]:
    if after is not None:
        unread = (f"{item.address}: {'.'.join(map(str, item.path))}" for item in sent_unread(after, outcomes))
        yield listing("Taken by the service, and no call returns them", unread)
        yield listing("Still pending", (change.address for change in after.changes), unfolded=True)
