"""The files of one environment, to be changed so that they say something else, and nothing else of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconcile.edit.attempt import Attempt, Outcome, with_edits
from reconcile.edit.desk import Pages
from reconcile.edit.marks import marked
from reconcile.edit.wanted import Wishes
from reconcile.edit.wish import Stuck
from reconcile.edit.write import Edit
from reconcile.errors import FilesError
from reconcile.load import load_desired
from reconcile.model import Finding, Secret, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path as FilePath

    from reconcile.catalogue import Catalogue
    from reconcile.edit.attempt import Refused
    from reconcile.load import Environment, Project
    from reconcile.load.nodes import Node
    from reconcile.model import Desired, Fields, Json, Path


class Edited(NamedTuple):
    """The files that change; what could not be done, each with its address, its place and what to do.

    `desired` is what the files want once the edits are written, `failed` are the places of the findings.
    """

    edits: tuple[Edit, ...]
    findings: tuple[Finding, ...]
    desired: Desired
    failed: tuple[tuple[str, Path], ...] = ()


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
        self._wishes = Wishes(catalogue.kinds, desired)
        self._remarks: dict[str, tuple[str, ...]] = {}

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

    def revert(self, kind: str, key: str) -> None:
        """A declared object is to be the service's own: `state: default` in place of its fields."""
        self._wishes.revert(kind, key)

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
        self._remarks[kind] = tuple(lines)

    def wishes(self) -> Desired:
        """What the files would want if everything wished could be written."""
        return self._wishes.rendered()

    def edits(self) -> Edited:
        """The files that have to change, checked by loading them; what could not be done is left out and told.

        Values that are marked and repeated come first, where all that repeat them want the same; and once more at the
        end, for then some of them are repeated no more.
        """
        start = self._attempt()
        _, _, stuck = start.desk(start.jobs())
        first = marked(start, stuck)
        second = start.after(first)
        done = second.settled()
        rounds = (first, done, *_freed(second.after(done), done))
        last = rounds[-1]
        return Edited(
            _joined(*(one.edits for one in rounds)),
            tuple(map(self._finding, last.refused)),
            last.desired,
            tuple((address, one.job.path) for one in last.refused for address in one.job.addresses),
        )

    def _attempt(self) -> Attempt:
        pages = Pages(self._project, self._environment)
        return Attempt(
            self._project,
            self._environment,
            self._catalogue,
            self._variables,
            self._wishes,
            self._remarks,
            pages,
        )

    def _finding(self, refused: Refused) -> Finding:
        job, key = refused.job, next(iter(refused.job.keys), "")
        declared = self._wishes.before(job.kind.name).get(key)
        where = ".".join(map(str, job.path))
        text = f"{where}: {refused.why}" if where else refused.why
        place = declared.place(job.path) if declared else None
        return Finding(Severity.WARNING, "edit", text, job.kind.address(key), place)

    def unused(self, edits: Sequence[Edit]) -> list[FilePath]:
        """The files that nothing names any more once these edits are written: bodies and lists of what is gone."""
        sides = (self._project, self.project_with(edits))
        try:
            before, after = (Pages(one, self._environment).used for one in sides)
        except Stuck:  # a file of another environment is broken, and nobody knows what it names
            return []
        return sorted(path for path in before.keys() - after.keys() if path.is_file()) if edits else []

    def project_with(self, edits: Iterable[Edit]) -> Project:
        """The project as it would be read once these edits are written."""
        return with_edits(self._project, edits)


def _freed(attempt: Attempt, done: Outcome) -> tuple[Outcome, ...]:
    """What can change where it is marked once all else is done, and whatever is in the way of nothing any more then."""
    if not any(one.marked for one in done.refused):
        return ()
    freed = marked(attempt, done.refused)
    return freed, attempt.after(freed).settled()


def _joined(*rounds: Iterable[Edit]) -> tuple[Edit, ...]:
    """One edit for each file that changes in any round: as it was before the first, and as it is after the last."""
    found: dict[FilePath, Edit] = {}
    for edit in (one for edits in rounds for one in edits):
        first = found.get(edit.path, edit)
        found[edit.path] = Edit(edit.path, first.before, edit.after)
    return tuple(found[path] for path in sorted(found) if found[path].before != found[path].after)
