"""How an adoption ended: what is in the files now, or would be, and which of them change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconcile.model import Adoption, Finding, Instance
    from reconcile.pull.report import FileChange


@dataclass(frozen=True, slots=True)
class Whence:
    """Where something was found: on an instance, or in a file of a certain form."""

    environment: str = ""
    instance: Instance | None = None
    file: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Adopted:
    """What became of a source; `findings` are what could not be written, and what to know about the rest."""

    whence: Whence
    adoption: Adoption
    files: tuple[FileChange, ...] = ()
    findings: tuple[Finding, ...] = ()
    dry_run: bool = False
