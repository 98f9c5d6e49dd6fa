"""A plan for people: what happens to each kind, what is left alone, what to mind, and the sum last."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from reconcile.model import Absent, Action, Severity, Value
from reconcile.plan.summary import summarise
from reconcile.render.terminal.blocks import block, instance_line, sample
from reconcile.render.terminal.fields import INDENT, field_lines, show
from reconcile.render.terminal.style import PLAIN, columns, safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconcile.model import Change, Finding, Plan
    from reconcile.render.terminal.style import Style

SIGN: Mapping[Action, str] = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "±",
    Action.DELETE: "-",
    Action.REVERT: "↺",
    Action.ASSERT: "!",
}
_DOING: Mapping[Action, str] = {
    Action.CREATE: "to create",
    Action.UPDATE: "to update",
    Action.REPLACE: "to replace",
    Action.DELETE: "to delete",
    Action.REVERT: "to revert",
    Action.ASSERT: "to assert",
}
_LABEL: Mapping[Severity, str] = {
    Severity.INFO: "note",
    Severity.WARNING: "warning",
    Severity.ERROR: "error",
    Severity.REFUSAL: "refused",
}
_COLOUR: Mapping[Severity, str] = {
    Severity.ERROR: "-",
    Severity.REFUSAL: "-",
    Severity.WARNING: "~",
    Severity.INFO: "dim",
}
_MILD = frozenset({Severity.INFO, Severity.WARNING})
_NOT_OFFERED = frozenset({"gated", "unsupported"})


def plan_text(plan: Plan, calls: int, style: Style = PLAIN, seconds: float = 0.0) -> str:
    """The whole plan. Where there is nothing to do and nothing to mind, that is one line."""
    summary = summary_text(plan, calls, style, seconds)
    if not (plan.changes or plan.findings or style.every):
        return f"{_head(plan, style)}: {summary}\n"
    known = [change for change in plan.changes if change.action is not Action.ASSERT]
    unseen = [change for change in plan.changes if change.action is Action.ASSERT]
    gated = [item for item in plan.findings if item.rule in _NOT_OFFERED]
    minded = [item for item in plan.findings if item.rule not in _NOT_OFFERED]
    blocks = [
        _head(plan, style),
        *_kinds(known, style),
        _asserted(unseen, style),
        _unverified(plan, style),
        _unmanaged(plan, style),
        _in_sync(plan, style),
        _gated(gated, style),
        _minded(minded, style),
        summary,
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _head(plan: Plan, style: Style) -> str:
    part = "" if plan.complete else " · only what was selected"
    return instance_line(plan.environment, plan.instance, part, style)


# --- changes ---


def _kinds(changes: Sequence[Change], style: Style) -> Iterator[str]:
    """A block for each kind, in the order in which the first of each will be applied."""
    by_kind: dict[str, list[Change]] = {}
    for change in changes:
        by_kind.setdefault(change.kind, []).append(change)
    for kind, mine in by_kind.items():
        yield "\n".join([_title(kind, mine, style), *_changes(mine, style)])


def _title(kind: str, changes: Sequence[Change], style: Style) -> str:
    count = Counter(change.action for change in changes)
    numbers = ", ".join(f"{count[action]:,} {what}" for action, what in _DOING.items() if count[action])
    return f"{style.paint('bold', kind)}{style.paint('dim', f' · {numbers}')}"


def _changes(changes: Sequence[Change], style: Style) -> Iterator[str]:
    """Changes that are one line each stand close together, and of many such only some are shown."""
    shown = [(change.action, list(_change(change, style))) for change in changes]
    first = True
    for (_, one_line), run in groupby(shown, key=lambda one: (one[0], len(one[1]) == 1)):
        blocks = [lines for _, lines in run]
        if one_line:
            yield from sample([lines[0] for lines in blocks], style, "")
        else:
            for lines in blocks:
                yield from lines if first else ["", *lines]
                first = False
        first = False


def _change(change: Change, style: Style) -> Iterator[str]:
    sign = SIGN[change.action]
    address, place = safe(change.address), safe(str(change.origin or ""))
    brief = _brief(change, style)
    title = f"{sign} {address}{brief or ''}"
    painted = f"{style.paint(sign, sign)} {style.paint('bold', address)}{style.paint('dim', brief or '')}"
    apart = brief is None and bool(style.width) and columns(f"{title}  {place}") > style.width
    if place and not apart:
        painted += f"  {style.paint('dim', place)}"
    yield painted
    if place and apart:
        yield f"{INDENT}{style.paint('dim', place)}"
    if change.action is Action.REVERT:
        yield f"{INDENT}back to the service's own text"
    elif brief is None:
        for field in change.fields:
            yield from field_lines(change, field, style)


def _brief(change: Change, style: Style) -> str | None:
    """What there is to say of an entry that comes or goes beyond its address, where that fits beside it."""
    if change.action not in {Action.CREATE, Action.DELETE}:
        return None
    parts = []
    for field in change.fields:
        tagged = field.before if isinstance(field.after, Absent) else field.after
        if not isinstance(tagged, Value) or isinstance(tagged.value, dict | list):
            return None
        if tagged.value != change.key:
            parts.append(f"{safe('.'.join(map(str, field.path)))}: {show(tagged)}")
    text = "".join(f"  {part}" for part in parts)
    short = len(parts) <= 1 and style.fits(f"+ {change.address}{text}")
    return text if short or not parts else None


def _asserted(changes: Sequence[Change], style: Style) -> str:
    if not changes:
        return ""
    title = style.paint("dim", "Asserted: cannot be read back, will be sent")
    return "\n".join([title, *(line for change in changes for line in _change(change, style))])


# --- what is left alone ---


def _unverified(plan: Plan, style: Style) -> str:
    fields: dict[tuple[str, str], list[str]] = {}
    for item in plan.unverified:
        fields.setdefault((item.address, item.at), []).append(".".join(map(str, item.path)))
    lines = [
        safe(f"{address}: {', '.join(names)} (last sent at {at})") for (address, at), names in fields.items()
    ]
    title = "Unverified: sent before, cannot be read back, not sent again (--reassert sends them)"
    return block(style.wrapped(title, "  "), [style.wrapped(line, "    ") for line in lines], style)


def _unmanaged(plan: Plan, style: Style) -> str:
    return block("Unmanaged: live, not declared, left alone", [safe(one) for one in plan.unmanaged], style)


def _in_sync(plan: Plan, style: Style) -> str:
    return block("In sync", [safe(one) for one in plan.in_sync], style) if style.every else ""


def _gated(findings: Sequence[Finding], style: Style) -> str:
    return block(
        "Not offered by this instance, left out",
        [_finding(item, style) for item in findings],
        style,
    )


def _minded(findings: Sequence[Finding], style: Style) -> str:
    """What to mind: all that stops the plan, and of many warnings the first ones."""
    mild = [item for item in findings if item.severity in _MILD]
    grave = findings_text((item for item in findings if item.severity not in _MILD), style)
    return "\n".join([*sample([_finding(item, style) for item in mild], style, ""), *filter(None, [grave])])


def pending_text(plan: Plan, style: Style = PLAIN) -> str:
    """What a plan made after an apply still holds."""
    return block("Still pending:", [safe(change.address) for change in plan.changes], style)


# --- what to mind, and the sum ---


def findings_text(findings: Iterable[Finding], style: Style = PLAIN) -> str:
    """One line for each finding; on a terminal as many as it takes."""
    return "\n".join(_finding(item, style) for item in findings)


def _finding(item: Finding, style: Style) -> str:
    label = _LABEL[item.severity]
    text = style.wrapped(f"{label}: {safe(str(item))}", "  ")
    return style.paint(_COLOUR[item.severity], label) + text.removeprefix(label)


def summary_text(plan: Plan, calls: int, style: Style = PLAIN, seconds: float = 0.0) -> str:
    """The last line: what there is to do, in numbers; `seconds` at the pace of this instance, if it has one."""
    count = summarise(plan)
    noun = "field" if count.unverified == 1 else "fields"
    unread = f" {count.unverified:,} {noun} cannot be read back." if count.unverified else ""
    left = [(count.noop, "in sync"), (count.unmanaged, "unmanaged")]
    if not plan.changes:
        rest = _numbers(left)
        more = " (--all lists them)" if plan.unmanaged and not style.every else ""
        return style.paint("bold", "Nothing to do.") + unread + (f" {rest}{more}." if rest else "")
    extra = [
        (count.replace, "to replace"),
        (count.revert, "to revert"),
        (count.assert_, "to assert (cannot be read back)"),
        *left,
    ]
    more = _numbers(extra)
    head = f"Plan: {count.create:,} to create, {count.update:,} to update, {count.delete:,} to delete"
    tail = f"; {more}" if more else ""
    text = style.wrapped(f"{head}{tail}. {_cost(calls, seconds)}.{unread}", "  ")
    if not text.startswith(head):
        return text
    gone = head.rpartition(", ")[2] if count.delete else ""
    return style.paint("bold", head.removesuffix(gone)) + style.paint("lost", gone) + text.removeprefix(head)


def _numbers(counted: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{number:,} {what}" for number, what in counted if number)


def _cost(calls: int, seconds: float) -> str:
    cost = f"{calls:,} {'call' if calls == 1 else 'calls'}"
    return f"{cost}, about {_duration(seconds)}" if seconds >= 1 else cost


def _duration(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{round(whole / 60)} min"
