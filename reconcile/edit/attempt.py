"""One attempt at what is wished: the files it would change, checked by loading them. No I/O here but that of the loader."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from reconcile.edit.additions import Additions
from reconcile.edit.desk import Desk, Pages, Unfit
from reconcile.edit.homes import Homes, matches
from reconcile.edit.jobs import Jobs, expected
from reconcile.edit.wanted import said, same
from reconcile.edit.wish import Marked, Stuck
from reconcile.load import load_desired
from reconcile.load.files import relative
from reconcile.model import Secret, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from reconcile.catalogue import Catalogue
    from reconcile.edit.jobs import Job
    from reconcile.edit.wanted import Wishes
    from reconcile.edit.write import Edit
    from reconcile.load import Environment, Project
    from reconcile.load.nodes import Node
    from reconcile.model import Desired, Finding

FEW = 20
"""Jobs up to which each is tried alone to find the one that fails."""

_OTHERWISE = "could not be written so that the files say just that; change it by hand"


class Refused(NamedTuple):
    """Something that cannot be done, and why; `marked` where it stands in what others repeat."""

    job: Job
    why: str
    marked: bool = False


class Outcome(NamedTuple):
    """The files that change, what they want then, and what could not be done."""

    edits: tuple[Edit, ...]
    desired: Desired
    refused: tuple[Refused, ...]


class _Tried(NamedTuple):
    """What came of one try: an outcome, or the jobs that are left to try again."""

    outcome: Outcome | None
    left: list[Job]
    refused: list[Refused]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is wished of the files of an environment, and the files as `pages` has them."""

    project: Project
    environment: Environment
    catalogue: Catalogue
    variables: Mapping[str, Node]
    wishes: Wishes
    remarks: Mapping[str, tuple[str, ...]]
    pages: Pages

    def jobs(self) -> Iterable[Job]:
        """All that is to be done."""
        homes = Homes(self.pages, self.project.patterns)
        additions = Additions(self.pages, homes, self.remarks)
        return Jobs(self.pages, homes, self.wishes, self.variables, self.catalogue.kinds, additions).all()

    def after(self, outcome: Outcome) -> Attempt:
        """What is left to be done once an outcome is written."""
        project = with_edits(self.project, outcome.edits)
        pages = Pages(project, self.environment)
        return replace(self, project=project, wishes=self.wishes.against(outcome.desired), pages=pages)

    def settled(self) -> Outcome:
        """As much as can be done together, so that the changed files want just that."""
        left: list[Job] = list(self.jobs())
        refused: list[Refused] = []
        while True:
            desk, done, stuck = self.desk(left)
            tried = self._tried(desk, done)
            refused += [*stuck, *tried.refused]
            if tried.outcome is not None:
                return tried.outcome._replace(refused=tuple(refused))
            left = tried.left

    def desk(self, jobs: Iterable[Job]) -> tuple[Desk, list[Job], list[Refused]]:
        """What all jobs come to; those that cannot be done are told."""
        desk, done, stuck = Desk(self.pages), [], []
        for job in jobs:
            try:
                _, act = job.plan()
                act(desk)
                done.append(job)
            except Stuck as reason:
                stuck.append(Refused(job, reason.message, isinstance(reason, Marked)))
        return desk, done, stuck

    def loaded(self, project: Project, env: Environment | None = None) -> tuple[Desired, list[Finding]]:
        """What files want in an environment, this one unless said, and what is wrong in them."""
        mine = env is None or env.name == self.environment.name
        variables = self.variables if mine or env is None else env.variables
        desired, findings = load_desired(project, self.catalogue, variables, Secret, env or self.environment)
        return desired, [one for one in findings if one.severity is Severity.ERROR]

    # --- one try ---

    def _tried(self, desk: Desk, done: list[Job]) -> _Tried:
        try:
            edits = desk.edits()
        except Unfit as unfit:
            return _without(done, list(self._unfit(done)), unfit.message)
        project = with_edits(self.project, edits)
        desired, wrong = self.loaded(project)
        strayed = self._strayed(desired, wrong, done)
        if wrong or strayed:
            return _without(done, self._guilty(done, strayed, wrong), _why(wrong))
        if mistakes := list(self.new_mistakes(project)):
            return _without(done, list(_mistaken(done, mistakes)), _elsewhere(mistakes[0]))
        return _Tried(Outcome(edits, desired, ()), [], [])

    def _unfit(self, jobs: list[Job]) -> Iterator[Refused]:
        """The jobs that do not fit into their file by themselves, found half by half: there may be thousands."""
        try:
            self.desk(jobs)[0].edits()
        except Unfit as unfit:
            half = len(jobs) // 2
            if not half:
                yield Refused(jobs[0], unfit.message)
                return
            yield from self._unfit(jobs[:half])
            yield from self._unfit(jobs[half:])

    def _guilty(self, done: list[Job], strayed: frozenset[str], wrong: list[Finding]) -> list[Refused]:
        """The jobs about objects that have strayed, or else those that change a file with a mistake in it.

        Of a few, those that fail by themselves: the others need not suffer for them.
        """
        files = {one.origin.file for one in wrong if one.origin}
        about = [job for job in done if not strayed.isdisjoint(job.addresses)]
        near = about or [job for job in done if self.pages.name(job.plan()[0]) in files]
        alone = [] if len(near) > FEW else self._each_alone(near)
        return alone or [Refused(job, _why(wrong)) for job in near]

    def _each_alone(self, jobs: Iterable[Job]) -> list[Refused]:
        """The jobs that cannot be done even where nothing else is, each with its own reason."""
        return [Refused(job, why) for job in jobs if (why := self._alone(job))]

    def _alone(self, job: Job) -> str:
        desk, _, _ = self.desk([job])
        try:
            desired, wrong = self.loaded(with_edits(self.project, desk.edits()))
        except Unfit as unfit:
            return unfit.message
        return _why(wrong) if wrong or self._strayed(desired, wrong, [job]) else ""

    def _strayed(self, desired: Desired, wrong: Iterable[Finding], done: Iterable[Job]) -> frozenset[str]:
        """The addresses that the changed files do not render as they should, or at all."""
        if found := frozenset(one.address for one in wrong):
            return found
        got, want = said(desired), expected(self.wishes, done)
        strayed = set()
        for name in got.keys() | want.keys():
            kind = self.catalogue.kinds[name]
            mine, theirs = got.get(name, {}), want.get(name, {})
            for key in mine.keys() | theirs.keys():
                if key not in mine or key not in theirs or not same(kind, mine[key], theirs[key]):
                    strayed.add(kind.address(key))
        return frozenset(strayed)

    def new_mistakes(self, project: Project) -> Iterator[Finding]:
        """What the changes would make wrong for other environments."""
        for env in self.project.environments.values():
            if env.name != self.environment.name:
                before = {one.message for one in self.loaded(self.project, env)[1]}
                yield from (one for one in self.loaded(project, env)[1] if one.message not in before)


