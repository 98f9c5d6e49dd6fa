"""Where the vendor's files are knowingly silent or wrong: every deviation with its reason and its evidence."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conformance.report import Row, Violation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.conformance.report import Verdict

FILE = Path(__file__).parent / "declared.toml"
_MEMBERS = {"judges", "versions", "operations", "about", "reason", "evidence"}


@dataclass(frozen=True, slots=True)
class Deviation:
    """One entry. Judges, versions, operations and `about` are lists of globs; an empty list of judges or versions means all."""

    judges: tuple[str, ...]
    versions: tuple[str, ...]
    operations: tuple[str, ...]
    about: tuple[str, ...]
    reason: str
    evidence: str

    def covers(self, violation: Violation) -> bool:
        """Whether this is what the entry speaks of."""
        return (
            _any(self.judges or ("*",), violation.judge)
            and _any(self.versions or ("*",), violation.version)
            and _any(self.operations, violation.operation)
            and _any(self.about, violation.about)
        )


def _any(globs: Iterable[str], text: str) -> bool:
    """Brackets are part of what a path of a field says, not of a glob."""
    return any(fnmatchcase(text, glob.replace("[", "[[]")) for glob in globs)


def read(path: Path = FILE) -> tuple[Deviation, ...]:
    """The entries of a file; raises ValueError where one lacks its reason or its evidence."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(_entry(number, row) for number, row in enumerate(document.get("deviation", ()), 1))


def _entry(number: int, row: dict[str, object]) -> Deviation:
    if unknown := row.keys() - _MEMBERS:
        raise ValueError(f"deviation {number}: unknown members {sorted(unknown)}")
    if not all(row.get(name) for name in ("operations", "about", "reason", "evidence")):
        raise ValueError(f"deviation {number}: needs operations, about, reason and evidence")
    lists = {name: _texts(row.get(name, [])) for name in ("judges", "versions", "operations", "about")}
    return Deviation(**lists, reason=str(row["reason"]), evidence=str(row["evidence"]))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def hold(deviations: Iterable[Deviation], verdicts: Iterable[Verdict]) -> tuple[list[Row], list[Deviation]]:
    """The verdicts without what is declared, and the entries that were of no use."""
    deviations, used, rows = list(deviations), set(), []
    for verdict in verdicts:
        left = []
        for violation in verdict.violations:
            covering = [number for number, one in enumerate(deviations) if one.covers(violation)]
            used.update(covering)
            if not covering:
                left.append(violation)
        rows.append(Row(verdict, len(verdict.violations) - len(left), tuple(left)))
    return rows, [one for number, one in enumerate(deviations) if number not in used]
