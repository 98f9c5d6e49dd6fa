"""What the vendor has and we leave out on purpose: every part with its reason.

`left_out.toml` has two tables. An entry of `kinds` speaks of fields that a kind does not have, and an entry of
`contract` of parts that `openapi.yml` does not have; each names where (kinds or operations, by glob), what, and why.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.conformance.report import Violation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FILE: Final = Path(__file__).parent / "left_out.toml"
_WHERE: Final = {"kinds": "kinds", "contract": "operations"}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One entry of a table."""

    where: tuple[str, ...]
    about: tuple[str, ...]
    reason: str

    def covers(self, lack: Lack) -> bool:
        """Whether this is what the entry speaks of."""
        return lack.violation.about in self.about and any(
            fnmatchcase(lack.where, glob) for glob in self.where
        )


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that the vendor has and we do not: in which kind or operation, and the violation that this is."""

    where: str
    violation: Violation


def read(table: str, path: Path = FILE) -> tuple[LeftOut, ...]:
    """The entries of one table; raises ValueError where one lacks something or has too much."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := document.keys() - _WHERE.keys():
        raise ValueError(f"{path.name}: unknown tables {sorted(unknown)}")
    return tuple(_entry(table, number, row) for number, row in enumerate(document.get(table, ()), 1))


def _entry(table: str, number: int, row: dict[str, object]) -> LeftOut:
    where = _WHERE[table]
    if row.keys() != {where, "about", "reason"} or not all(row.values()):
        raise ValueError(
            f"left_out.toml: {table} {number}: needs {where}, about and reason, and nothing else"
        )
    return LeftOut(_texts(row[where]), _texts(row["about"]), str(row["reason"]))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def objections(
    entries: Sequence[LeftOut], lacks: Iterable[Lack], judge: str, version: str
) -> Iterator[Violation]:
    """What we lack and no entry speaks of, and then what entries speak of in vain."""
    lacks = list(lacks)
    yield from (one.violation for one in lacks if not any(entry.covers(one) for entry in entries))
    for entry in entries:
        for said in _in_vain(entry, [one for one in lacks if entry.covers(one)]):
            yield Violation(
                judge, version, "left_out.toml", said, "is left out in vain; take it out of the file"
            )


def _in_vain(entry: LeftOut, covered: Sequence[Lack]) -> Iterator[str]:
    """The names and the globs of an entry that nothing answers to."""
    names = {one.violation.about for one in covered}
    yield from (about for about in entry.about if about not in names)
    for glob in entry.where:
        if not any(fnmatchcase(one.where, glob) for one in covered):
            yield glob
