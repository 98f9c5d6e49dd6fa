"""What `doctor` found, for people and for programs. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Level
from reconcile.render.sheet import Row, Sheet, Table
from reconcile.render.terminal.style import safe_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconcile.model import Check, Json
    from reconcile.render.terminal import Style

_SIGN: Mapping[Level, str] = {Level.OK: "✓", Level.WARNING: "!", Level.PROBLEM: "✗", Level.SKIPPED: "·"}
_COLOUR: Mapping[Level, str] = {Level.OK: "+", Level.WARNING: "~", Level.PROBLEM: "-", Level.SKIPPED: "dim"}
_TONE: Mapping[Level, str] = {Level.OK: "create", Level.WARNING: "update", Level.PROBLEM: "delete"}
_NOUN: Mapping[Level, str] = {Level.PROBLEM: "problem", Level.WARNING: "warning"}
_INDENT = " " * 13


def checkup_text(checks: Sequence[Check], style: Style) -> str:
    """A line for each thing that was looked at, its remedy below it, and the sum last."""
    return "".join(f"{line}\n" for line in (*_lines(checks, style), style.paint("bold", _sum(checks))))


def _lines(checks: Sequence[Check], style: Style) -> Iterator[str]:
    for check in checks:
        sign = _SIGN[check.level]
        first, *more = safe_lines(check.message).split("\n")
        line = style.wrapped(f"{sign} {check.topic:<10} {first}", _INDENT)
        yield style.paint(_COLOUR[check.level], sign) + line.removeprefix(sign)
        yield from (style.wrapped(f"{_INDENT}{one}", _INDENT) for one in more)
        if check.remedy:
            yield style.wrapped(f"{_INDENT}→ {safe_lines(check.remedy)}", f"{_INDENT}  ")


def _sum(checks: Sequence[Check]) -> str:
    counts = {level: sum(check.level is level for check in checks) for level in _NOUN}
    parts = [
        f"{count} {_NOUN[level] if count == 1 else _NOUN[level] + 's'}"
        for level, count in counts.items()
        if count
    ]
    return f"{', '.join(parts)}." if parts else "All is well."


def checkup_document(environment: str, checks: Sequence[Check]) -> dict[str, Json]:
    """The same for programs; `schemas/doctor.json` describes it."""
    return {
        "format_version": "1",
        "environment": environment or None,
        "healthy": healthy(checks),
        "checks": [
            {
                "topic": check.topic,
                "level": check.level.value,
                "message": check.message,
                "remedy": check.remedy or None,
            }
            for check in checks
        ],
    }


def checkup_sheet(environment: str, checks: Sequence[Check]) -> Sheet:
    """The same as a table."""
    rows = (
        Row((f"{_SIGN[check.level]} {check.topic}", check.message, check.remedy), _TONE.get(check.level, ""))
        for check in checks
    )
    table = Table("What a run depends on", ("Topic", "Found", "What to do"), tuple(rows))
    return Sheet("doctor", environment, _sum(checks), (table,))


def healthy(checks: Sequence[Check]) -> bool:
    """Whether nothing is in the way of a run."""
    return all(check.level is not Level.PROBLEM for check in checks)
