"""From what is wished about objects to what is to be done in which file, one job for each value that can be told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from reconcile.edit.entries import Entries
from reconcile.edit.leaves import Leaves
from reconcile.edit.standing import Standing, object_path
from reconcile.edit.steps import Drop, steps
from reconcile.edit.walk import check_unshared, walk
from reconcile.edit.wanted import Wanted, said, stepped
from reconcile.edit.wish import Stuck

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path as FilePath

    from reconcile.edit.additions import Additions
    from reconcile.edit.desk import Desk, Pages
    from reconcile.edit.homes import Homes
    from reconcile.edit.spelling import Writable
    from reconcile.edit.steps import Step
    from reconcile.edit.wanted import Objects, Wishes
    from reconcile.load.nodes import Node
    from reconcile.model import Declared, Kind, Path

Plan: TypeAlias = "tuple[FilePath, Callable[[Desk], None]]"


class Job(NamedTuple):
    """One thing to do about one object, or about several entries that make a new list.

    `plan` looks everything up: which file, and what to do there; it raises Stuck where that cannot be done. Without a
    `step` the whole object comes or goes.
    """

    kind: Kind
    keys: tuple[str, ...]
    plan: Callable[[], Plan]
    step: Step | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """The objects that it is about."""
        return tuple(map(self.kind.address, self.keys))

    @property
    def name(self) -> tuple[str, tuple[str, ...], Path]:
        """What it is about, to be told from others."""
        return self.kind.name, self.keys, self.path

    @property
    def path(self) -> Path:
        """Where inside of an object; empty for the whole."""
        return self.step.path if self.step else ()


@dataclass(frozen=True, slots=True)
class Jobs:
    """Makes the jobs for what is wished."""

    pages: Pages
    homes: Homes
    wishes: Wishes
    variables: Mapping[str, Node]
    kinds: Mapping[str, Kind]
    additions: Additions

    def all(self) -> Iterator[Job]:
        """All that is to be done."""
        for name, objects in self.wishes.objects.items():
            kind, before = self.kinds[name], self.wishes.before(name)
            fresh = {key: one for key, one in objects.items() if key not in before}
            if kind.entries:
                yield from self._entries(kind, before, objects, fresh)
                continue
            for key, declared in before.items():
                yield from self._object(kind, declared, objects.get(key))
            for key, wanted in fresh.items():
                yield self._added(kind, key, wanted)
        yield from (
            self._commented(self.kinds[name])
            for name in self.additions.remarks
            if name not in self.wishes.objects
        )

    def _commented(self, kind: Kind) -> Job:
        return Job(kind, (), lambda: self.additions.add_comment(kind))

    def _object(self, kind: Kind, declared: Declared, wanted: Wanted | None) -> Iterator[Job]:
        if wanted is None:
            yield Job(kind, (declared.key,), lambda: self._drop_object(kind, declared))
            return
        if wanted.default and not declared.default:
            yield Job(kind, (declared.key,), lambda: self._revert(kind, declared))
            return
        leaves = Leaves(Standing(self.pages, kind, declared), self.variables, wanted.plain)
        before = Wanted(dict(declared.fields)).plain
        state = [Drop(("state",))] if declared.default and not wanted.default else []
        sets = [name for name, field in kind.fields.items() if field.unordered]
        for step in [*state, *steps(dict(before), dict(wanted.plain), sets=sets)]:
            yield self._step(leaves, step)

    def _step(self, leaves: Leaves, step: Step) -> Job:
        return Job(leaves.standing.kind, (leaves.standing.declared.key,), lambda: leaves.act(step), step)

    def _added(self, kind: Kind, key: str, wanted: Wanted) -> Job:
        return Job(kind, (key,), lambda: self.additions.add_object(kind, key, wanted))

    def _entries(
        self,
        kind: Kind,
        before: Mapping[str, Declared],
        objects: Mapping[str, Wanted],
        fresh: Mapping[str, Wanted],
    ) -> Iterator[Job]:
        entries = Entries(self.pages, kind, self.variables)
        for key, declared in before.items():
            if key not in objects:
                yield self._entry_out(entries, key, declared)
        if fresh and self.homes.section(kind) is None:
            yield Job(kind, tuple(fresh), lambda: self.additions.add_list(kind, fresh))
            return
        for key, wanted in fresh.items():
            yield self._entry_in(entries, key, wanted)

    def _entry_out(self, entries: Entries, key: str, declared: Declared) -> Job:
        return Job(entries.kind, (key,), lambda: entries.drop(key, declared.origin.file))

    def _entry_in(self, entries: Entries, key: str, wanted: Wanted) -> Job:
        return Job(entries.kind, (key,), lambda: entries.add(key, wanted.plain))

    def _drop_object(self, kind: Kind, declared: Declared) -> Plan:
        """Out of every file of this environment that says something about it."""
        found = self._places(kind, declared)

        def act(desk: Desk) -> None:
            for file, where in found:
                desk.wish(file).at(where).gone = True

        return found[0][0], act

    def _revert(self, kind: Kind, declared: Declared) -> Plan:
        """To the service's own, in the only file of this environment that says something about it."""
        (file, where), *more = self._places(kind, declared)
        if more:
            names = " and ".join(self.pages.name(one) for one, _ in ((file, where), *more))
            raise Stuck(f"stands in {names}; write `state: default` in place of its fields by hand")
        put: Writable = {"state": "default"}

        def act(desk: Desk) -> None:
            desk.wish(file).at(where).put = put

        return file, act

    def _places(self, kind: Kind, declared: Declared) -> list[tuple[FilePath, Path]]:
        """Every file of this environment that says something about an object, and the keys that lead to it there."""
        found = [
            (file, where)
            for layer in self.pages.layers
            for file in layer
            if (where := object_path(self.pages, kind, file, declared.key)) is not None
        ]
        if not found:
            raise Stuck(f"was not found in {declared.origin.file}; take it out by hand")
        for file, where in found:
            check_unshared(self.pages.page(file), walk(self.pages.page(file), where).spot)
        return found


def expected(wishes: Wishes, done: Iterable[Job]) -> Objects:
    """What the files are to want once these jobs, and no others, are done."""
    found = said(wishes.desired)
    for job in done:
        objects = found.setdefault(job.kind.name, {})
        wanted = wishes.objects.get(job.kind.name, {})
        for key in job.keys:
            if job.step is not None:
                objects[key] = stepped(objects[key], job.step)
            elif key in wanted:
                objects[key] = wanted[key]
            else:
                objects.pop(key, None)
    return found
