"""One pull: what is live into the files of a project, and what files and instance agree on afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import click

from reconcile.cli.asked import selector
from reconcile.cli.leaks import leaked
from reconcile.edit import Edit, Files, write
from reconcile.edit.homes import matches
from reconcile.errors import RefusedError
from reconcile.load import load_desired
from reconcile.load.files import relative
from reconcile.model import ABSENT, Desired, Finding, Live, Policy, Secret, Severity, Value
from reconcile.pull import Item, Pulled, Verdict, Wish, after_pull, everything, pulled
from reconcile.pull.report import FileChange, Report
from reconcile.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from reconcile.cli.asked import Asked
    from reconcile.cli.pull_session import Pulling
    from reconcile.client import Client
    from reconcile.edit import Edited
    from reconcile.load import Environment, Project
    from reconcile.model import Baseline


class _Decided(NamedTuple):
    """What is to become of the files; `to_set` is what they cannot hold, `stuck` what stands in the way of an object."""

    pulled: Pulled
    base: Baseline | None = None
    remarks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    to_set: tuple[str, ...] = ()
    stuck: tuple[Finding, ...] = ()


def pull(session: Pulling, client: Client, asked: Asked, *, every: bool, dry_run: bool) -> Report:
    """Decide, change the files unless it is a rehearsal, and remember what is agreed on; the report of it."""
    live = session.look(client)
    decided = _first(session, live, asked, every=every) if session.fresh else _again(session, live, asked)
    files = session.files()
    stuck = _wish(session, files, decided)
    edited = files.edits()
    gone = [Edit(path, path.read_bytes(), None) for path in session.examples if edited.edits]
    edits = [*edited.edits, *gone]
    _check_secrets(session, (files.desired, edited.desired), edits)
    shared = tuple(_shared(session, files, edits))
    unused = tuple(relative(session.project.root, path) for path in files.unused(edits))
    if not dry_run:
        write(session.project.root, edits)
        _remember(session, live, edited, decided.base)
    found, root = decided.pulled, session.project.root
    return Report(
        session.environment.name,
        live.instance,
        found.items,
        (*decided.stuck, *stuck, *edited.findings, *_unmatched(session, edits)),
        (*((one.address, ()) for one in stuck), *edited.failed),
        found.unmanaged,
        found.unread,
        decided.to_set,
        tuple(_change(root, edit) for edit in edits),
        shared,
        decided.base.at if decided.base else "",
        written=not dry_run,
        unused=unused,
        missing={session.catalogue.kinds[name].section: why for name, why in live.missing.items()},
    )


def _again(session: Pulling, live: Live, asked: Asked) -> _Decided:
    """Of files that say something: what differs, on three sides."""
    kinds, schemas = session.catalogue.kinds, session.catalogue.schemas
    base = session.base(live.instance.id)
    plan = session.plan(live, session.policy(live, asked))
    unknown = tuple(one for one in plan.findings if one.rule == "unknown-slug")
    return _Decided(pulled(kinds, schemas, session.desired, live, base, plan), base, stuck=unknown)


def _first(session: Pulling, live: Live, asked: Asked, *, every: bool) -> _Decided:
    """Of files that say nothing: everything, as a person would have written it."""
    kinds, schemas = session.catalogue.kinds, session.catalogue.schemas
    sections = list(everything(kinds, schemas, live, defaults=every))
    objects = [(one.kind, found) for one in sections for found in one.objects or ()]
    names = [kind.address(found.key) for kind, found in objects]
    chosen = selector(asked, names)
    taken = [pair for pair, name in zip(objects, names, strict=True) if chosen is None or chosen(name)]
    items = (Item(kind.address(one.key), (), Verdict.ADDED, ABSENT, Value(value=True)) for kind, one in taken)
    wishes = (Wish(kind.name, one.key, one.fields, new=True, notes=one.notes) for kind, one in taken)
    unread = [one for one in sections if one.objects is None and chosen is None]
    to_set = [*(_names(one.kind.section, one.notes[2:]) for one in unread)]
    to_set += [_names(kind.address(one.key), one.notes[1:]) for kind, one in taken if one.notes]
    remarks = tuple((one.kind.name, one.notes) for one in unread)
    return _Decided(Pulled(tuple(items), tuple(wishes)), None, remarks, tuple(to_set))


def _names(what: str, notes: Iterable[str]) -> str:
    return f"{what}: {', '.join(note.partition(':')[0].strip() for note in notes)}"


def _wish(session: Pulling, files: Files, decided: _Decided) -> list[Finding]:
    """Tell the files what they are to say; what they cannot say by the rules of the kinds is not wished, but told."""
    for name, lines in decided.remarks:
        files.remark(name, lines)
    before = {address for address, _ in _invalid(session, files.desired)}
    for wish in decided.pulled.wishes:
        _tell(files, wish)
    wrong: dict[str, str] = {}
    for address, message in _invalid(session, files.wishes()):
        wrong.setdefault(address, message)
    kinds, stuck = session.catalogue.kinds, []
    for wish in decided.pulled.wishes:
        address = kinds[wish.kind].address(wish.key)
        if address in wrong and address not in before:
            files.forget(wish.kind, wish.key)
            message = f"the instance has what files may not say: {wrong[address]}"
            stuck.append(Finding(Severity.WARNING, "pull", message, address))
    return stuck


def _tell(files: Files, wish: Wish) -> None:
    if wish.gone:
        files.drop(wish.kind, wish.key)
    elif wish.new:
        files.add(wish.kind, wish.key, wish.fields, notes=wish.notes)
    else:
        for name, value in wish.fields.items():
            if isinstance(value, Value):
                files.set(wish.kind, wish.key, (name,), value.value)
            else:
                files.drop(wish.kind, wish.key, (name,))


def _invalid(session: Pulling, desired: Desired) -> Iterator[tuple[str, str]]:
    catalogue = session.catalogue
    for one in validate(catalogue.kinds, catalogue.schemas, desired, session.environment.api_version):
        if one.severity is Severity.ERROR:
            yield one.address, one.message


def _check_secrets(session: Pulling, sides: tuple[Desired, Desired], edits: Iterable[Edit]) -> None:
    """Refuse to write a secret of this run into a file, wherever the instance has it from."""
    if found := leaked(session.world.redact, session.catalogue.kinds, sides, edits):
        name, place = found
        raise RefusedError(
            f"the instance returns {name} in what would be written for {place}; nothing was written: look for it in the "
            "dashboard, and use another key from now on"
        )


def _remember(session: Pulling, live: Live, edited: Edited, base: Baseline | None) -> None:
    """Keep what files and instance agree on now, in the state folder; where that cannot be written, it is not known."""
    from reconcile.cli.keeping import Runs

    desired = session.sealed(edited.desired)
    plan = session.wanting(desired).plan(live, Policy())

    def agreed(_: Baseline | None, at: str) -> Baseline:
        found = after_pull(base, session.catalogue.kinds, desired, plan, at)
        if edited.edits or base is None:
            return found
        return replace(
            found, revision=base.revision, dirty=base.dirty
        )  # no file has moved on from that commit

    runs = Runs(session)
    runs.agree(live.instance.id, agreed)
    if runs.trouble:
        click.echo(
            f"warning: {runs.trouble}: nobody will know what files and instance agree on now", err=True
        )


def _change(root: Path, edit: Edit) -> FileChange:
    sides = [None if side is None else side.decode("utf-8", "replace") for side in (edit.before, edit.after)]
    return FileChange(relative(root, edit.path), *sides)


def _unmatched(session: Pulling, edits: Iterable[Edit]) -> Iterator[Finding]:
    """Patterns of `resources` that match no file even then: with them, no command but this one reads the project."""
    names = [relative(session.project.root, edit.path) for edit in edits if edit.after is not None]
    met = [one for one in session.project.patterns if any(matches(one, name) for name in names)]
    for finding in session.project.unmatched if names else ():
        if not any(f" {pattern} " in finding.message for pattern in met):
            yield replace(finding, severity=Severity.WARNING)


def _shared(session: Pulling, files: Files, edits: list[Edit]) -> Iterator[str]:
    """The other environments that want something else once these files are written, new ones among them."""
    sides = (session.project, files.project_with(edits))
    for env in session.project.environments.values():
        if env.name != session.environment.name and edits:
            before, after = (_wants(session, project, env) for project in sides)
            if before != after:
                yield env.name


def _wants(session: Pulling, project: Project, env: Environment) -> dict[str, object]:
    """What an environment wants, without the places where that is written."""
    desired, _ = load_desired(project, session.catalogue, env.variables, Secret, env)
    return {
        name: {key: (one.fields, one.default) for key, one in section.objects.items()}
        for name, section in desired.sections.items()
    }
