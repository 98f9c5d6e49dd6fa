"""What people read: plans, outcomes and findings as plain text, with colour where a terminal shows it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING, assert_never

from reconcile.model import Absent, Action, Ref, Secret, Severity, Status, Unreadable, Value
from reconcile.plan.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Change, FieldChange, Finding, Json, Outcome, Plan, Tagged

SIGN: Mapping[Action, str] = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "±",
    Action.DELETE: "-",
    Action.REVERT: "↺",
    Action.ASSERT: "!",
}
_COLOUR: Mapping[str, str] = {
    "+": "32",
    "~": "33",
    "±": "33",
    "-": "31",
    "↺": "35",
    "!": "36",
    "dim": "2",
    "bold": "1",
}
_MARK: Mapping[Status, str] = {
    Status.DONE: "✓",
    Status.FAILED: "✗",
    Status.SKIPPED: "·",
    Status.UNCONFIRMED: "?",
}
_MARK_COLOUR: Mapping[Status, str] = {
    Status.DONE: "+",
    Status.FAILED: "-",
    Status.SKIPPED: "dim",
    Status.UNCONFIRMED: "~",
}
_LABEL: Mapping[Severity, str] = {
    Severity.INFO: "note",
    Severity.WARNING: "warning",
    Severity.ERROR: "error",
    Severity.REFUSAL: "refused",
}
_LONG = 60
_SAMPLE = 10


@dataclass(frozen=True, slots=True)
class Style:
    """Whether the reader's terminal shows colour, and whether to list everything."""

    colour: bool = False
    every: bool = False

    def paint(self, name: str, text: str) -> str:
        """The text in one of our colours, or as it is."""
        return f"\x1b[{_COLOUR[name]}m{text}\x1b[0m" if self.colour else text


_PLAIN = Style()


def plan_text(plan: Plan, calls: int, style: Style = _PLAIN) -> str:
    """The whole plan: changes first, then what is left alone, then what to mind, and the sum last."""
    blocks = [
        _head(plan, style),
        *(_change(change, style) for change in plan.changes),
        _unverified(plan, style),
        _unmanaged(plan, style),
        _in_sync(plan, style),
        findings_text(plan.findings, style),
        summary_text(plan, calls, style),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _head(plan: Plan, style: Style) -> str:
    part = "" if plan.complete else " · only what was selected"
    return style.paint(
        "dim", f"{plan.environment} · {plan.instance.environment_type} instance {plan.instance.id}{part}"
    )


def _change(change: Change, style: Style) -> str:
    sign = SIGN[change.action]
    place = f"  {style.paint('dim', str(change.origin))}" if change.origin else ""
    title = f"{style.paint(sign, sign)} {style.paint('bold', change.address)}{place}"
    if change.action is Action.REVERT:
        return f"{title}\n    back to the service's own text"
    return "\n".join([title, *(line for field in change.fields for line in _field(change, field, style))])


def _field(change: Change, field: FieldChange, style: Style) -> Iterator[str]:
    name = ".".join(map(str, field.path))
    before, after = field.before, field.after
    if isinstance(before, Value) and isinstance(after, Value) and _is_long(before.value, after.value):
        yield f"    {name}:"
        yield from _lines(str(before.value), str(after.value), style)
    elif isinstance(before, Absent):
        yield f"    {name}: {style.paint('+', _show(after))}"
    elif isinstance(after, Absent):
        yield f"    {name}: {style.paint('-', _show(before))}"
    elif isinstance(before, Unreadable):
        why = (
            ""
            if change.action is Action.CREATE
            else style.paint("dim", "  (cannot be read back, will be sent)")
        )
        yield f"    {name}: {style.paint('!', _show(after))}{why}"
    else:
        yield f"    {name}: {style.paint('-', _show(before))} → {style.paint('+', _show(after))}"


def _is_long(before: Json, after: Json) -> bool:
    texts = isinstance(before, str) and isinstance(after, str)
    return texts and any("\n" in text or len(text) > _LONG for text in (str(before), str(after)))


def _lines(before: str, after: str, style: Style) -> Iterator[str]:
    """A line diff with two lines of context; the text of the lines is unchanged."""
    for number, line in enumerate(unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=2)):
        if number < 2:
            continue
        mark = line[:1]
        colour = {"+": "+", "-": "-", "@": "dim"}.get(mark)
        yield "      " + (style.paint(colour, line) if colour else line)


