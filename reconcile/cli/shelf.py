"""The files of a project that are to take what is new: checked by our own rules first, and written all or none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconcile.adopt import Adopted, Whence, against, joined, without
from reconcile.cli.leaks import leaked
from reconcile.cli.opening import open_bare_project, variables
from reconcile.errors import FilesError, RefusedError
from reconcile.load import load_desired
from reconcile.load.files import relative
from reconcile.model import Desired, Finding, Left, Origin, Secret, Severity, Taken, Value, Why
from reconcile.pull.report import FileChange
from reconcile.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from reconcile.catalogue import Catalogue
    from reconcile.cli.groups import Opening
    from reconcile.cli.opening import World
    from reconcile.edit import Edit, Files
    from reconcile.load import Environment, Project
    from reconcile.load.nodes import Node
    from reconcile.model import Adoption, Candidate
    from reconcile.redact import Redactor


def open_taker(folder: Path, world: World) -> tuple[Project, Catalogue]:
    """The project around a folder, which need not have any resource file yet."""
    project, found = open_bare_project(folder, world)
    if project.resources and project.unmatched:
        raise FilesError(project.unmatched)
    return project, found


def _variables(project: Project, sides: Mapping[str, Desired]) -> set[str]:
    """The variables that hold the secrets of a project."""
    keys = {environment.secret_key for environment in project.environments.values()}
    return keys | {
        value.name
        for desired in sides.values()
        for section in desired.sections.values()
        for declared in section.objects.values()
        for value in declared.fields.values()
        if isinstance(value, Secret)
    }


@dataclass(frozen=True, slots=True)
class Shelf:
    """The project that takes what is new, by way of one of its environments."""

    project: Project
    catalogue: Catalogue
    environment: Environment
    values: Mapping[str, Node]
    sides: Mapping[str, Desired]
    redact: Redactor

    @classmethod
    def opened(cls, project: Project, catalogue: Catalogue, opening: Opening, world: World) -> Shelf:
        """With what the files say for every environment; without a name, by way of the first."""
        environment = project.environment(opening.environment or next(iter(project.environments), ""))
        values = {
            one.name: variables(one, opening.variables, world.environ)
            for one in project.environments.values()
        }
        sides = {
            one.name: load_desired(project, catalogue, values[one.name], Secret, one)[0]
            for one in project.environments.values()
        }
        for variable in _variables(project, sides):
            world.redact.learn(variable, world.environ.get(variable, ""))
        return cls(project, catalogue, environment, values[environment.name], sides, world.redact)

    def adopt(self, whence: Whence, taken: Taken, *, dry_run: bool) -> Adopted:
        """Write what is new, unless that is only to be shown."""
        from reconcile.edit import Files, write

        kinds = self.catalogue.kinds
        where = Origin(whence.file or f"instance of {whence.environment}")
        adoption = self._allowed(against(kinds, taken, self.sides), where)
        files = Files.opened(self.project, self.environment, self.catalogue, self.values)
        for found in adoption.new:
            self._add(files, found)
        edited = files.edits()
        self._check_secrets((files.desired, edited.desired), edited.edits)
        if not dry_run:
            write(self.project.root, edited.edits)
        after = against(kinds, Taken(adoption.new), {self.environment.name: edited.desired})
        return Adopted(
            whence,
            replace(adoption, new=tuple(without(adoption.new, after.new))),
            tuple(self._change(edit) for edit in edited.edits),
            (*taken.findings, *edited.findings, *self._shared(edited.edits)),
            dry_run,
        )

    def _add(self, files: Files, found: Candidate) -> None:
        """Wish for an object, or for more settings of one that is declared."""
        section = self.sides[self.environment.name].sections.get(found.kind)
        fields = {name: Value(value) for name, value in found.fields.items()}
        if section and found.key in section.objects:
            for name, value in found.fields.items():
                files.set(found.kind, found.key, (name,), value)
        else:
            files.add(found.kind, found.key, fields, notes=found.notes)

    def _allowed(self, adoption: Adoption, where: Origin) -> Adoption:
        """Without what our own rules say no to, in whichever environment; raises FilesError where that is unclear."""
        wrong: dict[str, Finding] = {}
        for environment in self.project.environments.values():
            for finding in self._objections(environment, adoption.new, where):
                wrong.setdefault(finding.address, finding)
        names = {id(one): self.catalogue.kinds[one.kind].address(one.key) for one in adoption.new}
        if strange := [finding for address, finding in wrong.items() if address not in names.values()]:
            raise FilesError(strange)
        left = tuple(
            Left((address,), Why.UNFIT, f"files may not say this: {finding.message}")
            for address, finding in wrong.items()
        )
        new = tuple(one for one in adoption.new if names[id(one)] not in wrong)
        return replace(adoption, new=new, left=(*adoption.left, *left))

    def _objections(
        self, environment: Environment, new: Sequence[Candidate], whence: Origin
    ) -> Iterator[Finding]:
        found, side = self.catalogue, self.sides[environment.name]
        before, after = (
            validate(found.kinds, found.schemas, desired, environment.api_version)
            for desired in (side, joined(side, new, whence))
        )
        return (one for one in after if one.severity is Severity.ERROR and one not in before)

    def _check_secrets(self, sides: tuple[Desired, Desired], edits: Iterable[Edit]) -> None:
        """Refuse to write a secret of this run into a file, wherever it was found."""
        if found := leaked(self.redact, self.catalogue.kinds, sides, edits):
            name, place = found
            raise RefusedError(
                f"{name} stands in what would be written for {place}; nothing was written: look for it where it was "
                "found, and use another one from now on"
            )

    def _change(self, edit: Edit) -> FileChange:
        sides = (
            None if side is None else side.decode("utf-8-sig", "replace")
            for side in (edit.before, edit.after)
        )
        return FileChange(relative(self.project.root, edit.path), *sides)

    def _shared(self, edits: Iterable[Edit]) -> Iterator[Finding]:
        """That other environments are made from the same files."""
        overlays = {
            one.name: {path for layer in one.overlays for path in layer}
            for one in self.project.environments.values()
        }
        laid = set().union(*overlays.values())
        others = [
            name
            for name, own in overlays.items()
            if name != self.environment.name
            and any(edit.path in own or edit.path not in laid for edit in edits)
        ]
        if others:
            names = ", ".join(others)
            message = f"files that changed are read for {names} as well; plans of these will want what is new"
            yield Finding(Severity.INFO, "shared", message)