def with_edits(project: Project, edits: Iterable[Edit]) -> Project:
    """The project as it would be read once these edits are written."""
    held = {edit.path: edit.after for edit in edits if edit.after is not None}
    before, resources = project.content, project.resources
    fresh = [path for path in held if path not in resources and _is_resource(project, path)]

    def content(path: Path) -> bytes:
        return held[path] if path in held else before(path)

    return replace(project, resources=(*resources, *fresh), content=content)


def _is_resource(project: Project, path: Path) -> bool:
    return any(matches(pattern, relative(project.root, path)) for pattern in project.patterns)


def _why(wrong: list[Finding]) -> str:
    return f"would make the files wrong: {wrong[0]}" if wrong else _OTHERWISE


def _mistaken(done: Iterable[Job], mistakes: Iterable[Finding]) -> Iterator[Refused]:
    """The jobs about objects that would be wrong in another environment."""
    found: dict[str, Finding] = {}
    for mistake in mistakes:
        found.setdefault(mistake.address, mistake)
    for job in done:
        if mine := [found[one] for one in job.addresses if one in found]:
            yield Refused(job, _elsewhere(mine[0]))


def _elsewhere(mistake: Finding) -> str:
    return f"would make the files of another environment wrong: {mistake}"


def _without(done: list[Job], guilty: list[Refused], why: str) -> _Tried:
    """Try again without those that it is about; where nobody knows which these are, without any."""
    out = guilty or [Refused(job, why) for job in done]
    refused = {id(one.job) for one in out}
    return _Tried(None, [job for job in done if id(job) not in refused], out)
