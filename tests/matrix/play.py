"""One cell: a run in trouble, at most one more without, and what has to hold afterwards."""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from reconcile.model import Action, Status
from reconcile.simulator.faults import Faults
from reconcile.simulator.settings import _SAME_SWITCH
from tests.lab import known
from tests.matrix.points import calm
from tests.matrix.stage import LAG, Stage, holdings, plain, repeatable
from tests.matrix.troubles import FINAL
from tests.matrix.worlds import world

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.model import Change, Outcome
    from tests.matrix.points import Point
    from tests.matrix.stage import Moment, Objects, Run
    from tests.matrix.troubles import Trouble
    from tests.matrix.worlds import Scene

KEPT, LOST = "kept", "lost"
RECEIPTS = (KEPT, LOST)
SORTS: Mapping[str, str] = {
    "not fired": "the fault did not fire",
    "lost": "a change was said to be done and was not",
    "dishonest": "another outcome was not what happened",
    "gave up": "what another try would have mended was not tried again",
    "sent on": "something was sent that the service had refused or shut",
    "duplicated": "one name stands for two objects",
    "undeclared touched": "something is another that nobody declared",
    "pending": "after one more run the instance was not as wanted",
}
"""What may be wrong with a cell."""


@dataclass(frozen=True)
class Cell:
    """One fault at one point."""

    point: Point
    trouble: Trouble

    def __str__(self) -> str:
        return f"{self.point}: {self.trouble}"

    @property
    def seed(self) -> int:
        """What chance does in this cell, the same each time."""
        return zlib.crc32(str(self).encode())


@dataclass(frozen=True)
class Complaint:
    """Something that does not hold: one of SORTS, and what exactly."""

    sort: str
    text: str


@dataclass(frozen=True)
class Played:
    """What came of one cell: of the run in trouble, and of the one after it with the receipts kept or lost."""

    cell: Cell
    fired: bool
    complaints: Mapping[str, tuple[Complaint, ...]]

    @property
    def texts(self) -> list[str]:
        return [
            f"{self.cell} [receipts {receipts}]: {one.sort}: {one.text}"
            for receipts, found in self.complaints.items()
            for one in found
        ]

    def sorts(self, receipts: str) -> set[str]:
        return {one.sort for one in self.complaints[receipts]}


def play(cell: Cell) -> Played:
    """Play one cell both ways; the run in trouble is the same for both."""
    scene, trouble = cell.point.scene, cell.trouble
    with repeatable(cell.seed):
        stage = Stage.at(scene.start, cell.seed, careless=trouble.careless)
        faults = Faults(trouble.faults(cell.point))
        first = stage.run(scene.want, faults=faults, probe=scene.probe, skip_gated=trouble.skip_gated)
        mine = (
            *_of_the_first(cell, first, stage.objects, fired=all(faults.fired)),
            *_sent_on(cell, [(method, path, status) for method, path, _, status in stage.simulator.log]),
        )
    after = {KEPT: stage.moment(), LOST: stage.moment().forgotten()}
    seconds = {receipts: _after_one_more(cell, moment, stage) for receipts, moment in after.items()}
    both = {receipts: (*mine, *_of_the_second(cell, end)) for receipts, end in seconds.items()}
    return Played(cell, all(faults.fired), both)


# --- the run in trouble ---


def _of_the_first(cell: Cell, run: Run, objects: Objects, *, fired: bool) -> Iterator[Complaint]:
    if not fired:
        yield Complaint("not fired", "the fault did not fire")
    if run.plan is None or run.refused:
        if cell.trouble.passes:
            yield Complaint("gave up", f"there was no plan: {run.error or run.refused}")
        if objects != cell.point.scene.start.objects and not cell.trouble.by_others:
            yield Complaint("dishonest", "nothing was planned, and the instance is another")
        return
    planned = [(one.address, one.action) for one in run.plan.changes]
    if planned != [(one.address, one.action) for one in run.outcomes]:
        yield Complaint("dishonest", "the outcomes are not those of the plan")
    bad = [
        f"{one.address} {one.status}: {one.reason}" for one in run.outcomes if one.status is not Status.DONE
    ]
    if bad and (cell.trouble.passes or _is_taken_over(cell)):
        yield Complaint("gave up", "; ".join(bad))
    for change, outcome in zip(run.plan.changes, run.outcomes, strict=False):
        yield from _honest(cell, change, outcome, objects)


