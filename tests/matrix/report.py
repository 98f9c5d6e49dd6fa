"""The counts of the matrix as the tables that stand in docs/reliability.md."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from tests.lab import ROOT, known
from tests.matrix.cells import candidates, cells, names
from tests.matrix.play import RECEIPTS, SORTS
from tests.matrix.troubles import IMPOSSIBLE, STATUSES, UNKNOWABLE, exempt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PAGE = ROOT / "docs" / "reliability.md"
_MARKS = ("<!-- the matrix: python -m tests.matrix --write -->", "<!-- end of the matrix -->")
_BLOCK = re.compile(f"{re.escape(_MARKS[0])}\n(.*?){re.escape(_MARKS[1])}", re.DOTALL)
_STATUS = frozenset(map(str, STATUSES))


def counts() -> str:
    """What the matrix consists of; that nothing is wrong with it, the tests say."""
    return "\n".join([*_total(Counter()), "", *_by_name(), "", *_by_family(), "", *_left_out(), ""])


def played(wrong: Mapping[str, int]) -> str:
    """What the matrix came to."""
    return "\n".join([*_total(wrong), ""])


def _total(wrong: Mapping[str, int]) -> Iterable[str]:
    total = sum(len(cells(name)) for name in names())
    yield "| | |"
    yield "|---|---:|"
    yield f"| Faults at points, each played with receipts kept and with receipts lost | {total:,} |"
    yield f"| Cells | {total * len(RECEIPTS):,} |"
    for sort, meaning in SORTS.items():
        yield f"| {sort}: {meaning} | {wrong.get(sort, 0)} |"


def _by_name() -> Iterable[str]:
    yield "| Kind, or whole project | Points | Faults at them |"
    yield "|---|---:|---:|"
    for name in names():
        label = f"`{name}`" if name in known().kinds else f"`examples/{name}`, all kinds together"
        yield f"| {label} | {len({str(cell.point) for cell in cells(name)})} | {len(cells(name)):,} |"


def _by_family() -> Iterable[str]:
    """A row for each sort of fault: at reads, at writes before they take effect, and after."""
    found: Counter[tuple[str, str]] = Counter()
    for name in names():
        for cell in cells(name):
            when = "read" if cell.point.reads else "after" if cell.trouble.took else "before"
            found[cell.trouble.family, when] += 1
    yield "| Fault | Reads | Writes, before the effect | Writes, after it |"
    yield "|---|---:|---:|---:|"
    families = dict.fromkeys(family for family, _ in found)
    for family in sorted(families, key=lambda name: (name not in _STATUS, name)):
        yield (
            f"| {family} | "
            + " | ".join(f"{found[family, when]:,}" for when in ("read", "before", "after"))
            + " |"
        )


def _left_out() -> Iterable[str]:
    yield "| Left out, because | Cells |"
    yield "|---|---:|"
    everything = [cell for name in names() for cell in candidates(name)]
    for row in (*IMPOSSIBLE, *UNKNOWABLE):
        mine = [
            one for one in everything if exempt((*IMPOSSIBLE, *UNKNOWABLE), one.point, one.trouble) is row
        ]
        yield f"| {row.reason} | {len(mine) * len(RECEIPTS):,} |"


def on_the_page() -> str:
    """The counts that the page holds."""
    found = _BLOCK.search(PAGE.read_text(encoding="utf-8"))
    return found[1] if found else ""


def write() -> None:
    """Put the counts into the page."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_BLOCK.sub(lambda _: f"{_MARKS[0]}\n{counts()}{_MARKS[1]}", text), encoding="utf-8")
