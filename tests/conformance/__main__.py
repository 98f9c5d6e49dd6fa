"""Runs the judges, prints what they found, and writes `docs/compatibility.md` when there is nothing to object to."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.conformance import contract, declared, supported, vendor
from tests.conformance.report import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tests.conformance.declared import Deviation
    from tests.conformance.report import Row, Verdict
    from tests.conformance.vendor import Vendor

    Transcripts = Mapping[str, str]
    Found = tuple[Iterable[Verdict], Transcripts]
    Step = Callable[[Mapping[str, Vendor]], Found]


def _contract(specs: Mapping[str, Vendor]) -> Found:
    return contract.judge(specs), {}


def _kinds(specs: Mapping[str, Vendor]) -> Found:
    return supported.judge(specs), {}


# What one judge needs to have installed is not needed by the others, so each is loaded when its turn comes.


def _traffic(specs: Mapping[str, Vendor]) -> Found:
    from tests.conformance import traffic  # noqa: PLC0415

    return traffic.judge(specs, fast=False), {}


def _tour(specs: Mapping[str, Vendor]) -> Found:
    from tests.conformance import traffic  # noqa: PLC0415

    return traffic.judge(specs, fast=True), {}


def _prism(specs: Mapping[str, Vendor]) -> Found:
    from tests.conformance import prism  # noqa: PLC0415

    return prism.judge(specs), {}


def _clients(_: Mapping[str, Vendor]) -> Found:
    from tests.conformance import clients  # noqa: PLC0415

    return clients.judge()


STEPS: Final[Mapping[str, Step]] = {
    "contract": _contract,
    "kinds": _kinds,
    "traffic": _traffic,
    "prism": _prism,
    "clients": _clients,
}
# The tour is the part of the traffic that takes seconds; it does not meet everything that is declared.
PARTIAL: Final[Mapping[str, Step]] = {"tour": _tour}
FAST: Final = ("contract", "kinds", "tour")
# Steps of one wave run side by side: they mostly wait for servers. The test suite needs the machine for itself.
WAVES: Final = (("contract",), ("kinds",), ("tour",), ("traffic",), ("prism", "clients"))


@dataclass(frozen=True, slots=True)
class Result:
    """What one step came to; `failure` says why it could not be run to its end."""

    step: str
    seconds: float
    verdicts: tuple[Verdict, ...] = ()
    transcripts: Transcripts = field(default_factory=dict)
    failure: str = ""


def run(step: str, specs: Mapping[str, Vendor]) -> Result:
    """One step to its end. A step that breaks is a finding like others, so it keeps nobody else from being heard."""
    started = time.monotonic()
    try:
        verdicts, transcripts = {**STEPS, **PARTIAL}[step](specs)
        found = tuple(verdicts)
    except Exception as error:  # noqa: BLE001 - whatever it is, the run fails and says so
        reason = f"{step}: {type(error).__name__}: {error}"
        if not isinstance(error, OSError | RuntimeError) and type(error).__name__ != "NotInstalledError":
            reason = f"{reason}\n{traceback.format_exc()}"
        return Result(step, time.monotonic() - started, failure=reason)
    return Result(step, time.monotonic() - started, found, transcripts, _emptiness(step, found))


def _emptiness(step: str, verdicts: Sequence[Verdict]) -> str:
    """A judge that has looked at nothing has no say."""
    idle = [f"{one.judge} {one.version}" for one in verdicts if not (one.checked or one.violations)]
    return (
        f"{step}: looked at nothing: {', '.join(idle) or 'not one verdict'}" if idle or not verdicts else ""
    )


def unused(idle: Iterable[Deviation], results: Iterable[Result]) -> list[Deviation]:
    """The entries that were of no use, as far as the judges that they name were heard in full."""
    results = list(results)
    heard = {verdict.judge for one in results if one.step in STEPS for verdict in one.verdicts}
    complete = {one.step for one in results} >= STEPS.keys()
    return [one for one in idle if complete or (one.judges and _among(one.judges, heard))]


def _among(globs: Iterable[str], names: Iterable[str]) -> bool:
    """Whether each glob means one of the names."""
    names = list(names)
    return all(any(fnmatchcase(name, glob) for name in names) for glob in globs)


def summary(rows: Sequence[Row], results: Sequence[Result], idle: Sequence[Deviation]) -> str:
    """Everything that there is to say, for a terminal."""
    lines = [table(rows), ""]
    lines += [f"{one.step}: {one.seconds:.1f} s" for one in results]
    lines += [f"failed: {one.failure}" for one in results if one.failure]
    lines += [
        f"declared.toml: is of no use: {', '.join(one.operations)}: {', '.join(one.about)}" for one in idle
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for; 0 if nobody objects."""
    options = _options().parse_args(arguments)
    try:
        specs = vendor.load(options.specs)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    steps = options.only or (FAST if options.fast else tuple(STEPS))
    results = [result for wave in WAVES for result in _wave([step for step in wave if step in steps], specs)]
    deviations = declared.read()
    rows, idle = declared.hold(deviations, (verdict for one in results for verdict in one.verdicts))
    useless = unused(idle, results)
    sys.stdout.write(summary(rows, results, useless))
    objected = bool(useless) or any(row.left for row in rows) or any(one.failure for one in results)
    if not objected and {*steps} >= STEPS.keys() and not options.no_docs:
        _document(specs, rows, deviations, results)
    return int(objected)


def _wave(steps: Sequence[str], specs: Mapping[str, Vendor]) -> list[Result]:
    """The results of steps that run side by side, in their order."""
    if not steps:
        return []
    sys.stderr.write(f"{' and '.join(steps)} …\n")
    if len(steps) > 1:
        _install()
    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(lambda step: run(step, specs), steps))


def _install() -> None:
    """What several steps need is installed before they start; where it cannot be had, each of them says so."""
    from tests.conformance import install  # noqa: PLC0415

    with suppress(install.NotInstalledError):
        install.javascript()


def _document(
    specs: Mapping[str, Vendor],
    rows: Sequence[Row],
    deviations: Sequence[Deviation],
    results: Sequence[Result],
) -> None:
    from tests.conformance import compatibility  # noqa: PLC0415

    transcripts = {title: text for one in results for title, text in one.transcripts.items()}
    page = compatibility.page(specs, rows, deviations, transcripts)
    compatibility.FILE.write_text(page, encoding="utf-8")
    sys.stdout.write(f"Written: {compatibility.FILE}\n")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("tests.conformance", description=__doc__)
    parser.add_argument("--specs", type=Path, required=True, help="the folder of the vendor's descriptions")
    parser.add_argument("--only", nargs="+", choices=[*STEPS, *PARTIAL], help="these steps and no other")
    parser.add_argument("--fast", action="store_true", help=f"the steps that take seconds: {', '.join(FAST)}")
    parser.add_argument("--no-docs", action="store_true", help="leave docs/compatibility.md as it is")
    return parser


if __name__ == "__main__":
    sys.exit(main())