def _is_taken_over(cell: Cell) -> bool:
    """Whether another client was faster with a write that makes no difference to ours, or that ours overwrites."""
    trouble, point = cell.trouble, cell.point
    in_the_way = (
        trouble.name == "another deletes it" or point.role == Action.REVERT
    )  # nothing is left to write to
    return trouble.by_others and not point.reads and not in_the_way


def _honest(cell: Cell, change: Change, outcome: Outcome, objects: Objects) -> Iterator[Complaint]:
    """What is said to be done is done, what is said to be untouched is as it was, and the rest has a reason."""
    start, trouble = cell.point.scene.start.objects, cell.trouble
    now, wanted = part(change, objects), part(change, calm(cell.point.scene).objects)
    overtaken = trouble.by_others and cell.point.reads  # it was done, and then somebody else came
    if outcome.status is Status.DONE and now != wanted and not overtaken:
        yield Complaint("lost", f"{outcome.address} is said to be done, and is {now} in place of {wanted}")
    untouched = outcome.status in {Status.FAILED, Status.SKIPPED} and not outcome.touched
    plainly = not (trouble.by_others or _lies(trouble))
    if untouched and plainly and now != part(change, start):
        yield Complaint(
            "dishonest", f"{outcome.address} is {outcome.status} and not touched, and has changed"
        )
    if outcome.status is not Status.DONE and not outcome.reason:
        yield Complaint("dishonest", f"{outcome.address} is {outcome.status} without a reason")


def _lies(trouble: Trouble) -> bool:
    """Whether the service refuses what it then carries out, or carries out something else."""
    return trouble.family == "rewritten body" or (trouble.took and 400 <= trouble.rule.get("status", 0) < 500)


def _sent_on(cell: Cell, log: list[tuple[str, str, int]]) -> Iterator[Complaint]:
    """What a refusal means for the rest: it is not asked for again, nor anything that it is about as well."""
    point, status = cell.point, cell.trouble.rule.get("status", 0)
    if point.reads or status not in FINAL:
        return
    sent = [(method, path.removeprefix("/v1")) for method, path, _ in log]
    if sent.count((point.method, point.path)) > calm(point.scene).asked.count((point.method, point.path)):
        yield Complaint("sent on", f"{point.method} {point.path} was refused with {status}, and sent again")
    refused = next((place for place, one in enumerate(log) if one[2] == status), len(log))
    shut = {401: "", 423: point.scene.kind.path if point.scene.kind.locks else None}.get(status)
    for method, path in sent[refused + 1 :]:
        if shut is not None and method != "GET" and path.startswith(shut):
            yield Complaint("sent on", f"{method} {path} was sent after {status}")


def part(change: Change, objects: Objects) -> Any:
    """What an instance really holds at an address: of a group the fields that the change is about."""
    kind = known().kinds[change.kind]
    parent, owner = kind.path.split("/")[-2:]
    if kind.singleton:
        homes = {name: _SAME_SWITCH.get((owner, name), (owner, name)) for name in change.body}
        return {name: plain(objects["settings"][home].get(field)) for name, (home, field) in homes.items()}
    if kind.fixed:
        return plain(objects.get(parent, {}).get(f"{owner}/{change.key}"))
    return [
        plain(one) for one in objects.get(owner, {}).values() if kind.normalise(one[kind.key]) == change.key
    ]


# --- the run after it ---


@dataclass(frozen=True)
class _End:
    """How things are after the run without trouble."""

    failure: str
    left: tuple[str, ...]
    holdings: Mapping[str, list[Any]]
    changed: tuple[str, ...]


