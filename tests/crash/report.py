"""The kills as the tables that stand in docs/reliability.md."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.crash.kills import INSISTED
from tests.crash.play import SORTS
from tests.lab import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PAGE = ROOT / "docs" / "reliability.md"
_MARKS = ("<!-- the kills: python -m tests.crash --write -->", "<!-- end of the kills -->")
_BLOCK = re.compile(f"{re.escape(_MARKS[0])}\n(.*?){re.escape(_MARKS[1])}", re.DOTALL)
KINDS: Mapping[str, str] = {
    "make folder": "before a folder is made",
    "make ": "before a file is made, under the name that it has for now",
    "put in place": "before a file, whole and on disk, takes its place: plan, snapshot, receipts, what was agreed on",
    "line run": "before the line that says whose run it is",
    "half of a line run": "in the middle of it",
    "line call": "before the line that a call is about to be sent",
    "half of a line call": "in the middle of it",
    "call ": "after that line, before the call is sent",
    "line answer": "after its effect on the server, before the line that it was answered",
    "half of a line answer": "in the middle of it",
    "line outcome": "before the line that a change has ended, after its receipt",
    "half of a line outcome": "in the middle of it",
    "line end": "before the line that the run is over",
    "half of a line end": "in the middle of it",
}
"""How boundaries begin, and what they are."""


@dataclass
class Result:
    """What all parts came to."""

    boundaries: Mapping[str, Sequence[str]] = field(default_factory=dict)
    count: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)

    def tables(self) -> str:
        return "\n".join([*_total(self), "", *_boundaries(self.boundaries), ""])


def result(parts: int, how: str, only: int | None = None) -> Result:
    """Play the kills in so many processes at once, or one part of them."""
    found = Result()
    chosen = range(parts) if only is None else [only]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.crash.kills", str(part), str(parts), how],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for part in chosen
    ]
    for process in processes:
        out, err = process.communicate()
        found.texts += err.splitlines()
        if process.returncode == 0:
            document = json.loads(out)
            found.boundaries = document["boundaries"]
            found.count.update(document["count"])
            found.wrong.update(document["wrong"])
    return found


def expected(boundaries: Mapping[str, Sequence[str]]) -> Result:
    """What a run with these boundaries comes to where nothing is wrong."""
    count = Counter({f"{name}: kill": len(passed) for name, passed in boundaries.items()})
    count.update({f"{name}: Ctrl-C twice": len(passed) // INSISTED for name, passed in boundaries.items()})
    return Result(boundaries, count)


def _total(found: Result) -> Iterator[str]:
    kills = sum(number for name, number in found.count.items() if name.endswith("kill"))
    insisted = sum(found.count.values()) - kills
    yield "| | |"
    yield "|---|---:|"
    for name, passed in found.boundaries.items():
        yield f"| Boundaries: {name} | {len(passed)} |"
    yield f"| Processes killed, one at each | {kills} |"
    yield f"| Processes told twice to stop (Ctrl-C), one at every fourth | {insisted} |"
    yield f"| Cut off in all, each run again and each rolled back | {kills + insisted} |"
    for sort, meaning in SORTS.items():
        yield f"| {sort}: {meaning} | {found.wrong[sort]} |"


def _boundaries(boundaries: Mapping[str, Sequence[str]]) -> Iterator[str]:
    one_by_one = {name: passed for name, passed in boundaries.items() if name in {"apply", "rollback"}}
    yield f"| Boundary | {' | '.join(one_by_one)} |"
    yield f"|---|{'---:|' * len(one_by_one)}"
    counts = [Counter(map(kind_of, passed)) for passed in one_by_one.values()]
    for kind, meaning in KINDS.items():
        yield f"| {meaning} | {' | '.join(str(count[kind]) for count in counts)} |"


def kind_of(boundary: str) -> str:
    """The beginning of a boundary that says of what sort it is."""
    return next(kind for kind in KINDS if boundary.startswith(kind))


def on_the_page() -> str:
    """What the page says."""
    found = _BLOCK.search(PAGE.read_text(encoding="utf-8"))
    return found[1] if found else ""


def write(tables: str) -> None:
    """Put the tables into the page."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_BLOCK.sub(lambda _: f"{_MARKS[0]}\n{tables}{_MARKS[1]}", text), encoding="utf-8")
