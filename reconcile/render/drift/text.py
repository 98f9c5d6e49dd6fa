"""Drift for people: each object with what was changed where, what is kept out of sight, what to do, and the sum last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Action, Change, Presence
from reconcile.render.drift.words import (
    PHRASE,
    SIGN,
    WHERE,
    base_text,
    hidden_text,
    names,
    numbers,
    remarks,
    rule_text,
    sections,
    steps,
    unread_texts,
)
from reconcile.render.terminal.blocks import block, instance_line, sample
from reconcile.render.terminal.fields import field_lines
from reconcile.render.terminal.plan import findings_text
from reconcile.render.terminal.style import PLAIN, safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconcile.model import Drift, Drifted
    from reconcile.render.terminal.style import Style
    from reconcile.watch import Round

_FEW = 3  # addresses in one line about a round


def drift_text(drift: Drift, style: Style = PLAIN) -> str:
    """All of it; where nothing has drifted and nothing is to be minded, that is one line."""
    blocks = [
        _head(drift, style),
        *_kinds(drift.objects, style),
        _listed("Ignored, by rules in reconcile.yml", map(hidden_text, drift.hidden), style),
        _listed("Rules that have expired, and hide nothing any more", _expired(drift), style),
        _listed("Cannot be read back, so nobody can tell", unread_texts(drift), style),
        findings_text(drift.findings, style),
        _remarks(drift, style),
        _what_to_do(drift, style),
        _sum(drift, style),
    ]
    left = [one for one in blocks if one]
    return f"{': '.join(left)}\n" if len(left) == 2 else "\n\n".join(left) + "\n"


def _head(drift: Drift, style: Style) -> str:
    part = "" if drift.complete else " · only what was selected"
    return instance_line(drift.environment, drift.instance, f" · {base_text(drift.base)}{part}", style)


def _kinds(objects: Sequence[Drifted], style: Style) -> Iterator[str]:
    by_kind: dict[str, list[Drifted]] = {}
    for one in objects:
        by_kind.setdefault(one.kind, []).append(one)
    for kind, mine in by_kind.items():
        whole = [one for one in mine if one.found is Presence.CHANGED or style.every]
        brief = [] if style.every else [one for one in mine if one.found is not Presence.CHANGED]
        details = "\n\n".join("\n".join(_object(one, style)) for one in whole)
        yield "\n".join([style.paint("bold", kind), *([details] if details else []), *_brief(brief, style)])


def _brief(objects: Iterable[Drifted], style: Style) -> Iterator[str]:
    """Objects that are there on one side only, a line each; of many in the same case the first ones."""
    titles: dict[str, list[str]] = {}
    for one in objects:
        titles.setdefault(PHRASE[one.found, one.side], []).append(_title(one, style))
    for lines in titles.values():
        yield from sample(lines, style, "")


def _title(one: Drifted, style: Style) -> str:
    sign = SIGN[one.found, one.side]
    place = f"  {style.paint('dim', safe(str(one.origin)))}" if one.origin else ""
    phrase = PHRASE[one.found, one.side]
    return f"{style.paint(sign, sign)} {style.paint('bold', safe(one.address))}  {phrase}{place}"


def _object(one: Drifted, style: Style) -> Iterator[str]:
    yield _title(one, style)
    told = list(sections(one))
    change = Change(one.address, one.kind, one.key, Action.UPDATE)
    for title, fields in told:
        if len(told) > 1 or title not in {*WHERE.values()}:
            yield f"  {style.paint('dim', title)}"
        for item in fields:
            yield from field_lines(change, item, style)


def _listed(title: str, texts: Iterable[str], style: Style) -> str:
    return block(title, [style.wrapped(safe(text), "    ") for text in texts], style)


def _expired(drift: Drift) -> Iterator[str]:
    return (f"{rule_text(one)}; take it out, or name another day" for one in drift.expired)


def _remarks(drift: Drift, style: Style) -> str:
    return "\n".join(style.wrapped(f"note: {one}", "  ") for one in remarks(drift))


def _what_to_do(drift: Drift, style: Style) -> str:
    lines = []
    for side, found in steps(drift):
        lines.append(style.paint("dim", f"What was changed {WHERE[side]}:"))
        lines += (f"  {one.command}  {style.paint('dim', one.effect)}" for one in found)
    return "\n".join(lines)


def _sum(drift: Drift, style: Style) -> str:
    noun = "object" if len(drift.objects) == 1 else "objects"
    head = f"Drift: {len(drift.objects):,} {noun}, {numbers(drift)}." if drift.objects else "No drift."
    rest = (
        (drift.in_sync, "in sync"),
        (len(drift.unmanaged), "unmanaged"),
        (len(drift.hidden), "ignored"),
        (len(drift.unread), "cannot be read back"),
    )
    more = ", ".join(f"{number:,} {what}" for number, what in rest if number)
    text = style.wrapped(f"{head} {more}." if more else head, "  ")
    return style.paint("bold", head) + text.removeprefix(head) if text.startswith(head) else text


def watch_line(one: Round) -> str:
    """One line about a change of state."""
    return safe(f"{one.at} {one.environment}: {one.state.value}{_told(one)}")


def _told(one: Round) -> str:
    if one.code:
        first, *more = one.message.split("\n")
        return f": {first}" + (f" (and {len(more):,} more)" if more else "")
    if one.drift is None or not one.drift.objects:
        return ""
    return f": {numbers(one.drift)}: {'; '.join(_some(one.drift.objects))}"


def _some(objects: Sequence[Drifted]) -> Iterable[str]:
    for one in objects[:_FEW]:
        fields = names(one).split(", ")
        more = f" and {len(fields) - _FEW:,} more" if len(fields) > _FEW else ""
        yield f"{one.address} {', '.join(fields[:_FEW]) or PHRASE[one.found, one.side]}{more}"
    if len(objects) > _FEW:
        yield f"and {len(objects) - _FEW:,} more"