@dataclass(frozen=True)
class _Beginning:
    """Where that run begins; those that begin alike end alike, and one of them is enough."""

    scene: Scene
    moment: Moment
    careless: bool
    pause: float
    key: tuple[Any, ...]

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Beginning) and self.key == other.key


def _after_one_more(cell: Cell, moment: Moment, stage: Stage) -> _End:
    """How things are after one more run. What others have just done may be hidden from any reader, so it waits then."""
    careless, pause = cell.trouble.careless, LAG if cell.trouble.by_others else 0.0
    reads = None if stage.settled else (cell.seed, moment.time)
    ledger = (repr(moment.ledger.receipts), repr(moment.ledger.gated), repr(moment.ledger.rewrites))
    key = (str(cell.point.scene), moment.data, reads, ledger, careless, pause)
    return _played_on(_Beginning(cell.point.scene, moment, careless, pause, key))


@lru_cache(maxsize=64)
def _played_on(start: _Beginning) -> _End:
    scene, seed = start.scene, zlib.crc32(repr(start.key).encode())
    with repeatable(seed):
        stage = Stage.at(start.moment, seed, careless=start.careless)
        stage.clock.sleep(start.pause)
        run = stage.run(scene.want, probe=scene.probe)
        failure = str(run.error or "; ".join(run.refused))
        pending = stage.pending(scene.want, probe=scene.probe)
    left = tuple(change.address for change in pending.changes)
    return _End(failure, left, holdings(stage.simulator.store.data), tuple(_changed(stage.objects)))


def _changed(objects: Objects) -> Iterator[str]:
    """What nobody declared, and is not the very same object as before."""
    for collection, records in world().objects.items():
        for key, record in records.items() if collection != "settings" else ():
            if objects.get(collection, {}).get(key) != record:
                yield f"{collection}/{key}"


def _of_the_second(cell: Cell, end: _End) -> Iterator[Complaint]:
    if end.failure:
        yield Complaint("pending", f"the second run ended with {end.failure}")
    expected = calm(cell.point.scene).pending
    if left := [address for address in end.left if address not in expected]:
        yield Complaint("pending", f"still to be done: {', '.join(left)}")
    if end.changed:
        yield Complaint("undeclared touched", ", ".join(end.changed))
    yield from _held(cell, end.holdings)


def _held(cell: Cell, held: Mapping[str, list[Any]]) -> Iterator[Complaint]:
    """The instance holds what an undisturbed run would have made of it, and what others have added."""
    reference, own = calm(cell.point.scene).holdings, cell.point.scene.kind.path.rpartition("/")[2]
    for name in sorted({*held, *reference}):
        is_now, should = held.get(name, []), reference.get(name, [])
        more, less = _surplus(is_now, should), _surplus(should, is_now)
        if extra := cell.trouble.extra:
            added = [one for one in more if extra.items() <= one.items()]
            more = [one for one in more if one not in added]
            if cell.trouble.by_others and name == own and len(added) != 1:
                yield Complaint("undeclared touched", f"{len(added)} in place of what another client added")
        if _twice(is_now, should):
            yield Complaint("duplicated", f"{name}: {more}")
        elif more or less:
            yield Complaint("pending", f"{name}: {more} in place of {less}")


def _surplus(some: list[Any], others: list[Any]) -> list[Any]:
    """What some hold more than others."""
    rest, more = list(others), []
    for one in some:
        if one in rest:
            rest.remove(one)
        else:
            more.append(one)
    return more


def _twice(held: list[Any], reference: list[Any]) -> bool:
    """Whether one name stands for more objects than it should."""
    should = Counter(map(_name, reference))
    return any(count > max(1, should[name]) for name, count in Counter(map(_name, held)).items())


def _name(record: Mapping[str, Any]) -> str:
    """What people know a record by."""
    keys = {kind.key for kind in known().kinds.values()} & record.keys()
    return repr([record[name] for name in sorted(keys)] or record)
