"""What a judge has to say: how much it looked at, and what it objects to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One disagreement. `operation` is `GET /jwt_templates`; `about` names the part, such as `status 429`, `query paginated`,
    `header Clerk-API-Version`, `request body.claims` or `response data[].id`; `message` is the judge's own words."""

    judge: str
    version: str
    operation: str
    about: str
    message: str

    def __str__(self) -> str:
        return f"{self.judge} {self.version}: {self.operation}: {self.about}: {self.message}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one judge found for one version of the API; `checked` counts what `things` names, declared or not."""

    judge: str
    version: str
    things: str
    checked: int
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A verdict after the declared deviations are taken out."""

    verdict: Verdict
    declared: int
    left: tuple[Violation, ...]


def table(rows: Iterable[Row]) -> str:
    """The rows as a table for a terminal, with the violations that are left below it."""
    rows = list(rows)
    head = ("judge", "version", "checked", "", "declared", "violations")
    cells = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    lines = [_line(line, widths) for line in cells]
    lines.insert(1, "-" * len(lines[0]))
    return "\n".join([*lines, *(f"  {violation}" for row in rows for violation in row.left)])


def _cells(row: Row) -> tuple[str, ...]:
    one = row.verdict
    return (
        one.judge,
        one.version,
        str(one.checked),
        one.things,
        str(row.declared),
        str(len(row.left)),
    )


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    """Numbers to the right, words to the left."""
    aligned = (
        cell.rjust(width) if column in {2, 4, 5} else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(aligned).rstrip()
