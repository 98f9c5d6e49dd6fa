"""Values that are marked with `&` and repeated: they change where they are marked, where all that repeat them want that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.edit.attempt import FEW, Outcome, with_edits
from reconcile.edit.desk import Pages, Unfit
from reconcile.edit.steps import steps
from reconcile.edit.wanted import said
from reconcile.model import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path as FilePath

    from reconcile.edit.attempt import Attempt, Refused
    from reconcile.edit.jobs import Job
    from reconcile.edit.spots import Page
    from reconcile.edit.steps import Step
    from reconcile.edit.wanted import Wanted
    from reconcile.model import Desired, Kind


class _Unmarked(Pages):
    """The files as if nothing in them were repeated."""

    def page(self, path: FilePath) -> Page:
        return replace(super().page(path), repeated=frozenset())


def marked(attempt: Attempt, refused: Iterable[Refused]) -> Outcome:
    """Of what was refused, the marked values that change where they stand, for nothing becomes what nobody wishes."""
    names = {one.job.name for one in refused if one.marked and one.job.step}
    nothing = Outcome((), attempt.wishes.desired, ())
    if not names:
        return nothing
    bold = replace(attempt, pages=_Unmarked(attempt.project, attempt.environment))
    jobs = [job for job in bold.jobs() if job.name in names]
    found = _harmless(bold, jobs)
    if found is None and len(jobs) <= FEW:
        found = _harmless(bold, [job for job in jobs if _harmless(bold, [job])])
    return found or nothing


def _harmless(attempt: Attempt, jobs: list[Job]) -> Outcome | None:
    """What jobs come to; None where they would change a value otherwise than is wished of it."""
    desk, _, _ = attempt.desk(jobs)
    try:
        edits = desk.edits()
    except Unfit:
        return None
    project = with_edits(attempt.project, edits)
    desired, wrong = attempt.loaded(project)
    if wrong or not all(_as_wished(attempt, attempt.wishes.desired, desired, lambda step: step)):
        return None
    for env in attempt.project.environments.values():
        before, after = (attempt.loaded(one, env)[0] for one in (attempt.project, project))
        if not all(_as_wished(attempt, before, after, lambda step: step.path)):
            return None
    return None if any(attempt.new_mistakes(project)) else Outcome(edits, desired, ())


def _as_wished(
    attempt: Attempt, before: Desired, after: Desired, what: Callable[[Step], object]
) -> Iterator[bool]:
    """Of each object, whether nothing of it becomes otherwise than is wished; `what` of a step has to be."""
    old, new = said(before), said(after)
    wanted, desired = attempt.wishes.objects, said(attempt.wishes.desired)
    for name in old.keys() | new.keys():
        kind = attempt.catalogue.kinds[name]
        olds, news = old.get(name, {}), new.get(name, {})
        yield olds.keys() == news.keys()
        for key in olds.keys() & news.keys():
            yield _rest(olds[key]) == _rest(news[key])
            if taken := [what(step) for step in _between(kind, olds[key], news[key])]:
                mine, aim = desired.get(name, {}).get(key), wanted.get(name, {}).get(key)
                wished = [what(step) for step in _between(kind, mine, aim)] if mine and aim else []
                yield all(step in wished for step in taken)


def _between(kind: Kind, one: Wanted, other: Wanted) -> Iterator[Step]:
    sets = [name for name, field in kind.fields.items() if field.unordered]
    return steps(dict(one.plain), dict(other.plain), sets=sets)


def _rest(wanted: Wanted) -> object:
    """What of an object is no value: secrets by their names, and whether it is left to the service."""
    others = {name: one for name, one in wanted.fields.items() if not isinstance(one, Value)}
    return others, wanted.default
