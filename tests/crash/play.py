"""One process that is killed, what is left of it, and the runs that come after."""

from __future__ import annotations

import json
import signal
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconcile.codec import decode_plan
from reconcile.state.kept import End
from reconcile.state.runs import kept
from tests.crash.stage import APPLY, KILL, ROLLBACK
from tests.matrix.play import part
from tests.matrix.stage import holdings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from reconcile.model import Change, Plan
    from reconcile.state.kept import Kept
    from tests.crash.stage import Said, Scene, Stage

SORTS: Mapping[str, str] = {
    "not killed": "the process did not reach its boundary, or lived on",
    "untrue": "what the journal says is not what happened",
    "unsaid": "the next run did not say what is certain and what it looked up, or said it wrongly",
    "not converged": "after one more run the instance was not as an undisturbed run makes it",
    "not back": "after a rollback the instance was not as it was",
    "doubled": "one name stands for two objects, or a message was sent twice",
    "undeclared touched": "something is another that nobody declared",
    "pending": "afterwards something was still to be done",
    "forgotten": "receipts, or what files and instance agree on, were not those of an undisturbed run",
}
"""What may be wrong after a kill."""

INSIST = (signal.SIGINT, signal.SIGINT)
"""Ctrl-C, and once more."""

_BY_HAND = frozenset({"mallory@a.example", "stranger", "session"})
"""What is there and in no file, by its name."""


@dataclass(frozen=True)
class Complaint:
    """Something that does not hold: one of SORTS, and what exactly."""

    sort: str
    text: str


@dataclass(frozen=True)
class Calm:
    """A run that nobody disturbs: where it begins, where it ends, and the boundaries on its way."""

    command: str
    at_rest: str  # a command that has nothing to do afterwards
    start: Scene
    passed: tuple[str, ...]
    before: Mapping[str, Any]  # the instance
    after: Mapping[str, Any]
    back: Mapping[str, Any]  # after an undisturbed rollback
    plan: Plan
    memory: Any  # what the state folder holds of it
    in_order: bool  # whether boundaries come in the same order each time


def runs(stage: Stage, start: Scene, folder: Path) -> Mapping[str, Calm]:
    """The runs that are killed, by name; each is let come to its end once."""
    planned = "plan -e web --detailed-exitcode"
    stage.back_to(start)
    assert stage(f"{APPLY} 1").code == 0
    applied = stage.keep(folder / "applied")
    rollback = ROLLBACK.format(run=kept(stage.state)[0].name)
    return {
        "apply": _calm(stage, start, f"{APPLY} 1", planned),
        "apply, four calls at once": _calm(stage, start, f"{APPLY} 4", planned),
        "rollback": _calm(stage, applied, rollback, rollback),
    }


def _calm(stage: Stage, start: Scene, command: str, at_rest: str) -> Calm:
    stage.back_to(start)
    before = stage.instance()
    said = stage(command)
    assert said.code == 0, said.err
    after, run, memory = stage.instance(), kept(stage.state)[0], _memory(stage)
    assert stage(ROLLBACK.format(run=run.name)).code == 0
    plan = decode_plan(run.document("plan.json"))
    in_order = command.endswith(" 1")
    return Calm(command, at_rest, start, said.passed, before, after, stage.instance(), plan, memory, in_order)


def _memory(stage: Stage) -> Any:
    """Receipts and base without their moments."""
    files = [*(stage.state / "receipts").glob("*.json"), *(stage.state / "applied").glob("*.json")]
    return [_without_moments(json.loads(path.read_bytes())) for path in files]


def _without_moments(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_moments(item) for name, item in value.items() if name != "at"}
    return [_without_moments(item) for item in value] if isinstance(value, list) else value


def play(
    stage: Stage, calm: Calm, at: int, left: Path, signals: Sequence[int] = KILL, *, both: bool = True
) -> list[Complaint]:
    """Cut a run off at a boundary; then let the same command run again, and in another world roll it back."""
    found = [*_cut(stage, calm, at, signals)]
    scene = stage.keep(left)
    found += _goes_on(stage, calm)
    if both:
        stage.back_to(scene)
        found += _goes_back(stage, calm)
    return found


