"""Builds, installs, serves, measures, prints a table and writes README.md: `make bench`, or run this file.

Ends with 1 when a goal is missed or a row could not be measured. `--rounds N` measures longer, `--dry` writes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import install, measure, report, world
from benchmarks.measure import Program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WORK = install.ROOT / "build" / "benchmarks"
_KEY = "sk_test_benchmarksBenchmarksBenchmarks"
_LATENCY = 100
_QUIET = {
    "CLERK_TELEMETRY_DISABLED": "1",
    "CLERK_NO_UPDATE_CHECK": "1",
    "CLERK_MODE": "agent",
    "DO_NOT_TRACK": "1",
    "NO_UPDATE_NOTIFIER": "1",
}


@dataclass(frozen=True, slots=True)
class Served:
    """A running stub and the project that is in sync with it."""

    world: str
    port: int
    project: Path

    def calls(self) -> list[str]:
        """The calls since this was last asked."""
        with urlopen(f"http://127.0.0.1:{self.port}/calls") as answer:
            made: list[str] = json.load(answer)
        return made


def main() -> int:
    """Measure everything once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--dry", action="store_true", help="print the table and leave README.md as it is")
    asked = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    _say("building the wheel and installing it")
    programs = install.product(WORK)
    clerk, why_not = _clerk()
    with ExitStack() as stack:
        _say("starting the stubs")
        served = {name: stack.enter_context(_stub(name, *what)) for name, what in _STUBS.items()}
        chosen = list(_programs(programs, clerk, served))
        calls = _check(chosen, served)
        _say(f"measuring {len(chosen)} programs in turns, {asked.rounds} rounds")
        times = measure.run_all(chosen, asked.rounds)
    rows = report.judge(times, calls, why_not)
    print(report.table(rows))
    print()
    print(report.figures(times))
    if not asked.dry:
        readme = Path(__file__).parent / "README.md"
        readme.write_text(report.readme(rows, times, asked.rounds, install.CLERK), encoding="utf-8")
    return 0 if all(row.reached for row in rows) else 1


_STUBS: Mapping[str, tuple[str, int]] = {
    "mixed, 0 ms": (world.MIXED, 0),
    f"mixed, {_LATENCY} ms": (world.MIXED, _LATENCY),
    f"two pages, {_LATENCY} ms": (world.TWO_PAGES, _LATENCY),
    f"probed, {_LATENCY} ms": (world.PROBED, _LATENCY),
    "10k": ("10000", 0),
    "100k": ("100000", 0),
}


def _say(text: str) -> None:
    print(f"{text} …", file=sys.stderr, flush=True)


def _clerk() -> tuple[Path | None, str]:
    _say("installing the vendor's command line")
    try:
        return install.clerk(WORK), ""
    except install.MissingError as error:
        _say(f"NO COMPARISON with clerk: {error}")
        return None, "the vendor's CLI could not be installed"


@contextmanager
def _stub(name: str, content: str, latency: int) -> Iterator[Served]:
    """A stub in a process of its own; it writes the project that fits, and this puts it under version control."""
    folder = WORK / "projects" / name.replace(",", "").replace(" ", "-")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [sys.executable, str(Path(__file__).with_name("stub.py")), content, str(latency), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - told to mypy
            port = int(process.stdout.readline())
            _commit(folder)
            yield Served(content, port, folder)
        finally:
            process.terminate()


def _commit(folder: Path) -> None:
    """Projects are under version control, and a plan asks for their commit: that time counts too."""
    git = shutil.which("git")
    if git is None:
        _say("git is not installed, so plans do not pay for asking it")
        return
    who = ("-c", "user.name=bench", "-c", "user.email=bench@acme.example")
    for command in (("init", "--quiet"), ("add", "."), (*who, "commit", "--quiet", "--message", "bench")):
        subprocess.run([git, *command], cwd=folder, check=True)


def _programs(programs: Path, clerk: Path | None, served: Mapping[str, Served]) -> Iterator[Program]:
    home = WORK / "home"
    home.mkdir(exist_ok=True)
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "CLERK_SECRET_KEY": _KEY, "LANG": "C.UTF-8"}
    reconcile = str(programs / "reconcile")
    yield Program("bare python", (str(programs / "python"), "-c", "pass"), WORK, environ)
    yield Program("reconcile --help", (reconcile, "--help"), WORK, environ)
    if clerk:
        own = {
            **environ,
            **_QUIET,
            "CLERK_CONFIG_DIR": str(home / "config"),
            "CLERK_CACHE_DIR": str(home / "cache"),
        }
        yield Program("clerk --help", (str(clerk), "--help"), home, own)
    for name, stub in served.items():
        yield Program(f"reconcile plan ({name})", (reconcile, "plan", "-e", "bench"), stub.project, environ)
        if clerk and stub.world == world.MIXED:
            url = f"http://127.0.0.1:{stub.port}"
            here = {**own, "CLERK_BACKEND_API_URL": url, "CLERK_PLATFORM_API_URL": url}
            yield Program(f"clerk config pull ({name})", (str(clerk), "config", "pull"), home, here)


def _check(programs: Sequence[Program], served: Mapping[str, Served]) -> dict[str, tuple[int, int]]:
    """Let each program show once that it does what it is measured for; calls made and least possible, by program."""
    calls = {}
    for program in programs:
        said = measure.output(program)
        stub = next((one for name, one in served.items() if f"({name})" in program.name), None)
        made = len(stub.calls()) if stub else 0
        if stub and program.name.startswith("reconcile"):
            if "Nothing to do." not in said:
                raise measure.FailedError(f"{program.name} is no no-op: {said[-400:]}")
            least = world.least_calls(stub.world)
            if made < least:
                raise measure.FailedError(
                    f"{program.name} made {made} calls, and nothing can do with less than {least}"
                )
            calls[program.name] = (made, least)
        elif stub and not made:
            raise measure.FailedError(f"{program.name} made no call")
    return calls


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (install.MissingError, measure.FailedError) as error:
        sys.exit(f"error: {error}; nothing was written")
