"""Documents about a plan or a run for people elsewhere: on stdout, and in the files that `--report` names."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from importlib import import_module
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import click

from reconcile.errors import UsageError
from reconcile.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from reconcile.model import Kind, Plan
    from reconcile.render.sheet import Sheet

DOCUMENTS: Mapping[str, str] = {
    "markdown": "reconcile.render.markdown:report",
    "html": "reconcile.render.html:report",
}
"""Documents about a plan: each a function of the plan and the kinds, imported when it is asked for."""

SHEETS: Mapping[str, str] = {
    "markdown": "reconcile.render.markdown:sheet_markdown",
    "html": "reconcile.render.html:sheet_page",
}
"""Documents about something that is no plan."""

_FALSE = frozenset({"", "0", "false", "no", "off"})


def published(environ: Mapping[str, str]) -> bool:
    """Whether what is written here will be read by others: CI is set."""
    return environ.get("CI", "").lower() not in _FALSE


def document_of(form: str, plan: Plan, kinds: Mapping[str, Kind], *, mask: bool) -> str:
    """A plan as one of the documents, without identifiers where they are to be masked."""
    from reconcile.render.mask import masked

    report: Callable[[Plan, Mapping[str, Kind]], str] = _imported(DOCUMENTS[form])
    return report(masked(plan) if mask else plan, kinds)


def sheet_of(form: str, sheet: Sheet, *, identifiers: bool) -> str:
    """A sheet as one of the documents; where CI is set, identifiers are masked unless they were asked for."""
    from reconcile.render.mask import Mask

    write: Callable[[Sheet], str] = _imported(SHEETS[form])
    return write(sheet if identifiers or not published(os.environ) else sheet.told(Mask().text))


def _imported(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


@dataclass(frozen=True, slots=True)
class Reports:
    """The files that were asked for, by format, and whether identifiers are masked in them and on stdout.

    What an instance says may hold a secret of the run, so no report is written but by way of `redact`.
    """

    files: tuple[tuple[str, Path], ...] = ()
    mask: bool = False
    redact: Redactor = field(default_factory=Redactor)

    @classmethod
    def asked(cls, given: Iterable[tuple[str, Path]], *, identifiers: bool) -> Reports:
        """What the command line says; raises UsageError where a file cannot be written, before anything is done."""
        from reconcile.cli.opening import of_this_command

        files = tuple((form, path.absolute()) for form, path in given)
        for _, path in files:
            check_writable("--report", path)
        return cls(files, published(os.environ) and not identifiers, of_this_command())

    def paths(self, form: str) -> tuple[Path, ...]:
        """The files of one format."""
        return tuple(path for name, path in self.files if name == form)

    def printed(self, form: str, plan: Plan, kinds: Mapping[str, Kind]) -> bool:
        """Print a plan where the format is that of a document; whether it was."""
        if form not in DOCUMENTS:
            return False
        click.echo(document_of(form, plan, kinds, mask=self.mask), nl=False)
        return True

    def write(self, plan: Plan, kinds: Mapping[str, Kind], others: Mapping[str, Callable[[], str]]) -> None:
        """Write all files; `others` make the text of formats that are not documents about the plan."""
        for form, path in self.files:
            if form in others:
                self._keep(path, others[form]())
            elif form in DOCUMENTS:
                self._keep(path, document_of(form, plan, kinds, mask=self.mask))

    def write_texts(self, texts: Mapping[str, Callable[[], str]]) -> None:
        """Write all files of a document that is not about a plan: a text for each format that was offered."""
        for form, path in self.files:
            self._keep(path, texts[form]())

    def _keep(self, path: Path, text: str) -> None:
        from reconcile.state.receipts import write_private

        write_private(path, self.redact(text))


def check_writable(option: str, path: Path) -> None:
    """Raise UsageError for a file that nobody could write."""
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"{option}: {path} is no file that can be replaced; name another one")
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise UsageError(f"{option}: {path} cannot be written ({error.strerror})") from error
