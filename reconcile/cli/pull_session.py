"""A session that may write to the files of a project."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.cli.init import EXAMPLE
from reconcile.cli.opening import open_bare_project
from reconcile.cli.session import Session
from reconcile.edit import Files
from reconcile.errors import FilesError
from reconcile.load.interpolate import Mistake
from reconcile.model import Desired, Live, Secret
from reconcile.observe import observe

if TYPE_CHECKING:
    from pathlib import Path

    from reconcile.catalogue import Catalogue
    from reconcile.client import Client
    from reconcile.load import Project
    from reconcile.model import Baseline, Declared


class Pulling(Session):
    """A session that may write to the files, and for which there need be none yet.

    Secrets that are not at hand are known by name alone: a pull sends nothing.
    """

    def _open(self, folder: Path) -> tuple[Project, Catalogue]:
        """The project; the example that `init` has written counts as no resource file while nobody has touched it."""
        project, found = open_bare_project(folder, self.world)
        example = EXAMPLE.encode()
        self.examples = [path for path in project.resources if project.content(path) == example]
        if len(self.examples) < len(project.resources):
            self.examples = []
            if project.unmatched:
                raise FilesError(project.unmatched)
        left = tuple(path for path in project.resources if path not in self.examples)
        return replace(project, resources=left), found

    def _seal(self, name: str) -> Secret:
        try:
            return super()._seal(name)
        except Mistake:
            return Secret(name)

    @property
    def fresh(self) -> bool:
        """Whether no file says anything yet, so that everything comes into them."""
        return not self.desired.sections

    def look(self, client: Client) -> Live:
        """The live side of all that is declared, or of every kind where nothing is."""
        live = self.observe(client)
        if not self.fresh:
            return live
        version = self.environment.api_version
        kinds = [
            kind
            for kind in self.catalogue.kinds.values()
            if kind.since <= version and kind.name not in live.objects
        ]
        more = observe(client, kinds, probe=self.environment.probe, skip_gated=True)
        return replace(
            live, objects={**more.objects, **live.objects}, missing={**more.missing, **live.missing}
        )

    def files(self) -> Files:
        """The files, to be changed."""
        return Files.opened(self.project, self.environment, self.catalogue, self._values)

    def base(self, instance: str) -> Baseline | None:
        """What files and instance last agreed on."""
        from reconcile.state.applied import read_applied

        return read_applied(self.state, instance)

    def sealed(self, desired: Desired) -> Desired:
        """The same wishes with the secrets that are at hand."""
        sections = {
            name: replace(section, objects={key: self._known(one) for key, one in section.objects.items()})
            for name, section in desired.sections.items()
        }
        return Desired(sections)

    def _known(self, declared: Declared) -> Declared:
        secrets = {name: one for name, one in declared.fields.items() if isinstance(one, Secret)}
        if not secrets:
            return declared
        fields = {**declared.fields, **{name: self._seal(one.name) for name, one in secrets.items()}}
        return replace(declared, fields=fields)