# --- what is left ---


def _cut(stage: Stage, calm: Calm, at: int, signals: Sequence[int]) -> Iterator[Complaint]:
    """Cut a run off at a boundary, and hold what its journal says against the instance."""
    stage.back_to(calm.start)
    earlier = {one.name for one in kept(stage.state)}
    said = stage(calm.command, at=at, signals=signals)
    expected = -signal.SIGKILL if signals == KILL else 130
    in_order = said.passed[:at] == calm.passed[:at] or not calm.in_order
    if said.code != expected or len(said.passed) < at or not in_order:
        yield Complaint("not killed", f"ended with {said.code} after {said.passed[-1:]}: {said.err[-300:]}")
    mine = [one for one in kept(stage.state) if one.name not in earlier]
    now = stage.instance()
    if mine:
        yield from _true(mine[0], calm, now)
    elif holdings(dict(now)) != holdings(dict(calm.before)):
        yield Complaint("untrue", "no run is known, and the instance is another")


def _true(run: Kept, calm: Calm, now: Mapping[str, Any]) -> Iterator[Complaint]:
    """Whether a journal tells what happened, line by line, and whether the documents beside it are whole."""
    whole = (run.folder / "journal.jsonl").read_bytes().split(b"\n")[:-1]
    lines = [json.loads(line) for line in whole if line]
    ends = [one["stopped"] for one in lines if one["line"] == "end"]
    # of two signals that come at once a process may hear one, and then it ends by itself
    expected = (End.STOPPED if ends[0] else End.COMPLETE) if ends else End.CUT_OFF
    if run.end is not expected:
        yield Complaint("untrue", f"the run is said to be {run.end}")
    answered = {one["call"] for one in lines if one["line"] == "answer"}
    calls = {one["call"]: one["address"] for one in lines if one["line"] == "call"}
    waiting = {address for number, address in calls.items() if number not in answered}
    done = {one["address"] for one in lines if one["line"] == "outcome" and one["status"] == "done"}
    if set(run.unanswered) != waiting or run.done != done:
        yield Complaint("untrue", f"unanswered {run.unanswered}, done {run.done}; not {waiting} and {done}")
    if decode_plan(run.document("plan.json")) != calm.plan:
        yield Complaint("untrue", "its plan is another")
    if not run.document("snapshot.json").get("signature"):
        yield Complaint("untrue", "its snapshot is not signed")
    for change in calm.plan.changes:
        if change.address in done and not _took(change, calm, now):
            yield Complaint("untrue", f"{change.address} is said to be done, and did not take")
        if change.address not in calls.values() and _part(change, now) != _part(change, calm.before):
            yield Complaint("untrue", f"{change.address} has changed, and no call is written down")


def _part(change: Change, instance: Mapping[str, Any]) -> Any:
    return part(change, instance["objects"])


def _took(change: Change, calm: Calm, now: Mapping[str, Any]) -> bool:
    return bool(_part(change, now) == _part(change, calm.after))


# --- the run after it ---


def _goes_on(stage: Stage, calm: Calm) -> Iterator[Complaint]:
    """The same command once more brings the instance to where an undisturbed run brings it."""
    left, cut = stage.instance(), _cut_off(stage)
    said = stage(calm.command)
    yield from _told(said, cut, calm, left)
    if said.code != 0:
        yield Complaint("not converged", f"the next run ended with {said.code}: {said.err[-300:]}")
    now = stage.instance()
    yield from _is("not converged", now, calm.after)
    yield from _undisturbed(now, calm)
    if _memory(stage) != calm.memory:
        yield Complaint("forgotten", f"{_memory(stage)} in place of {calm.memory}")
    yield from _at_rest(stage, calm, cut)


