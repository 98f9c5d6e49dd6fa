"""Drift as one comment or issue, with a marker by which a scheduled job finds it again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconcile.model import Action, Change, Found, Side
from reconcile.render.drift.words import (
    PHRASE,
    SIGN,
    WHERE,
    base_text,
    hidden_text,
    numbers,
    remarks,
    rule_text,
    sections,
    steps,
    unread_texts,
)
from reconcile.render.markdown.fields import change_lines
from reconcile.render.markdown.fit import Block
from reconcile.render.markdown.page import Group, Tier, findings_group, fold, listing, marker, opening, page
from reconcile.render.markdown.quote import cell, code, html, short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.model import Drift, Drifted

_SMALL = 25  # lines up to which an object is unfolded
_FINDINGS = 1 / 3  # of a comment that what there is to mind may take


def drift_markdown(drift: Drift) -> str:
    """The comment, always shorter than GitHub's limit."""
    whole = f"All of it: {code(f'reconcile drift -e {drift.environment} --all')}, or the JSON report of the same run."
    return page(_head(drift), _tiers(drift), _foot(drift), whole)


def _head(drift: Drift) -> str:
    parts = [
        marker("drift", drift.environment),
        f"### Drift of {code(drift.environment)}: {numbers(drift) or 'none'}",
        *_table(drift.objects),
        _facts(drift),
        *(f"> [!NOTE]\n> {one}" for one in remarks(drift)),
    ]
    return "\n\n".join(parts) + "\n\n"


def _table(objects: Sequence[Drifted]) -> Iterator[str]:
    """How many objects of each kind were changed where."""
    told = Counter((one.kind, one.side) for one in objects)
    columns = [side for side in Side if any(side is one for _, one in told)]
    rows = [
        [cell(kind), *(f"{told[kind, side]:,}" if told[kind, side] else "" for side in columns)]
        for kind in dict.fromkeys(one.kind for one in objects)
    ]
    if rows:
        head = ["Kind", *(WHERE[side] for side in columns)]
        lines = [head, [":--", *("--:" for _ in columns)], *rows]
        yield "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _facts(drift: Drift) -> str:
    facts = [
        f"Instance {code(drift.instance.id)} of type {code(drift.instance.environment_type)}",
        f"looked at {code(drift.at)}",
        code(base_text(drift.base)),
        "only what was selected" if not drift.complete else "",
        f"{drift.in_sync:,} in sync" if drift.in_sync else "",
        f"{len(drift.unmanaged):,} unmanaged" if drift.unmanaged else "",
        f"{len(drift.hidden):,} ignored" if drift.hidden else "",
        f"{len(drift.unread):,} cannot be read back" if drift.unread else "",
    ]
    return " · ".join(fact for fact in facts if fact)


def _foot(drift: Drift) -> str:
    lines = [
        f"- What was changed {WHERE[side]}: "
        + "; ".join(f"{code(one.command)} {one.effect}" for one in found)
        for side, found in steps(drift)
    ]
    return "".join(f"{line}\n" for line in (*lines, "") if lines)


def _tiers(drift: Drift) -> tuple[Tier, ...]:
    mine: dict[str, list[Drifted]] = {}
    for one in drift.objects:
        mine.setdefault(one.kind, []).append(one)
    rest = (
        listing("Ignored, by rules in reconcile.yml", map(hidden_text, drift.hidden)),
        listing("Cannot be read back, so nobody can tell", unread_texts(drift)),
    )
    expired = listing("Rules that have expired, and hide nothing any more", map(rule_text, drift.expired))
    return (
        Tier((findings_group(drift.findings), expired), _FINDINGS),
        Tier(tuple(_kind(kind, objects) for kind, objects in mine.items())),
        Tier(rest),
    )


def _kind(kind: str, objects: Sequence[Drifted]) -> Group:
    """All objects of one kind: what comes or goes one a line, what changed in a fold of its own."""
    told = Counter(one.side for one in objects)
    summary = ", ".join(f"{told[side]:,} {WHERE[side]}" for side in Side if told[side])
    changed = (one for one in objects if one.found is Found.CHANGED)
    return Group(f"<b>{html(kind)}</b>: {summary}", (*_lists(objects), *map(_object, changed)))


def _lists(objects: Sequence[Drifted]) -> Iterator[Block]:
    by_phrase: dict[str, list[Drifted]] = {}
    for one in objects:
        if one.found is not Found.CHANGED:
            by_phrase.setdefault(PHRASE[one.found, one.side], []).append(one)
    for phrase, mine in by_phrase.items():
        lines = tuple(f"{SIGN[one.found, one.side]} {short(one.key)}" for one in mine)
        yield Block(f"{phrase.capitalize()}:\n\n", lines, "\n", noun="objects", stands_for=len(mine))


def _object(one: Drifted) -> Block:
    told = list(sections(one))
    lines: list[str] = []
    for title, fields in told:
        if len(told) > 1 or title not in {*WHERE.values()}:
            lines.append(f"@@ {title} @@")
        lines += change_lines(Change(one.address, one.kind, one.key, Action.UPDATE, fields=fields))
    title = f"~ {PHRASE[one.found, one.side]}"
    start = opening(fold(title, one.address, one.origin), unfolded=len(lines) <= _SMALL)
    return Block(start, tuple(lines), "\n</details>\n\n")
