"""Lists of identifiers or URLs, one a line or as a column of a table -> entries of a list kind."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

from reconcile.adopt.text import LINE_END
from reconcile.errors import UsageError
from reconcile.model import Candidate, Finding, Left, Origin, Review, Severity, Taken, Why

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.model import Kind

_BLANK = " \t"
_SEPARATORS = ",;\t"  # the second is what spreadsheets write where the first one stands in numbers


class _Row(NamedTuple):
    """The cells of a row, or the text of a line, and the line on which it begins."""

    line: int
    cells: Sequence[str]


def read_lines(kind: Kind, text: str, file: str) -> Taken:
    """One entry a line, as in a file for `!lines`: blank lines and those that start with `#` are none."""
    lines = ((number, line.strip(_BLANK)) for number, line in enumerate(LINE_END.split(text), start=1))
    return _entries(kind, file, [(line, entry) for line, entry in lines if entry and entry[0] != "#"])


def read_csv(kind: Kind, text: str, file: str, column: str = "") -> Taken:
    """One column of a table whose first row holds names: the one that is asked for, that of the key, or the only one.

    Raises UsageError where it is not clear which.
    """
    rows, broken = _rows(text, file)
    names = [name.strip(_BLANK) for name in rows[0].cells] if rows else []
    at = _column(kind, names, column, file)
    entries, empty = [], []
    for line, cells in rows[1:]:
        cell = cells[at].strip(_BLANK) if at < len(cells) else ""
        if cell:
            entries.append((line, cell))
        elif any(cells):
            message = f"this row has nothing in the column {names[at]!r}; fill it in, or remove the row"
            empty.append(_wrong(Origin(file, line), message, kind.section))
    taken, headless = _entries(kind, file, entries), _headless(kind, file, rows, names[at])
    return Taken(taken.objects, tuple(_others(names, at)), (*broken, *headless, *empty, *taken.findings))


def _rows(text: str, file: str) -> tuple[list[_Row], list[Finding]]:
    """The rows of a table but for blank ones; and where it ends before its time, that."""
    lines = LINE_END.split(text)
    head = next((line for line in lines if line), "")
    separator = max(_SEPARATORS, key=head.count)
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator, strict=True)
    rows: list[_Row] = []
    begins = 1
    try:
        for cells in reader:
            if cells:
                rows.append(_Row(begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        message = f"the row that begins here cannot be read ({error}); look at its quotes"
        return rows, [_wrong(Origin(file, begins), message)]
    return rows, []


def _column(kind: Kind, names: Sequence[str], wanted: str, file: str) -> int:
    """Where the wanted column stands."""
    lower = [name.lower() for name in names]
    if wanted and wanted in names:
        return names.index(wanted)
    if not wanted and kind.key in lower:
        return lower.index(kind.key)
    if not wanted and len(names) == 1:
        return 0
    known = ", ".join(name or "(no name)" for name in names) or "nothing"
    what = f"{file} has no column {wanted!r}." if wanted else f"which column of {file} is it?"
    raise UsageError(f"{what} Its first row names {known}; say --column NAME")


def _headless(kind: Kind, file: str, rows: Sequence[_Row], name: str) -> Iterator[Finding]:
    """A first row that is an entry and no name would be lost."""
    remarks = kind.check(Review(kind.normalise(name), {}, {}))
    if all(remark.severity is not Severity.ERROR for remark in remarks):
        message = "the first row has to hold names, and this is an entry; put a row of names above it"
        yield _wrong(Origin(file, rows[0].line), message, kind.address(name))


def _others(names: Sequence[str], at: int) -> Iterator[Left]:
    for number, name in enumerate(names):
        if number != at:
            title = name or f"column {number + 1}"
            yield Left((title,), Why.UNASKED, "a column that was not asked for")


def _entries(kind: Kind, file: str, entries: Sequence[tuple[int, str]]) -> Taken:
    """The entries in the form in which the service keeps them, each once; and all that is wrong, by line."""
    found: dict[str, Candidate] = {}
    findings: list[Finding] = []
    lines: dict[str, int] = {}
    for line, text in entries:
        key, origin = kind.normalise(text), Origin(file, line)
        if key in lines:
            message = f"stands on line {lines[key]} already, and is taken once"
            findings.append(Finding(Severity.INFO, "twice", message, kind.address(key), origin))
            continue
        lines[key] = line
        found[key] = Candidate(kind.name, key, origin=origin)
        findings += [
            Finding(remark.severity, remark.rule, remark.message, kind.address(key), origin)
            for remark in kind.check(Review(key, {}, {}))
        ]
    return Taken(tuple(found.values()), findings=tuple(findings))


def _wrong(origin: Origin, message: str, address: str = "") -> Finding:
    return Finding(Severity.ERROR, "source", message, address, origin)