def _goes_back(stage: Stage, calm: Calm) -> Iterator[Complaint]:
    """A rollback of the run that was cut off brings the instance back to where it began."""
    left, cut = stage.instance(), _cut_off(stage)
    if cut is None:
        return
    said = stage(ROLLBACK.format(run=cut.name))
    yield from _told(said, cut, calm, left)
    if said.code != 0:
        yield Complaint("not back", f"the rollback ended with {said.code}: {said.err[-300:]}")
    now = stage.instance()
    yield from _is("not back", now, calm.before, calm.back)
    yield from _undisturbed(now, calm)


def _cut_off(stage: Stage) -> Kept | None:
    found = kept(stage.state)
    return found[0] if found and found[0].end is End.CUT_OFF else None


def _told(said: Said, cut: Kept | None, calm: Calm, left: Mapping[str, Any]) -> Iterator[Complaint]:
    """What is certain of the run that was cut off is said, and what was looked up is true."""
    lines = said.err.splitlines()
    first = [line for line in lines if "was cut off" in line]
    if cut is None:
        if first:
            yield Complaint("unsaid", f"no run was cut off, and {first}")
        return
    certain = f"{cut.name} was cut off: {sum(cut.counts.values())} of {len(calm.plan.changes)} changes"
    if len(first) != 1 or certain not in first[0]:
        yield Complaint("unsaid", f"{first} in place of {certain}")
    for change in calm.plan.changes:
        told = next((line for line in lines if line.startswith(f"  {change.address}: was being sent; ")), "")
        if bool(told) != (change.address in cut.unanswered):
            yield Complaint("unsaid", f"{change.address}: {told!r}, and unanswered are {cut.unanswered}")
        elif (
            told and ("is as that run wanted it" in told) != _took(change, calm, left) and "back" not in told
        ):
            yield Complaint("unsaid", f"{told!r}, and {_part(change, left)}")


def _is(sort: str, now: Mapping[str, Any], *wanted: Mapping[str, Any]) -> Iterator[Complaint]:
    """The instance holds what one of these holds, part by part."""
    held, good = holdings(dict(now)), [holdings(dict(one)) for one in wanted]
    for name in sorted({*held, *good[0]}):
        if all(held.get(name) != one.get(name) for one in good):
            yield Complaint(sort, f"{name}: {held.get(name)} in place of {good[0].get(name)}")


def _undisturbed(now: Mapping[str, Any], calm: Calm) -> Iterator[Complaint]:
    """Nothing is there twice, and what nobody declared is the very same."""
    should = _names(calm.after) | _names(calm.before)
    yield from (
        Complaint("doubled", name) for name, count in _names(now).items() if count > max(1, should[name])
    )
    for collection, records in calm.before["objects"].items():
        for key, record in records.items() if collection != "settings" else ():
            by_hand = {record.get("identifier"), record.get("name")} & _BY_HAND
            if by_hand and now["objects"].get(collection, {}).get(key) != record:
                yield Complaint("undeclared touched", f"{collection}/{key}")


def _names(instance: Mapping[str, Any]) -> Counter[str]:
    """How often each name is there; settings have none."""
    named = ("slug", "name", "identifier", "url", "key")
    everything = {**instance["objects"], "invitations": dict(enumerate(instance["invitations"]))}
    return Counter(
        f"{collection}/{next(str(record[one]) for one in named if one in record)}"
        for collection, records in everything.items()
        if collection != "settings"
        for record in records.values()
    )


def _at_rest(stage: Stage, calm: Calm, cut: Kept | None) -> Iterator[Complaint]:
    """Nothing is left to do, no run is under way, and of the one that was cut off nobody speaks any more."""
    again = stage(calm.at_rest)
    if again.code != 0 or "Nothing to do." not in again.out or "was cut off" in again.err:
        yield Complaint("pending", again.out[-300:] + again.err[-300:])
    if cut and not next(one for one in kept(stage.state) if one.name == cut.name).seen:
        yield Complaint("unsaid", "the run that was cut off will be told of again")
    if any(one.end is End.UNDER_WAY for one in kept(stage.state)):
        yield Complaint("untrue", "a run is said to be under way")
