"""What is drift in A as a change of the files, so that it reaches B through a pull request."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from reconcile.compare import Side
from reconcile.edit.attempt import with_edits
from reconcile.edit.wanted import Wanted, same
from reconcile.errors import RefusedError
from reconcile.load.files import relative
from reconcile.model import Finding, Policy, Severity, Value
from reconcile.promote import drift, leftovers, merge
from reconcile.pull.report import FileChange
from reconcile.render.pulled import diff_lines
from reconcile.render.terminal import safe
from reconcile.validate import validate
from reconcile.wishes import declarable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from reconcile.cli.live import Unsealed
    from reconcile.cli.promoting import Promotion
    from reconcile.edit import Edit, Files
    from reconcile.load import Project
    from reconcile.model import Desired, Fields
    from reconcile.promote import Leaf, Terms

_WORD = "var-of-promotion"
"""What stands for `var` while the files are changed: nobody has it in theirs."""


class Patch(NamedTuple):
    """The files that change, and what to know about it."""

    edits: tuple[Edit, ...]
    findings: tuple[Finding, ...]

    @property
    def refused(self) -> bool:
        """Whether nothing may come of it."""
        return any(one.severity is Severity.REFUSAL for one in self.findings)


def patch(promotion: Promotion, a: Unsealed, b: Unsealed) -> Patch:
    """The drift of A in the files of both, as far as B does not say something else itself; nothing is written.

    The proof is what both environments want of the changed files: A what is live there, B what the promotion plans.
    """
    terms = promotion.terms
    chosen = promotion.leaves(promotion.selected(b.desired))
    wanted, told = merge(b.desired, chosen, terms)
    mine = [leaf for leaf, one in zip(chosen, told, strict=True) if one.rule == "brought"]
    edits, open_ = _edited(a, mine, terms)
    project = with_edits(a.project, edits)
    after, addresses = b.rendered(project), {promotion.address(leaf) for leaf in mine}
    left = [one for one in leftovers(promotion.kinds, after, terms) if one.address in addresses]
    kept = [one for one in told if one.rule != "brought"]
    stuck = {one.address for one in (*open_, *left)}
    written = [one for one in mine if stuck.isdisjoint({one.address, promotion.address(one)})]
    proof = dict.fromkeys(
        (*_unlike(promotion, a, written, project), *_strayed(promotion, written, wanted, after))
    )
    return Patch(edits, (*kept, *_invalid(a, a.rendered(project)), *left, *open_, *proof))


def _edited(a: Unsealed, leaves: Sequence[Leaf], terms: Terms) -> tuple[tuple[Edit, ...], list[Finding]]:
    """The files that change, and what could not be done. What is new comes into files that all environments share."""
    shared = replace(a.environment, overlays=())
    passes = (
        (a.environment, [one for one in leaves if not one.new]),
        (shared, [one for one in leaves if one.new]),
    )
    project = a.project
    held: dict[Path, Edit] = {}
    open_: list[Finding] = []
    for environment, mine in passes:
        files = a.files(project, environment)
        for leaf in mine:
            _wish(files, leaf, terms)
        edited = files.edits()
        for edit in (_with_variables(one, terms) for one in edited.edits):
            first = held.get(edit.path)
            held[edit.path] = replace(edit, before=first.before) if first else edit
        project, open_ = with_edits(a.project, held.values()), [*open_, *edited.findings]
    return tuple(held.values()), open_


def _wish(files: Files, leaf: Leaf, terms: Terms) -> None:
    """Tell the files what they are to say of one value."""
    kind, key = leaf.kind.name, leaf.key
    if leaf.path:
        wanted = isinstance(leaf.value, Value) and (
            len(leaf.path) > 1 or declarable(leaf.kind, str(leaf.path[0]), leaf.value.value)
        )
        if wanted and isinstance(leaf.value, Value):
            files.set(kind, key, leaf.path, terms.literals.spelled(leaf.value.value, _WORD))
        else:
            files.drop(kind, key, leaf.path)
    elif leaf.whole is None:
        files.drop(kind, key)
    elif leaf.whole.default:
        files.revert(kind, key)
    elif leaf.new:
        spelled = str(terms.literals.spelled(key, _WORD)) if leaf.kind.entries else key
        files.add(kind, spelled, _spelled(leaf.whole.fields, terms))
    else:
        for name, value in _spelled(leaf.whole.fields, terms).items():
            files.set(kind, key, (name,), value.value)


def _spelled(fields: Fields, terms: Terms) -> dict[str, Value]:
    """The fields of an object with variables in place of what they say."""
    plain = {name: one.value for name, one in fields.items() if isinstance(one, Value)}
    return {name: Value(terms.literals.spelled(value, _WORD)) for name, value in plain.items()}


def _with_variables(edit: Edit, terms: Terms) -> Edit:
    """An edit in which our word for a variable has become one, or, in a file of text, the value of it in A."""
    text = (edit.after or b"").decode("utf-8", "surrogateescape").replace(f"$${{{_WORD}.", "${var.")
    for name, value in terms.variables.items():
        text = text.replace(f"${{{_WORD}.{name}}}", str(value))
    return edit if edit.after is None else replace(edit, after=text.encode("utf-8", "surrogateescape"))


def _unlike(promotion: Promotion, a: Unsealed, leaves: Iterable[Leaf], project: Project) -> Iterator[Finding]:
    """Where the changed files do not say what is live in A: nothing comes of such a change."""
    live, desired = promotion.source.live, a.rendered(project)
    plan = a.wanting(desired).plan(live, Policy())
    after = drift(promotion.kinds, Side(promotion.terms.a, live, desired, plan))
    left = {(one.address, one.path) for one in after}
    for leaf in leaves:
        if (leaf.address, leaf.path) in left:
            message = f"{leaf.name}could not be written so that the files say what is live; change it by hand"
            yield Finding(Severity.REFUSAL, "edit", message, leaf.address, leaf.origin)


def _invalid(a: Unsealed, desired: Desired) -> Iterator[Finding]:
    """What the instance has and files may not say."""
    found = validate(a.catalogue.kinds, a.catalogue.schemas, desired, a.environment.api_version)
    wrong = (one for one in found if one.severity is Severity.ERROR)
    return (replace(one, severity=Severity.REFUSAL, rule="edit") for one in wrong)


def _strayed(
    promotion: Promotion, leaves: Iterable[Leaf], wanted: Desired, after: Desired
) -> Iterator[Finding]:
    """Where the files would say something else in B than the promotion plans."""
    for leaf in leaves:
        kind, address = leaf.kind, promotion.address(leaf)
        one, other = (_said(desired, address) for desired in (wanted, after))
        if not (one == other or (one and other and same(kind, one, other))):
            message = (
                f"the changed files say something else in {promotion.terms.b} than a promotion would plan; look at "
                f"`reconcile config -e {promotion.terms.b}`, and change it by hand"
            )
            yield Finding(Severity.WARNING, "edit", message, address)


def _said(desired: Desired, address: str) -> Wanted | None:
    """What is wanted of one object, wherever that is written."""
    name, _, key = address.partition("/")
    section = desired.sections.get(name)
    found = section.objects.get(key) if section else None
    return Wanted(dict(found.fields), found.default) if found else None


def difference(root: Path, edits: Sequence[Edit], session: Unsealed) -> str:
    """The edits as one unified difference; refused where a secret of this run would stand in it."""
    text = "".join(f"{line}\n" for edit in edits for line in diff_lines(_change(root, edit)))
    if secret := session.world.redact.found(text):
        raise RefusedError(
            f"{secret} would stand in the files; nothing was written: look for it in the dashboard of "
            f"{session.environment.name}, and use another key from now on"
        )
    return text


def shown(text: str) -> str:
    """A difference as it is, for a file or a pipe; on a terminal, nothing in it commands that."""
    if not sys.stdout.isatty():
        return text
    return "".join(f"{safe(line)}\n" for line in text.split("\n")[:-1])


def _change(root: Path, edit: Edit) -> FileChange:
    sides = [None if side is None else side.decode("utf-8", "replace") for side in (edit.before, edit.after)]
    return FileChange(relative(root, edit.path), *sides)
