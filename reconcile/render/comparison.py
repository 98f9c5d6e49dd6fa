"""A comparison of two environments for people and for programs; as Markdown it has a module of its own. No I/O here."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from reconcile.codec.values import encode_value
from reconcile.compare import Standing
from reconcile.model import Absent, Action, Change, FieldChange
from reconcile.render.sheet import Row, Sheet, Table
from reconcile.render.terminal.fields import INDENT, field_lines, show
from reconcile.render.terminal.style import PLAIN, safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconcile.compare import Comparison, Difference, Party, Stand, Unread
    from reconcile.model import Json, Tagged
    from reconcile.render.terminal.style import Style

_SAMPLE = 10
"""Objects of one kind that only one side has, and that are listed."""

WORDS: Mapping[Standing, str] = {
    Standing.DECLARED: "is as its files say",
    Standing.DRIFTED: "is not as its files say",
    Standing.UNDECLARED: "its files do not speak of it",
    Standing.UNMANAGED: "is unmanaged, no file declares it",
    Standing.LEFT_ALONE: "its files leave it alone",
}


def comparison_text(comparison: Comparison, style: Style = PLAIN) -> str:
    """The whole comparison, what is not expected first; where nothing differs, that is one line."""
    summary = style.paint("bold", comparison_sum(comparison))
    blocks = [
        style.paint("dim", _head(comparison)),
        _block("Not expected", comparison.unexpected, comparison, style),
        _block("Expected, as the files declare it", comparison.expected, comparison, style),
        _unread(comparison.unread, style),
        _same(comparison, style),
        summary,
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _head(comparison: Comparison) -> str:
    first, second = (party_text(party) for party in comparison.parties)
    return f"- {safe(first)}\n+ {safe(second)}"


def party_text(party: Party) -> str:
    """Who one side is."""
    if party.instance is None:
        return f"{party.name}: what the files say"
    return f"{party.name}: {party.instance.environment_type} instance {party.instance.id}"


def comparison_sum(comparison: Comparison) -> str:
    """How much differs, in numbers."""
    wrong, meant, unread = (len(comparison.unexpected), len(comparison.expected), len(comparison.unread))
    counted = [
        f"{meant} expected" if meant else "",
        f"{len(comparison.same)} the same" if comparison.same else "",
        f"{unread} not comparable" if unread else "",
    ]
    head = f"{wrong} unexpected {'difference' if wrong == 1 else 'differences'}"
    rest = ", ".join(filter(None, counted))
    return f"{head if wrong else 'No unexpected difference'}{f'; {rest}' if rest else ''}."


# --- differences ---


def _block(title: str, differences: Sequence[Difference], comparison: Comparison, style: Style) -> str:
    if not differences:
        return ""
    lines = [style.paint("bold", title)]
    told: Counter[tuple[str, str]] = Counter()
    for address, group in groupby(differences, key=lambda item: item.address):
        mine = list(group)
        if not mine[0].path:
            sort = (address.partition("/")[0], only(mine[0], comparison).name)
            told[sort] += 1
            if told[sort] > _SAMPLE and not style.every:
                continue
        lines += _object(address, mine, comparison, style)
    lines += [] if style.every else (style.paint("dim", text) for text in _more(told))
    return "\n".join(lines)


def _more(told: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """How many objects of one kind that only one side has are not listed."""
    for (kind, name), count in told.items():
        if count > _SAMPLE:
            yield safe(f"… and {count - _SAMPLE:,} more of {kind} only in {name} (--all lists them)")


def _object(
    address: str, differences: Sequence[Difference], comparison: Comparison, style: Style
) -> Iterator[str]:
    whole = differences[0]
    if not whole.path:
        yield f"≠ {style.paint('bold', safe(address))}: only in {safe(only(whole, comparison).name)}"
        yield from _stands(whole, comparison, style)
        return
    yield f"≠ {style.paint('bold', safe(address))}"
    for item in differences:
        yield from field_lines(_as_change(item), FieldChange(item.path, *item.values), style)
        yield from _stands(item, comparison, style)


def only(difference: Difference, comparison: Comparison) -> Party:
    """Who has an object that the other has not."""
    return comparison.parties[int(isinstance(difference.values[0], Absent))]


def _as_change(difference: Difference) -> Change:
    """What the lines of a field are shown with: from one side to the other it is an update."""
    return Change(difference.address, "", "", Action.UPDATE)


def _stands(difference: Difference, comparison: Comparison, style: Style) -> Iterator[str]:
    for text in stand_texts(difference, comparison):
        yield f"{INDENT}  {style.paint('dim', safe(text))}"


def stand_texts(difference: Difference, comparison: Comparison) -> Iterator[str]:
    """How each side stands to its files; where both are as they are meant to be, that takes one line."""
    both = list(zip(comparison.parties, difference.stands, strict=True))
    if {stand.standing for _, stand in both} == {Standing.DECLARED}:
        shown = both if difference.path else [one for one in both if one[0] is only(difference, comparison)]
        yield " · ".join(f"{party.name}: {stand.origin}" for party, stand in shown)
        return
    for party, stand in both:
        where = f" ({stand.origin})" if stand.origin else ""
        yield f"{party.name}: {WORDS[stand.standing]}{where}"


# --- the rest ---


def _unread(unread: Sequence[Unread], style: Style) -> str:
    if not unread:
        return ""
    title = style.paint("dim", "Not comparable: nobody can say whether it is the same")
    return "\n".join([title, *(style.wrapped(f"  {safe(unread_text(item))}", "    ") for item in unread)])


def unread_text(item: Unread) -> str:
    """What cannot be compared, and why."""
    fields = f": {', '.join(item.fields)}" if item.fields else ""
    return f"{item.address}{fields} ({item.why})"


def _same(comparison: Comparison, style: Style) -> str:
    if not style.every or not comparison.same:
        return ""
    return "\n".join([style.paint("dim", "The same"), *(f"  {safe(one)}" for one in comparison.same)])


def comparison_sheet(comparison: Comparison) -> Sheet:
    """The same as tables."""
    names = [party.name for party in comparison.parties]
    head = ("What", *names, *(f"How {name} stands to its files" for name in names))
    tables = (
        Table("Not expected", head, tuple(_row(item, "delete") for item in comparison.unexpected)),
        Table(
            "Expected, as the files declare it", head, tuple(_row(item, "") for item in comparison.expected)
        ),
        Table("Not comparable", ("What",), tuple(Row((unread_text(item),)) for item in comparison.unread)),
        Table("The same", ("What",), tuple(Row((one,)) for one in comparison.same)),
    )
    lead = f"{comparison_sum(comparison)} {'; '.join(map(party_text, comparison.parties))}."
    return Sheet("compare", " and ".join(names), lead, tuple(table for table in tables if table.rows))


def _row(item: Difference, tone: str) -> Row:
    what = ": ".join(part for part in (item.address, ".".join(map(str, item.path))) if part)
    stands = (f"{WORDS[one.standing]}{f' ({one.origin})' if one.origin else ''}" for one in item.stands)
    return Row((what, *map(show, item.values), *stands), tone)


# --- for programs ---


def comparison_document(comparison: Comparison) -> dict[str, Json]:
    """The same for programs; `schemas/compare.json` describes it."""
    first, second = comparison.parties
    return {
        "format_version": "1",
        "a": _party(first),
        "b": _party(second),
        "summary": {
            "unexpected": len(comparison.unexpected),
            "expected": len(comparison.expected),
            "not_comparable": len(comparison.unread),
            "same": len(comparison.same),
        },
        "differences": [_difference(item) for item in comparison.differences],
        "not_comparable": [
            {"address": item.address, "fields": list(item.fields), "reason": item.why}
            for item in comparison.unread
        ],
        "same": list(comparison.same),
    }


def _party(party: Party) -> Json:
    if party.instance is None:
        return {"name": party.name, "instance": None}
    who: Json = {"id": party.instance.id, "environment_type": party.instance.environment_type}
    return {"name": party.name, "instance": who}


def _difference(item: Difference) -> Json:
    one, other = item.stands
    return {
        "address": item.address,
        "path": list(item.path),
        "expected": item.expected,
        "a": _side(item.values[0], one),
        "b": _side(item.values[1], other),
    }


def _side(tagged: Tagged, stand: Stand) -> Json:
    origin: Json = {"file": stand.origin.file, "line": stand.origin.line} if stand.origin else None
    return {"is": encode_value(tagged), "standing": stand.standing.value, "origin": origin}
