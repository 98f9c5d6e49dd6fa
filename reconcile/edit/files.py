"""The files of one environment, to be changed so that they say something else, and nothing else of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from reconcile.edit.additions import Additions
from reconcile.edit.desk import Desk, Pages, Unfit
from reconcile.edit.homes import Homes, matches
from reconcile.edit.jobs import Jobs, expected
from reconcile.edit.wanted import Wishes, said, same
from reconcile.edit.wish import Stuck
from reconcile.errors import FilesError
from reconcile.load import load_desired
from reconcile.model import Finding, Secret, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path as FilePath

    from reconcile.catalogue import Catalogue
    from reconcile.edit.jobs import Job
    from reconcile.edit.write import Edit
    from reconcile.load import Environment, Project
    from reconcile.load.nodes import Node
    from reconcile.model import Desired, Fields, Json, Path


_FEW = 20  # jobs up to which each is tried alone to find the one that fails
_OTHERWISE = "could not be written so that the files say just that; change it by hand"


class Edited(NamedTuple):
    """The files that change; what could not be done, each with its address, its place and what to do.

    `desired` is what the files want once the edits are written, `failed` are the places of the findings.
    """

    edits: tuple[Edit, ...]
    findings: tuple[Finding, ...]
    desired: Desired
    failed: tuple[tuple[str, Path], ...] = ()


class _Refused(NamedTuple):
    """Something that cannot be done, and why."""

    job: Job
    why: str


class _Tried(NamedTuple):
    """What came of an attempt: the jobs that are left to try again, unless all is well."""

    edited: Edited | None
    left: list[Job]
    refused: list[_Refused]


class Files:
    """The files of an environment. Say what they should say with `set`, `drop` and `add`, then ask for the `edits`.

    What is wished is about the values as they are rendered for this environment; where each is written, in which of
    the files, behind which alias or `!file`, is found out here. Before anything is handed out, the changed files are
    loaded with our own loader, and have to want what was wished and nothing else; for the other environments they
    must have no mistakes that they have not had.
    """

    def __init__(
        self,
        project: Project,
        environment: Environment,
        catalogue: Catalogue,
        variables: Mapping[str, Node],
        desired: Desired,
    ) -> None:
        self._project, self._environment, self._catalogue = project, environment, catalogue
        self._variables = variables
        self._pages = Pages(project, environment)
        homes = Homes(self._pages, project.patterns)
        self._wishes = Wishes(catalogue.kinds, desired)
        self._additions = Additions(self._pages, homes)
        self._jobs = Jobs(self._pages, homes, self._wishes, variables, catalogue.kinds, self._additions)

    @classmethod
    def opened(
        cls, project: Project, environment: Environment, catalogue: Catalogue, variables: Mapping[str, Node]
    ) -> Files:
        """The files as they are; raises FilesError where they are wrong. Needs no secrets: they are known by name."""
        desired, findings = load_desired(project, catalogue, variables, Secret, environment)
        if wrong := [one for one in findings if one.severity is Severity.ERROR]:
            raise FilesError(wrong)
        return cls(project, environment, catalogue, variables, desired)

    @property
    def desired(self) -> Desired:
        """What the files want as they are."""
        return self._wishes.desired

    def set(self, kind: str, key: str, path: Path, value: Json) -> None:
        """A field of a declared object, or a value inside of one, is to be this; KeyError where none declares it."""
        self._wishes.set(kind, key, path, value)

    def drop(self, kind: str, key: str, path: Path = ()) -> None:
        """An object, or what stands at a path inside of it, is not to be declared any more."""
        self._wishes.drop(kind, key, path)

    def add(self, kind: str, key: str, fields: Fields, *, notes: Iterable[str] = ()) -> None:
        """An object that no file declares; `notes` are written as comments below its fields.

        It goes to its like, or into a new file `<section>.yml` where a pattern of `resources` matches. Long texts go
        into files of their own, and long lists as well. For a singleton the key is "".
        """
        self._wishes.add(kind, key, fields, notes)

    def forget(self, kind: str, key: str) -> None:
        """Take back whatever was wished about an object."""
        self._wishes.forget(kind, key)

    def remark(self, kind: str, lines: Iterable[str]) -> None:
        """Comment lines for the head of the file in which a new section of this kind stands, or for one without any."""
        self._additions.remarks[kind] = tuple(lines)

    def wishes(self) -> Desired:
        """What the files would want if everything wished could be written."""
        return self._wishes.rendered()

    def edits(self) -> Edited:
        """The files that have to change, checked by loading them; what could not be done is left out and told."""
        jobs: list[Job] = list(self._jobs.all())
        refused: list[_Refused] = []
        while True:
            desk, done, stuck = self._desk(jobs)
            tried = self._tried(desk, done)
            refused += [*stuck, *tried.refused]
            if tried.edited is not None:
                failed = ((address, one.job.path) for one in refused for address in one.job.addresses)
                return tried.edited._replace(
                    findings=tuple(map(self._finding, refused)), failed=tuple(failed)
                )
            jobs = tried.left

    # --- trying ---

    def _desk(self, jobs: Iterable[Job]) -> tuple[Desk, list[Job], list[_Refused]]:
        """What all jobs come to; those that cannot be done are told."""
        desk, done, stuck = Desk(self._pages), [], []
        for job in jobs:
            try:
                _, act = job.plan()
                act(desk)
                done.append(job)
            except Stuck as reason:
                stuck.append(_Refused(job, reason.message))
        return desk, done, stuck

    def _tried(self, desk: Desk, done: list[Job]) -> _Tried:
        try:
            edits = desk.edits()
        except Unfit as unfit:
            guilty = [job for job in done if self._fails_alone(job)]
            return self._without(done, guilty, unfit.message)
        project = self.project_with(edits)
        desired, wrong, strayed = self._loaded(project, done)
        if wrong or strayed:
            why = f"would make the files wrong: {wrong[0]}" if wrong else _OTHERWISE
            return self._without(done, self._guilty(done, strayed, wrong), why)
        for finding in self._new_mistakes(project):
            guilty = [job for job in done if finding.address in job.addresses]
            return self._without(
                done, guilty, f"would make the files of another environment wrong: {finding}"
            )
        return _Tried(Edited(edits, (), desired), [], [])

    def _loaded(self, project: Project, done: list[Job]) -> tuple[Desired, list[Finding], frozenset[str]]:
        """What changed files want, what is wrong in them, and the addresses of which they say something else."""
        desired, findings = load_desired(project, self._catalogue, self._variables, Secret, self._environment)
        wrong = [one for one in findings if one.severity is Severity.ERROR]
        strayed = frozenset(one.address for one in wrong) if wrong else self._strayed(desired, done)
        return desired, wrong, strayed

    def _guilty(self, done: list[Job], strayed: frozenset[str], wrong: Iterable[Finding]) -> list[Job]:
        """The jobs about objects that have strayed, or else those that change a file with a mistake in it.

        Of a few, those that fail by themselves: the others need not suffer for them.
        """
        files = {one.origin.file for one in wrong if one.origin}
        about = [job for job in done if not strayed.isdisjoint(job.addresses)]
        near = about or [job for job in done if self._pages.name(job.plan()[0]) in files]
        return near if len(near) > _FEW else [job for job in near if self._fails_alone(job)] or near

    def _fails_alone(self, job: Job) -> bool:
        """Whether a job cannot be done even where nothing else is."""
        desk, _, _ = self._desk([job])
        try:
            _, wrong, strayed = self._loaded(self.project_with(desk.edits()), [job])
        except Unfit:
            return True
        return bool(wrong or strayed)

    def _without(self, done: list[Job], guilty: list[Job], why: str) -> _Tried:
        """Try again without those that it is about; where nobody knows which these are, without any."""
        out = guilty or done
        return _Tried(None, [job for job in done if job not in out], [_Refused(job, why) for job in out])

    def project_with(self, edits: Iterable[Edit]) -> Project:
        """The project as it would be read once these edits are written."""
        held = {edit.path: edit.after for edit in edits if edit.after is not None}
        before, resources = self._project.content, self._project.resources
        fresh = [path for path in held if path not in resources and self._is_resource(path)]

        def content(path: FilePath) -> bytes:
            return held[path] if path in held else before(path)

        return replace(self._project, resources=(*resources, *fresh), content=content)

    def _is_resource(self, path: FilePath) -> bool:
        return any(matches(pattern, self._pages.name(path)) for pattern in self._project.patterns)

    def _strayed(self, desired: Desired, done: Iterable[Job]) -> frozenset[str]:
        """The addresses that the changed files do not render as they should."""
        got, want = said(desired), expected(self._wishes, done)
        strayed = set()
        for name in got.keys() | want.keys():
            kind = self._catalogue.kinds[name]
            mine, theirs = got.get(name, {}), want.get(name, {})
            for key in mine.keys() | theirs.keys():
                if key not in mine or key not in theirs or not same(kind, mine[key], theirs[key]):
                    strayed.add(kind.address(key))
        return frozenset(strayed)

    def _new_mistakes(self, project: Project) -> Iterator[Finding]:
        """What the changes would make wrong for other environments."""
        for env in self._project.environments.values():
            if env.name != self._environment.name:
                before = {one.message for one in self._mistakes(self._project, env)}
                yield from (one for one in self._mistakes(project, env) if one.message not in before)

    def _mistakes(self, project: Project, env: Environment) -> list[Finding]:
        _, findings = load_desired(project, self._catalogue, env.variables, Secret, env)
        return [one for one in findings if one.severity is Severity.ERROR]

    def _finding(self, refused: _Refused) -> Finding:
        job, key = refused.job, next(iter(refused.job.keys), "")
        declared = self._wishes.before(job.kind.name).get(key)
        where = ".".join(map(str, job.path))
        text = f"{where}: {refused.why}" if where else refused.why
        place = declared.place(job.path) if declared else None
        return Finding(Severity.WARNING, "edit", text, job.kind.address(key), place)
