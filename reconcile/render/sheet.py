"""Something to read that is no plan, such as a list of runs: a title, some facts, and tables. No I/O here.

`markdown.sheet_markdown` and `html.sheet_page` write it down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; `tone` says how it is meant: create, update, delete, or nothing."""

    cells: tuple[str, ...]
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a title, each with as many cells as there are names in the head."""

    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is shown. `command` and `subject` name it; `lead` is what to know first."""

    command: str
    subject: str
    lead: str
    tables: tuple[Table, ...] = ()

    def told(self, say: Callable[[str], str]) -> Sheet:
        """The same with every text that may hold data said in another way, such as masked."""
        tables = tuple(
            replace(table, rows=tuple(replace(row, cells=tuple(map(say, row.cells))) for row in table.rows))
            for table in self.tables
        )
        return replace(self, lead=say(self.lead), tables=tables)