def _show(tagged: Tagged) -> str:
    match tagged:
        case Value(value):
            return _shorten(json.dumps(value, ensure_ascii=False))
        case Secret(name, _):
            return f"(secret from {name})"
        case Ref(address):
            return f"(id of {address})"
        case Absent():
            return "(nothing)"
        case Unreadable():
            return "(cannot be read)"
        case _:
            assert_never(tagged)


def _shorten(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:160]}… ({len(text)} characters)"


def _block(title: str, lines: list[str], style: Style, *, every: bool) -> str:
    if not lines:
        return ""
    shown = lines if every or len(lines) <= _SAMPLE else lines[:_SAMPLE]
    rest = [f"  … and {len(lines) - len(shown)} more (--all lists them)"] if len(shown) < len(lines) else []
    return "\n".join([style.paint("dim", title), *(f"  {line}" for line in shown), *rest])


def _unverified(plan: Plan, style: Style) -> str:
    fields: dict[tuple[str, str], list[str]] = {}
    for item in plan.unverified:
        fields.setdefault((item.address, item.at), []).append(".".join(map(str, item.path)))
    lines = [f"{address}: {', '.join(names)} (last sent at {at})" for (address, at), names in fields.items()]
    title = "Unverified: sent before, cannot be read back, not sent again (--reassert sends them)"
    return _block(title, lines, style, every=style.every)


def _unmanaged(plan: Plan, style: Style) -> str:
    return _block("Unmanaged: live, not declared, left alone", list(plan.unmanaged), style, every=style.every)


def pending_text(plan: Plan, style: Style = _PLAIN) -> str:
    """What a plan made after an apply still holds."""
    return _block("Still pending:", [change.address for change in plan.changes], style, every=style.every)


def _in_sync(plan: Plan, style: Style) -> str:
    return _block("In sync", list(plan.in_sync), style, every=True) if style.every else ""


def findings_text(findings: Iterable[Finding], style: Style = _PLAIN) -> str:
    """One line for each finding."""
    colours = {Severity.ERROR: "-", Severity.REFUSAL: "-", Severity.WARNING: "~", Severity.INFO: "dim"}
    return "\n".join(
        f"{style.paint(colours[item.severity], _LABEL[item.severity])}: {item}" for item in findings
    )


def summary_text(plan: Plan, calls: int, style: Style = _PLAIN) -> str:
    """The last line: what there is to do, in numbers."""
    count = summarise(plan)
    noun = "field" if count.unverified == 1 else "fields"
    unread = f" {count.unverified} {noun} cannot be read back." if count.unverified else ""
    if not plan.changes:
        return style.paint("bold", "Nothing to do.") + unread
    extra = [
        (count.replace, "to replace"),
        (count.revert, "to revert"),
        (count.assert_, "to assert (cannot be read back)"),
        (count.noop, "in sync"),
        (count.unmanaged, "unmanaged"),
    ]
    more = ", ".join(f"{number} {what}" for number, what in extra if number)
    head = f"Plan: {count.create} to create, {count.update} to update, {count.delete} to delete"
    tail = f"; {more}" if more else ""
    return style.paint("bold", head) + f"{tail}. {calls} {'call' if calls == 1 else 'calls'}.{unread}"


def outcome_line(outcome: Outcome, style: Style = _PLAIN) -> str:
    """How one change ended."""
    mark = style.paint(_MARK_COLOUR[outcome.status], _MARK[outcome.status])
    reason = f": {outcome.reason}" if outcome.reason else ""
    return f"{mark} {outcome.action.value} {outcome.address}{reason}"


def outcomes_summary(outcomes: Iterable[Outcome], style: Style = _PLAIN) -> str:
    """How a run ended, in numbers."""
    outcomes = list(outcomes)
    counts = [(status, sum(outcome.status is status for outcome in outcomes)) for status in Status]
    parts = ", ".join(f"{count} {status.value}" for status, count in counts if count or status is Status.DONE)
    return style.paint("bold", f"Apply: {parts}.")
