"""A file that is to be adopted: what it is, and what it holds."""

from __future__ import annotations

import errno
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from reconcile.adopt import Whence, decoded, json_object, read_csv, read_document, read_lines
from reconcile.bounded import read_bounded
from reconcile.errors import FilesError, UsageError
from reconcile.model import Finding, Origin, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconcile.catalogue import Catalogue
    from reconcile.model import Kind, Taken

_LARGEST = 32 << 20
_LARGEST_DOCUMENT = 4 << 20
"""A document of the vendor's takes some thousand bytes."""

_STDIN = Path("-")


def check(
    environment: str, globs: Sequence[str], source: Path | None, sort: str | None, kind: str, column: str
) -> None:
    """Raise UsageError for words that make no sense together."""
    if source is None and (sort or kind or column):
        raise UsageError("--as, --kind and --column are about a file; say which with --from FILE")
    if source is None and not (environment and globs):
        raise UsageError(
            "say what to adopt, and from where: `reconcile adopt -e NAME 'jwt_template/*'` from an instance, "
            "'*' for all of it, or `reconcile adopt --from FILE`"
        )


@dataclass(frozen=True, slots=True)
class Paper:
    """What the caller says about a file; the form may be found out."""

    path: Path
    sort: str = ""
    kind: str = ""
    column: str = ""

    @property
    def name(self) -> str:
        """How messages call it."""
        return "standard input" if self.path == _STDIN else str(self.path)

    def read(self, catalogue: Catalogue) -> tuple[Whence, Taken]:
        """What it holds; raises UsageError and FilesError."""
        raw = self._bytes()
        text = decoded(raw, self.name)
        sort = self.sort or self._sort(text)
        whence = Whence(file=self.name, form=sort)
        if sort == "clerk":
            return whence, self._document(catalogue, raw, text)
        kind = self._list_kind(catalogue.kinds)
        if sort == "csv":
            return whence, read_csv(kind, text, self.name, self.column)
        if self.column:
            raise UsageError("--column is about a table; say --as csv, or leave it out")
        return whence, read_lines(kind, text, self.name)

    def _bytes(self) -> bytes:
        if self.path == _STDIN:
            raw = sys.stdin.buffer.read(_LARGEST + 1)
            return raw if len(raw) <= _LARGEST else self._too_large(_LARGEST)
        try:
            return read_bounded(self.path, _LARGEST)
        except OSError as error:
            if error.errno == errno.EFBIG:
                self._too_large(_LARGEST)
            remedy = "pipe it in with --from -" if error.errno == errno.EINVAL else "check the path"
            raise self._wrong(f"cannot be read ({error.strerror}); {remedy}") from error

    def _too_large(self, most: int) -> NoReturn:
        raise self._wrong(f"is larger than {most >> 20} MiB; give a smaller one, or split it")

    def _wrong(self, message: str) -> FilesError:
        return FilesError([Finding(Severity.ERROR, "source", message, origin=Origin(self.name))])

    def _sort(self, text: str) -> str:
        """What a file is, where that is plain from how it begins and what is said about it."""
        suffix = self.path.suffix.lower()
        if self.kind:
            return "csv" if suffix in {".csv", ".tsv"} or self.column else "list"
        if text.lstrip()[:1] in {"{", "["} or suffix == ".json":
            return "clerk"
        raise UsageError(
            f"what is {self.name}? Say --kind allowlist (or another kind) for a list or a table, or --as clerk"
        )

    def _document(self, catalogue: Catalogue, raw: bytes, text: str) -> Taken:
        if self.kind or self.column:
            raise UsageError("--kind and --column are about lists and tables; leave them out with --as clerk")
        if len(raw) > _LARGEST_DOCUMENT:
            self._too_large(_LARGEST_DOCUMENT)
        taken = read_document(catalogue.kinds, catalogue.schemas, json_object(text, self.name))
        if not taken.objects and all(one.why == "unknown" for one in taken.left):
            raise self._wrong(
                "none of its keys is known, so this is not what `clerk config pull` writes; save that to a file"
            )
        return taken

    def _list_kind(self, kinds: Mapping[str, Kind]) -> Kind:
        """The kind that is meant, by its name or that of its section."""
        fitting = [kind for kind in kinds.values() if kind.entries]
        for kind in fitting:
            if self.kind in {kind.name, kind.section}:
                return kind
        known = ", ".join(kind.name for kind in fitting)
        raise UsageError(f"--kind {self.kind}: lists are of these: {known}")
