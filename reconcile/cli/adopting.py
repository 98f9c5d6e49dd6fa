"""From what was found to files that say it: what is new is written, and nothing else is touched."""

from __future__ import annotations

from contextlib import closing, nullcontext
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import click

from reconcile.adopt import Adopted, Whence, from_live, joined, unmanaged, unread
from reconcile.cli.asked import matches
from reconcile.cli.live import Unsealed
from reconcile.cli.shelf import Shelf, open_taker
from reconcile.errors import FilesError, PartialError, PendingError, ReconcileError, UsageError
from reconcile.model import Desired, Origin, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from reconcile.catalogue import Catalogue
    from reconcile.cli.groups import Opening
    from reconcile.cli.opening import World
    from reconcile.cli.received import Paper
    from reconcile.cli.session import Session
    from reconcile.load import Project
    from reconcile.model import Adoption, Kind, Live

_WILD = "*?["
_NOT_WRITTEN = "edit"


class Adopting(Unsealed):
    """A session that may write to the files, of which there need be none yet. It needs no secret of theirs."""

    def _open(self, folder: Path) -> tuple[Project, Catalogue]:
        return open_taker(folder, self.world)


def adopt_live(
    opening: Opening,
    world: World,
    globs: Sequence[str],
    *,
    dry_run: bool,
    patience: float,
) -> tuple[Mapping[str, Kind], Adopted]:
    """What is live and declared nowhere, as far as it was asked for, into the files; no other run on this instance meanwhile."""
    session = Adopting(opening, world)
    with world.interrupts.heard(), nullcontext() if dry_run else session.locked("adopt", patience):
        return _adopted(session, opening, globs, dry_run=dry_run)


def _adopted(
    session: Adopting, opening: Opening, globs: Sequence[str], *, dry_run: bool
) -> tuple[Mapping[str, Kind], Adopted]:
    kinds = session.catalogue.kinds
    names = [name for name in kinds if _within(session, name) and _reached(kinds[name], globs)]
    with closing(session.client(read_only=True)) as client:
        live = session.read(client, names)
    known = frozenset(_addresses(kinds, names, live, session.desired))
    chosen = _chosen(globs, known, "that is live or declared")
    memory = session.ledger(live.instance.id).memory
    objects = [
        (name, one)
        for name, one in unmanaged(kinds, session.desired, live, memory)
        if chosen(kinds[name].address(one.key))
    ]
    taken = from_live(kinds, session.catalogue.schemas, objects)
    taken = replace(taken, left=(*taken.left, *unread(kinds, live, names, chosen)))
    whence = Whence(environment=opening.environment, instance=live.instance)
    shelf = Shelf.opened(session.project, session.catalogue, opening, session.world)
    done = shelf.adopt(whence, taken, dry_run=dry_run)
    if done.files and not dry_run:
        _agree(session, live.instance.id, done.adoption)
    return kinds, done


def adopt_file(
    paper: Paper,
    opening: Opening,
    world: World,
    globs: Sequence[str],
    *,
    dry_run: bool,
) -> tuple[Mapping[str, Kind], Adopted]:
    """What a file holds and no file of the project declares, into the project; needs no instance."""
    project, catalogue = open_taker(opening.folder, world)
    whence, taken = paper.read(catalogue)
    if any(finding.severity is Severity.ERROR for finding in taken.findings):
        raise FilesError(taken.findings)
    if globs:
        names = [catalogue.kinds[one.kind].address(one.key) for one in taken.objects]
        chosen = _chosen(globs, frozenset(names), f"in {paper.name}")
        kept = (one for one, name in zip(taken.objects, names, strict=True) if chosen(name))
        taken = replace(taken, objects=tuple(kept))
    shelf = Shelf.opened(project, catalogue, opening, world)
    return catalogue.kinds, shelf.adopt(whence, taken, dry_run=dry_run)


def code(done: Adopted) -> int:
    """What an adoption says to a shell: all of it is in the files, or what is not."""
    if any(finding.rule == _NOT_WRITTEN for finding in done.findings):
        return PartialError.exit_code if done.files else ReconcileError.exit_code
    return PendingError.exit_code if done.adoption.clashes else 0


# --- what was asked for ---


def _within(session: Session, name: str) -> bool:
    return session.catalogue.kinds[name].since <= session.environment.api_version


def _reached(kind: Kind, globs: Iterable[str]) -> bool:
    """Whether a glob can mean an object of a kind, so that no other is read."""
    return any(_reaches(kind, glob) for glob in globs)


def _reaches(kind: Kind, glob: str) -> bool:
    if kind.singleton:
        return fnmatchcase(kind.name, glob)
    start = next((index for index, letter in enumerate(glob) if letter in _WILD), len(glob))
    fixed, name = glob[:start], f"{kind.name}/"
    return fixed.startswith(name) or (start < len(glob) and name.startswith(fixed))


def _addresses(
    kinds: Mapping[str, Kind], names: Iterable[str], live: Live, desired: Desired
) -> Iterator[str]:
    """Every address that a glob may mean."""
    for name in names:
        kind, section = kinds[name], desired.sections.get(name)
        if kind.singleton:
            yield kind.name
            continue
        for key in {**live.objects.get(name, {}), **(section.objects if section else {})}:
            yield kind.address(key)


def _chosen(globs: Sequence[str], known: Collection[str], where: str) -> Callable[[str], bool]:
    """What the globs select; raises UsageError for one that means nothing."""
    for glob in globs:
        if not any(matches(glob, address, known) for address in known):
            raise UsageError(f"{glob} matches nothing {where}; addresses are kind/key")
    return lambda address: any(matches(glob, address, known) for glob in globs)


def _agree(session: Session, instance: str, adoption: Adoption) -> None:
    """Remember that files and instance agree on what was adopted."""
    from reconcile.baseline import after_adoption
    from reconcile.cli.keeping import Runs

    objects = [
        (name, one)
        for name, section in joined(Desired(), adoption.new, Origin("")).sections.items()
        for one in section.objects.values()
    ]
    runs = Runs(session)
    runs.agree(instance, lambda base, at: after_adoption(base, objects, at))
    if runs.trouble:
        click.echo(f"warning: {runs.trouble}: what was adopted is not remembered as agreed on", err=True)
