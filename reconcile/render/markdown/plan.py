"""A plan as one comment: what happens to how much, what to mind, and each change in its fold."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconcile.calls import count
from reconcile.codec import plan_digest
from reconcile.model import Action, Severity
from reconcile.plan.summary import summarise
from reconcile.render.markdown.fields import change_lines, entry_line
from reconcile.render.markdown.fit import Block
from reconcile.render.markdown.page import Group, Tier, findings_group, fold, listing, marker, opening, page
from reconcile.render.markdown.quote import cell, code, html

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconcile.model import Change, Kind, Plan

_TITLE: Mapping[Action, str] = {
    Action.CREATE: "+ create",
    Action.UPDATE: "~ update",
    Action.REPLACE: "± replace",
    Action.DELETE: "- delete",
    Action.REVERT: "↺ revert",
    Action.ASSERT: "! assert",
}
_WHY: Mapping[Action, str] = {Action.ASSERT: " (cannot be read back, will be sent)"}
_STOPS = frozenset({Severity.REFUSAL, Severity.ERROR})
_IN_LISTS = frozenset({Action.CREATE, Action.DELETE})
_SMALL = 25  # lines up to which a change is unfolded
_FINDINGS = 1 / 3  # of a comment that what there is to mind may take


def report(plan: Plan, kinds: Mapping[str, Kind]) -> str:
    """The comment about a plan, always shorter than GitHub's limit."""
    return page(_head(plan, kinds), _tiers(plan, kinds), _foot(plan), _whole(plan))


def _head(plan: Plan, kinds: Mapping[str, Kind]) -> str:
    parts = [
        _marker(plan),
        _heading(plan),
        *_table(plan),
        _facts(plan, kinds),
        *_stopped(plan),
    ]
    return "\n\n".join(parts) + "\n\n"


def _marker(plan: Plan) -> str:
    """That of a promotion is its own, so that its comment does not take the place of one about a plan."""
    if plan.promoted_from:
        return marker("promote", f"{plan.promoted_from}:{plan.environment}")
    return marker("plan", plan.environment)


def _heading(plan: Plan) -> str:
    told = Counter(change.action for change in plan.changes)
    numbers = ", ".join(f"{told[action]:,} to {action.value}" for action in Action if told[action])
    source = f", promoted from {code(plan.promoted_from)}" if plan.promoted_from else ""
    return f"### Plan for {code(plan.environment)}{source}: {numbers or 'nothing to do'}"


def _table(plan: Plan) -> Iterator[str]:
    """How many changes of which sort each kind has."""
    told = Counter((change.kind, change.action) for change in plan.changes)
    columns = [action for action in Action if any(action is one for _, one in told)]
    rows = [
        [cell(kind), *(f"{told[kind, action]:,}" if told[kind, action] else "" for action in columns)]
        for kind in dict.fromkeys(change.kind for change in plan.changes)
    ]
    if rows:
        head = ["Kind", *(_TITLE[action] for action in columns)]
        lines = [head, [":--", *("--:" for _ in columns)], *rows]
        yield "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _facts(plan: Plan, kinds: Mapping[str, Kind]) -> str:
    """Which instance and which commit, and what it takes."""
    calls, summary = count(kinds, plan), summarise(plan)
    dirty = " with uncommitted changes" if plan.source.dirty else ""
    facts = [
        f"Instance {code(plan.instance.id)} of type {code(plan.instance.environment_type)}",
        f"commit {code(plan.source.revision[:12])}{dirty}" if plan.source.revision else "",
        "only what was selected" if not plan.complete else "",
        f"{calls:,} {'call' if calls == 1 else 'calls'}" if calls else "",
        f"{summary.noop:,} in sync" if summary.noop else "",
        f"{summary.unmanaged:,} unmanaged" if summary.unmanaged else "",
        f"{summary.unverified:,} cannot be read back" if summary.unverified else "",
    ]
    return " · ".join(fact for fact in facts if fact)


def _stopped(plan: Plan) -> Iterator[str]:
    if any(item.severity in _STOPS for item in plan.findings):
        yield "> [!CAUTION]\n> **This plan cannot be applied as it is.** The reasons stand first below."


def _foot(plan: Plan) -> str:
    return f"<sub>Digest {html(plan_digest(plan))}</sub>\n\n"


def _whole(plan: Plan) -> str:
    words = (
        f"promote {plan.promoted_from} {plan.environment}"
        if plan.promoted_from
        else f"plan -e {plan.environment}"
    )
    return f"All of it: {code(f'reconcile {words} --all')}, or the JSON and HTML reports of the same run."


def _tiers(plan: Plan, kinds: Mapping[str, Kind]) -> tuple[Tier, ...]:
    mine: dict[str, list[Change]] = {}
    for change in plan.changes:
        mine.setdefault(change.kind, []).append(change)
    unverified = (
        f"{item.address}: {'.'.join(map(str, item.path))}, last sent at {item.at}" for item in plan.unverified
    )
    rest = (
        listing("Unverified: sent before, cannot be read back, not sent again", tuple(unverified)),
        listing("Unmanaged: live, not declared, left alone", plan.unmanaged),
        listing("In sync", plan.in_sync),
    )
    return (
        Tier((findings_group(plan.findings),), _FINDINGS),
        Tier(tuple(_kind(kinds[name], changes) for name, changes in mine.items())),
        Tier(rest),
    )


def _kind(kind: Kind, changes: Sequence[Change]) -> Group:
    """All changes of one kind: entries of lists one a line, anything else in a fold of its own."""
    entries = [change for change in changes if _is_entry(kind, change)]
    others = [change for change in changes if not _is_entry(kind, change)]
    told = Counter(change.action for change in changes)
    numbers = ", ".join(f"{told[action]:,} to {action.value}" for action in Action if told[action])
    blocks = (*_entries(kind, entries), *map(_object, others))
    return Group(f"<b>{html(kind.name)}</b>: {numbers}", blocks)


def _is_entry(kind: Kind, change: Change) -> bool:
    return bool(kind.entries) and change.action in _IN_LISTS


def _entries(kind: Kind, entries: Sequence[Change]) -> Iterator[Block]:
    for action in sorted(_IN_LISTS, reverse=True):
        mine = [change for change in entries if change.action is action]
        if mine:
            lines = tuple(entry_line(kind, change) for change in mine)
            yield Block("", lines, "\n", noun="entries", stands_for=len(mine))


def _object(change: Change) -> Block:
    lines = tuple(change_lines(change)) or ("  (nothing else)",)
    title = f"{_TITLE[change.action]}{_WHY.get(change.action, '')}"
    start = opening(fold(title, change.address, change.origin), unfolded=len(lines) <= _SMALL)
    return Block(start, lines, "\n</details>\n\n")
