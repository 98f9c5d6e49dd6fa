"""The judges "requests" and "responses": what was said between our client and the simulator, held against the vendor's files.

What is said comes from three sources: a tour that reaches every operation, the whole test suite, and the examples.
Each runs with the recorder. Every message is judged by every version, the one that it names and all others.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.conformance import vendor
from tests.conformance.exchange import CLIENT, SIMULATOR, Exchange, distinct, form_of, read
from tests.conformance.report import Verdict, Violation
from tests.conformance.validation import Validation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from tests.conformance.validation import Objection
    from tests.conformance.vendor import Vendor

ROOT: Final = Path(__file__).parents[2]
RECORDER: Final = Path(__file__).parent / "recorder"
_JUDGES: Final = {CLIENT: "requests", SIMULATOR: "responses"}
_PATIENCE: Final = 900  # seconds for one source


@dataclass(frozen=True, slots=True)
class Source:
    """A program whose traffic is recorded."""

    name: str
    words: tuple[str, ...]


TOUR: Final = Source("the tour", (sys.executable, "-m", "tests.conformance.tour"))
SUITE: Final = Source(
    "the test suite",
    (
        sys.executable,
        *("-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"),
        "--ignore=tests/conformance",
        "tests",
    ),
)
EXAMPLES: Final = Source("the examples", ("bash", "examples/demo.sh", "{folder}/demo"))


def judge(specs: Mapping[str, Vendor], *, fast: bool) -> Iterator[Verdict]:
    """The verdicts on both sides for each version; `fast` leaves it at the tour."""
    with TemporaryDirectory() as folder:
        sources = (TOUR,) if fast else (TOUR, SUITE, EXAMPLES)
        failures = [failure for source in sources for failure in run(source, Path(folder))]
        said = read(Path(folder))
    yield Verdict("sources", "all", "runs", len(sources), tuple(failures))
    yield from verdicts(specs, said)


def run(source: Source, folder: Path) -> Iterator[Violation]:
    """Run a program with the recorder; that it failed is a violation of its own."""
    environ = {
        **os.environ,
        "CONFORMANCE_RECORD": str(folder),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))),
        "PYTHONPATH": os.pathsep.join((str(RECORDER), str(ROOT))),
    }
    words = [word.format(folder=folder) for word in source.words]
    ran = subprocess.run(
        words, cwd=ROOT, env=environ, capture_output=True, encoding="utf-8", timeout=_PATIENCE, check=False
    )
    if ran.returncode:
        last = (ran.stderr.strip() or ran.stdout.strip())[-2000:]
        yield Violation("sources", "all", source.name, f"exit {ran.returncode}", last)


def verdicts(specs: Mapping[str, Vendor], said: Iterable[Exchange]) -> Iterator[Verdict]:
    """What each version says of each message, once for each form that messages take."""
    paths = Paths(path for spec in specs.values() for path in spec.document["paths"])
    spoken = distinct((paths.operation(one), one) for one in said)
    spoken = [(operation, one) for operation, one in spoken if not _absent(specs, operation, one)]
    judges = _judges(specs, {operation.partition(" ")[2] for operation, _ in spoken})
    for version in specs:
        for speaker, name in _JUDGES.items():
            mine = [(operation, one) for operation, one in spoken if one.speaker == speaker]
            violations = {*_violations(judges[version], version, mine)}
            if version == max(specs):
                violations.update(_unheard(name, version, mine))
            yield Verdict(name, version, name, len(mine), _first_of_each(violations))


def _absent(specs: Mapping[str, Vendor], operation: str, one: Exchange) -> bool:
    """Whether the simulator refuses what the version that was asked for does not have: nobody describes that answer."""
    asked = specs.get(one.version or min(specs))
    lacking = asked is not None and operation.partition(" ")[2] not in asked.document["paths"]
    return lacking and one.speaker == SIMULATOR and one.status >= 400


def _judges(specs: Mapping[str, Vendor], paths: Collection[str]) -> dict[str, Judge]:
    """A judge for each version; versions that say the same of these paths share one."""
    found: dict[str, Judge] = {}
    judges = {}
    for version, spec in specs.items():
        part = spec.slice(paths)
        text = json.dumps([part["paths"], part["components"]], sort_keys=True)
        judges[version] = found.setdefault(text, Judge(spec, paths))
    return judges


class Judge:
    """What a description says of messages; it looks once at those that differ only in the version that they name."""

    def __init__(self, spec: Vendor, paths: Collection[str]) -> None:
        self._validation = Validation(spec, paths)
        self._known: dict[object, list[Objection]] = {}

    def objections(self, operation: str, one: Exchange) -> list[Objection]:
        """What is wrong with a message."""
        form = (operation, *form_of(one, with_version=False))
        if form not in self._known:
            judge = self._validation.of_request if one.speaker == CLIENT else self._validation.of_answer
            self._known[form] = list(judge(operation, one))
        return self._known[form]


def _violations(judge: Judge, version: str, spoken: Iterable[tuple[str, Exchange]]) -> Iterator[Violation]:
    for operation, one in spoken:
        for about, message in judge.objections(operation, one):
            yield Violation(_JUDGES[one.speaker], version, operation, _of(about, one, version), message)


def _of(about: str, one: Exchange, version: str) -> str:
    """A version that lacks a path is no news where the message was meant for another one."""
    return f"{about}, meant for {one.version}" if about == "path" and one.version != version else about


def _first_of_each(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """One violation for each place; there may be a hundred messages with the same fault."""
    found: dict[tuple[str, str], Violation] = {}
    for one in sorted(violations):
        found.setdefault((one.operation, one.about), one)
    return tuple(found.values())


def _unheard(name: str, version: str, spoken: Iterable[tuple[str, Exchange]]) -> Iterator[Violation]:
    """Operations of our contract that were never sent, or never answered as they are meant to be."""
    heard = {operation for operation, one in spoken if one.status < 300}
    message = {"requests": "our client never sends it", "responses": "was never answered with success"}[name]
    for method, path in ours().operations():
        if f"{method} {path}" not in heard:
            yield Violation(name, version, f"{method} {path}", "operation", message)


@cache
def ours() -> Vendor:
    """The contract of this project."""
    return vendor.read(ROOT / "openapi.yml", "ours")


class Paths:
    """Finds the template that a path was made from."""

    def __init__(self, templates: Iterable[str]) -> None:
        ordered = sorted(set(templates), key=lambda template: (template.count("{"), template))
        self._patterns = [(template, _pattern(template)) for template in ordered]

    def operation(self, one: Exchange) -> str:
        """Method and template; the path as it is where no version has it."""
        path = one.path.removeprefix("/v1") or "/"
        found = (template for template, pattern in self._patterns if pattern.fullmatch(path))
        return f"{one.method} {next(found, path)}"


def _pattern(template: str) -> re.Pattern[str]:
    """`/a/{b}` as a regular expression; a parameter is one segment."""
    return re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(template)))
