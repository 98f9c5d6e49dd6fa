"""Tables as one comment, as many of their rows as it has room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.render.markdown.fit import LIMIT, weight
from reconcile.render.markdown.page import marker
from reconcile.render.markdown.quote import cell, code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.render.sheet import Row, Sheet, Table

_RESERVE = 1_500  # for the notes on what was left out


def sheet_markdown(sheet: Sheet) -> str:
    """The comment about something that is no plan; what has no room is counted."""
    subject = f" {code(sheet.subject)}" if sheet.subject else ""
    head = f"{marker(sheet.command, sheet.subject)}\n\n### {sheet.command}{subject}\n\n{_lead(sheet)}"
    room = LIMIT - weight(head) - _RESERVE
    texts = [head]
    for table in sheet.tables:
        text = "".join(_table(table, room))
        room -= weight(text)
        texts.append(text)
    return "".join(texts)


def _lead(sheet: Sheet) -> str:
    return f"{code(sheet.lead)}\n\n" if sheet.lead else ""


def _table(table: Table, room: int) -> Iterator[str]:
    """The lines of a table as far as they fit, and how many more there are."""
    head = f"**{table.title}**\n\n{_line(table.head)}{_line(tuple('---' for _ in table.head))}"
    yield head
    room -= weight(head)
    for place, row in enumerate(table.rows):
        text = _row(row)
        room -= weight(text)
        if room < 0:
            left = len(table.rows) - place
            yield f"\n> **Not all of it is here:** {left:,} more rows had no room; `--format json` has them.\n"
            break
        yield text
    yield "\n"


def _row(row: Row) -> str:
    return _line(tuple(cell(text) if text else "" for text in row.cells))


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |\n"
