"""From times to a verdict on each goal, as a table and as README.md."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.measure import ratio

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.measure import Times

_BARE = "bare python"
_USUAL_BARE = 15.0
"""Milliseconds that a bare interpreter takes on the machine that absolute goals are written for."""
_HELP = "reconcile --help"
_PLAN = "reconcile plan ({})"
_PULL = "clerk config pull ({})"
_AGAINST: Sequence[tuple[str, float | None, str, str]] = (
    ("`reconcile --help` / `clerk --help`", 0.5, _HELP, "clerk --help"),
    (
        "no-op plan, 11 calls / `clerk config pull`, 5 calls, 0 ms",
        1.6,
        _PLAN.format("mixed, 0 ms"),
        _PULL.format("mixed, 0 ms"),
    ),
    (
        "no-op plan, 11 calls / `clerk config pull`, 5 calls, 100 ms",
        0.5,
        _PLAN.format("mixed, 100 ms"),
        _PULL.format("mixed, 100 ms"),
    ),
    (
        "the same with a second page, 12 calls, 100 ms",
        None,
        _PLAN.format("two pages, 100 ms"),
        _PULL.format("mixed, 100 ms"),
    ),
    (
        "the same with `reads: probe`, 13 calls, 100 ms",
        None,
        _PLAN.format("probed, 100 ms"),
        _PULL.format("mixed, 100 ms"),
    ),
)
"""Plans and help against the vendor's. A second page cannot be asked for before the first has come, and a probe is a
write of nothing, which no instance gets before it is known to be the one that is meant: two round trips each."""


@dataclass(frozen=True, slots=True)
class Row:
    """One goal and what came of it.

    `value` is None where nothing could be measured, and `why` says why; `goal` is None for a figure that only informs.
    """

    what: str
    goal: float | None
    value: float | None
    form: str = "{:.2f} x"
    why: str = ""

    @property
    def reached(self) -> bool:
        """Whether it was measured, and the goal kept."""
        return self.value is not None and (self.goal is None or self.value <= self.goal)

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """What stands in a table."""
        shown = "not measured" if self.value is None else self.form.format(self.value)
        if self.goal is None and self.reached:
            return self.what, shown, "", ""
        verdict = "yes" if self.reached else self.why or "**no**"
        return self.what, shown, "" if self.goal is None else "≤ " + self.form.format(self.goal), verdict


def judge(times: Mapping[str, Times], calls: Mapping[str, tuple[int, int]], why_not: str) -> list[Row]:
    """Every goal, ratios first."""
    return [*_ratios(times, why_not), *_absolutes(times), *_calls(calls)]


def _ratios(times: Mapping[str, Times], why_not: str) -> Iterator[Row]:
    large, small = (times[_PLAN.format(name)] for name in ("100k", "10k"))
    yield Row("`reconcile --help` / bare interpreter", 5.0, ratio(times[_HELP], times[_BARE]))
    for what, goal, mine, theirs in _AGAINST:
        value = ratio(times[mine], times[theirs]) if theirs in times else None
        yield Row(what, goal, value, why=f"**no**: {why_not}" if value is None else "")
    yield Row("plan of 10,000 identifiers / bare interpreter", 400 / _USUAL_BARE, ratio(small, times[_BARE]))
    yield Row(
        "plan of 100,000 identifiers / bare interpreter", 2000 / _USUAL_BARE, ratio(large, times[_BARE])
    )
    yield Row("plan of 100,000 / plan of 10,000 identifiers", 12.0, ratio(large, small))


def _absolutes(times: Mapping[str, Times]) -> Iterator[Row]:
    for name, goal in (("10k", 400.0), ("100k", 2000.0)):
        scaled = ratio(times[_PLAN.format(name)], times[_BARE]) * _USUAL_BARE
        yield Row(f"plan of {name} where a bare interpreter takes 15 ms", goal, scaled, "{:.0f} ms")
    yield Row("peak memory, plan of 100k", 160.0, max(times[_PLAN.format("100k")].peak), "{:.0f} MiB")


def _calls(calls: Mapping[str, tuple[int, int]]) -> Iterator[Row]:
    for name, (made, least) in calls.items():
        yield Row(f"calls made, {name.removeprefix('reconcile ')}", least, made, "{:.0f}")


def table(rows: Sequence[Row]) -> str:
    """The goals as a Markdown table."""
    return _table(("what", "measured", "goal", "reached"), [row.cells for row in rows])


def figures(times: Mapping[str, Times]) -> str:
    """What each program took, as a Markdown table."""
    base = times[_BARE]
    cells = [
        (name, str(found), f"{ratio(found, base):.1f}", f"{median(found.peak):.0f}")
        for name, found in times.items()
    ]
    return _table(("program", "wall ms: min / median / max", "x bare", "peak MiB"), cells)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def readme(rows: Sequence[Row], times: Mapping[str, Times], rounds: int, clerk: str) -> str:
    """The page that is kept in the repository."""
    return _PAGE.format(
        goals=table(rows),
        figures=figures(times),
        rounds=rounds,
        clerk=clerk,
        date=datetime.now(UTC).date().isoformat(),
        python=platform.python_version(),
        system=platform.system(),
        cores=os.cpu_count(),
    )


_PAGE = """\
# Benchmarks

