"""Whole processes, one after the other, round after round: what drifts on the machine hits all of them alike."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_KIBI = 1024 * 1024 if sys.platform == "darwin" else 1024  # what ru_maxrss counts, per MiB


@dataclass(frozen=True, slots=True)
class Program:
    """One command to measure."""

    name: str
    command: Sequence[str]
    folder: Path
    environ: Mapping[str, str]


@dataclass(slots=True)
class Times:
    """What the rounds of one program took, in milliseconds and MiB."""

    wall: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{min(self.wall):.0f} / {median(self.wall):.0f} / {max(self.wall):.0f}"


class FailedError(Exception):
    """A measured program did not do what it was measured for."""


def run_all(programs: Sequence[Program], rounds: int) -> dict[str, Times]:
    """Run everything once to warm up, and then `rounds` times in turns."""
    times = {program.name: Times() for program in programs}
    for number in range(rounds + 1):
        for program in programs:
            wall, peak = _run(program)
            if number:
                times[program.name].wall.append(wall)
                times[program.name].peak.append(peak)
    return times


def _run(program: Program) -> tuple[float, float]:
    begin = time.perf_counter()
    process = subprocess.Popen(
        program.command,
        cwd=program.folder,
        env=program.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = (time.perf_counter() - begin) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise FailedError(f"{program.name} ended with {process.returncode}")
    return wall, usage.ru_maxrss / _KIBI


def output(program: Program) -> str:
    """What a program prints, outside of all timing."""
    ran = subprocess.run(
        program.command,
        cwd=program.folder,
        env=program.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise FailedError(f"{program.name} ended with {ran.returncode}: {ran.stderr.strip()[-400:]}")
    return ran.stdout


def ratio(one: Times, other: Times) -> float:
    """How much longer one took than the other in the same round: the median over the rounds."""
    return median(mine / theirs for mine, theirs in zip(one.wall, other.wall, strict=True))
