"""Which processes are killed where: all of them, or what `make test` has the time for."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.crash.play import INSIST, play, runs
from tests.crash.stage import KILL, opened, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.crash.play import Calm, Complaint

MEMORY = Path("/dev/shm")  # noqa: S108 - where it is there, nobody waits for a disk; a kill leaves the same behind
INSISTED = 4  # at every so many boundaries a process is also told twice to stop


@dataclass(frozen=True)
class Kill:
    """One process, the boundary at which it is cut off, how, and whether it is rolled back as well as run again."""

    run: str
    at: int
    signals: Sequence[int] = KILL
    both: bool = True

    @property
    def how(self) -> str:
        return "kill" if self.signals == KILL else "Ctrl-C twice"


def every(calm: Mapping[str, Calm]) -> Iterator[Kill]:
    """A kill at each boundary of each run, and Ctrl-C twice at some."""
    for name, run in calm.items():
        for at in range(1, len(run.passed) + 1):
            yield Kill(name, at)
            if at % INSISTED == 0:
                yield Kill(name, at, INSIST)


def some(calm: Mapping[str, Calm]) -> Iterator[Kill]:
    """A kill at each boundary where one call follows the other, some of which are rolled back; of the rest some."""
    for number, one in enumerate(every(calm)):
        in_order, seldom = calm[one.run].in_order, number % 9 == 0
        if seldom or (in_order and one.signals == KILL):
            yield Kill(one.run, one.at, one.signals, both=number % 5 == 0)


@dataclass
class Played:
    """What came of a part of the kills."""

    boundaries: Mapping[str, Sequence[str]]
    count: Counter[str]
    wrong: Counter[str]

    def document(self) -> dict[str, Any]:
        return {"boundaries": dict(self.boundaries), "count": dict(self.count), "wrong": dict(self.wrong)}


def played(part: int, parts: int, *, quick: bool) -> Played:
    """Kill every so many-th of them; complaints are told at once."""
    folder = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=folder) as name, opened(Path(name)) as stage:
        here = Path(name)
        calm = runs(stage, set_up(stage, here / "start"), here)
        found = Played({name: run.passed for name, run in calm.items()}, Counter(), Counter())
        for one in [*(some if quick else every)(calm)][part::parts]:
            complaints = play(stage, calm[one.run], one.at, here / "left", one.signals, both=one.both)
            shutil.rmtree(here / "left")
            found.count[f"{one.run}: {one.how}"] += 1
            found.wrong.update({complaint.sort for complaint in complaints})
            _tell(one, calm[one.run], complaints)
        return found


def _tell(one: Kill, calm: Calm, complaints: Sequence[Complaint]) -> None:
    for complaint in complaints:
        where = f"{one.run}, {one.how} at {one.at} ({calm.passed[one.at - 1]})"
        sys.stderr.write(f"{where}: {complaint.sort}: {complaint.text}\n")


def main(words: Sequence[str]) -> None:
    """`python -m tests.crash.kills PART PARTS quick|all`: one process plays a part of the kills and prints what came of it."""
    part, parts, how = words
    sys.stdout.write(json.dumps(played(int(part), int(parts), quick=how == "quick").document()) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