Written by `make bench`, which measures everything anew and rewrites this page. Ratios come first, because they hold
on other machines too: both sides of a ratio run in turns within one run, and the ratio is the median over the rounds.

## Goals

{goals}

## Figures of the latest run

{date}, Python {python} on {system} with {cores} cores, {rounds} rounds after one to warm up, vendor's CLI {clerk}.
Peak memory is the median of the largest resident sizes; what is below that of the measuring program itself (the figure
of bare python) cannot be told apart from it.

{figures}

## What is measured

Whole processes, from the start of the program to its end, output thrown away: what a person or a CI job waits for.

- **The product** is a wheel of this checkout, built and installed into an environment of its own, with compiled
  modules. An editable install would be slower: tools of this kind are often run where Python may not write `.pyc` files.
- **bare python** is that environment's interpreter with `-c pass`: the floor, and the unit for the others.
- **clerk** is the vendor's command line from npm. Its binary is called directly, without the launcher that would add a
  start of node, with telemetry and the search for updates switched off.
- **The server** (`stub.py`) is a small process of its own on the loopback interface. It holds finished answers, sends them
  at once or after 100 ms, and counts the calls.
- **mixed** is a plan of 98 resources of the eleven kinds that GET returns, against an instance that is already as wanted:
  11 calls in one round trip, one for each group of settings and one for each list; who the instance is and what its
  settings are comes with one call. `clerk config pull` makes 5 calls, one after the other.
- **two pages** is the same with 501 live entries in the allow list, so one of them is on a second page, which cannot be
  asked for before the first has come: a second round trip.
- **probed** is all thirteen kinds with `reads: probe`. A probe is a write of nothing, and no instance gets one before it
  is known to be the one that is meant: a second round trip as well.
- **10k** and **100k** are plans of that many block list identifiers, written as a YAML list, against a list of the same
  length, which the service sends in one answer.
- Every project is under version control with one commit, and a plan asks git for it.
- Goals in milliseconds are for a machine on which a bare interpreter takes 15 ms; the figure is the ratio to the bare
  interpreter of the same run, times 15.
- **calls made** are counted by the stub; the goal is the least possible: one for the instance, one for each group of
  settings, and one for each page of 500 (one for a list that comes whole).

Before anything is timed, each plan has to say `Nothing to do.`, and a program that ends with another exit code than 0
stops the run.

## To repeat it

    make bench                                        # everything: about two minutes
    .venv/bin/python benchmarks/run.py --rounds 25    # longer, for a noisy machine
    .venv/bin/python benchmarks/run.py --dry          # leaves this page as it is

It needs Linux or macOS, git, the package index, and npm for the comparison with the vendor's command line (fetched once):
without it, those rows are marked as not measured and the run fails. It also fails when a goal is missed. Everything it
makes is under `build/benchmarks/`.
"""
