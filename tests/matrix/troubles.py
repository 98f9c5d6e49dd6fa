"""What may go wrong with one request, as rules for the simulator; and what cannot, with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import cycle
from typing import TYPE_CHECKING, Any

from reconcile.model import Action
from reconcile.simulator.effects import DEFAULT_CODES
from reconcile.simulator.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.matrix.points import Point

STATUSES = tuple(sorted({*DEFAULT_CODES, 502}))
"""Every error status that the simulator has a code for, and the one that only a proxy answers."""
RETRIED = frozenset({409, 429, 500, 502, 503, 504})
"""Statuses that are worth another try, so that it matters whether they pass."""
FINAL = frozenset(STATUSES) - RETRIED
"""Statuses that will be the same each time."""
_PASSING = frozenset({"reset", "lost answer", "slow", "too slow", "truncated", *map(str, RETRIED)})
_CERTAIN = frozenset({"slow", *map(str, (*FINAL, 409, 429))})
BODIES = (("", None), (" empty", "empty"), (" HTML", "html"))
WAIT = 60.0

Rule = dict[str, Any]


@dataclass(frozen=True)
class Trouble:
    """One fault: what it is called, whether the request takes effect, and the rule that brings it about."""

    family: str
    name: str
    rule: Mapping[str, Any]
    took: bool = False  # the request is carried out before the trouble shows
    lasting: bool = False  # it goes on for the whole of the first run
    second: bool = False  # it is the second request of its sort that meets it
    extra: Mapping[str, Any] = field(default_factory=dict)  # what is there afterwards and was not declared
    skip_gated: bool = False
    hidden: bool = False  # it is about a field that no answer shows
    reads: Mapping[str, Any] = field(default_factory=dict)  # what happens to all reads after the plan as well
    careless: bool = False  # the instance keeps no names apart

    @property
    def by_others(self) -> bool:
        """Whether it is another client that makes it."""
        return "second_writer" in self.rule

    @property
    def passes(self) -> bool:
        """Whether it is over at once, and another try finds nothing wrong."""
        lies = self.took and self.family in {"409", "429"}  # which say that nothing was carried out
        return self.family in _PASSING and not self.lasting and not lies

    def __str__(self) -> str:
        marks = {"after": self.took, "lasting": self.lasting, "in mid-run": self.second}
        return ", ".join([self.name, *(mark for mark, is_so in marks.items() if is_so)])

    def faults(self, point: Point) -> Iterator[Fault]:
        """The rules, aimed at a point."""
        path = point.pattern if self.second else point.path
        times: Any = "all" if self.lasting else 1
        first = 2 if self.second else point.first
        yield Fault(method=point.method, path=path, from_=first, times=times, **self.rule)
        if self.reads:
            yield Fault(method="GET", path=point.scene.kind.path, from_=2, times="all", **self.reads)


def troubles(point: Point) -> Iterator[Trouble]:
    """Everything that may go wrong at a point, before the request takes effect and after, also what cannot."""
    yield from _answers(took=False)
    yield from _connection(took=False)
    yield from _damage(took=not point.reads)
    yield from _writers(point)
    yield from _stale()
    if point.reads:
        yield Trouble("dropped field", "dropped", {"drop": ("name",)})
        yield Trouble("rewritten body", "rewritten", {"rewrite": {"name": "other"}})
        return
    yield from _answers(took=True)
    yield from _connection(took=True)
    yield from _bodies(point)
    yield Trouble("402", "402 left out", {"status": 402, "feature": "something"}, skip_gated=True)
    if point.scene.kind.read != "echo":
        yield from _twofold()
    if point.role == Action.CREATE and point.scene.kind.update is not None:
        yield from _careless()
    if point.many:
        yield from (Trouble(str(one), str(one), {"status": one}, second=True) for one in (401, 423))


def _answers(*, took: bool) -> Iterator[Trouble]:
    """Error statuses, their bodies by turns."""
    for status, (manner, body) in zip(STATUSES, cycle(BODIES), strict=False):
        feature = {"feature": "something"} if status == 402 else {}
        bodies: list[tuple[str, Rule]] = [(manner, {"body": body, **feature})]
        if status == 429:
            bodies = [(" seconds", {"retry_after": WAIT}), (" date", {"retry_after": {"date": WAIT}})]
        for name, more in bodies:
            for lasting in (False, True) if status in RETRIED else (False,):
                rule = {"status": status, "after": took, **more}
                yield Trouble(str(status), f"{status}{name}", rule, took=took, lasting=lasting)


def _connection(*, took: bool) -> Iterator[Trouble]:
    """The connection is gone."""
    for lasting in (False, True):
        yield Trouble("reset", "reset", {"reset": "after" if took else "before"}, took=took, lasting=lasting)


def _damage(*, took: bool) -> Iterator[Trouble]:
    """The answer comes late, damaged or not at all, to a request that was carried out."""
    effects: Mapping[str, Rule] = {
        "lost answer": {"lost": True},
        "slow": {"slow": 5.0},
        "too slow": {"slow": 45.0},
        "truncated": {"truncate": True},
        "not JSON": {"not_json": True},
    }
    for name, rule in effects.items():
        for lasting in (False, True) if name != "slow" else (False,):
            yield Trouble(name, name, rule, took=took, lasting=lasting)


def _stale() -> Iterator[Trouble]:
    """Reads show how things were: before the latest run, and as long as the proof is willing to wait, and longer."""
    for seconds, lasting in ((10.0, False), (10.0, True), (40.0, True)):
        yield Trouble("stale read", f"stale {seconds:.0f} s", {"stale": seconds}, lasting=lasting)


def _bodies(point: Point) -> Iterator[Trouble]:
    """Fields that get lost or become something else on their way in: the key, ones that show, ones that do not."""
    if not point.others:
        yield Trouble("dropped field", "dropped", {"drop": ("name",)})
        yield Trouble("rewritten body", "rewritten", {"rewrite": {"name": "other"}})
    for name, other in point.others.items():
        hidden, is_key = name in point.unseen, name == point.scene.kind.key
        what = "key" if is_key else "unseen" if hidden else "shown"
        rewritten = Trouble(
            "rewritten body", f"rewritten ({what})", {"rewrite": {name: other}}, hidden=hidden
        )
        dropped = Trouble("dropped field", f"dropped ({what})", {"drop": (name,)}, hidden=hidden)
        for lasting in (False, True):
            yield replace(rewritten, lasting=lasting, extra={name: other} if is_key else {})
            yield replace(dropped, lasting=lasting)


def _twofold() -> Iterator[Trouble]:
    """The answer is lost or the call fails, and nothing can be read for as long."""
    answers = (
        Trouble("", "lost answer", {"lost": True}, took=True),
        Trouble("", "503", {"status": 503, "after": True}, took=True, lasting=True),
        Trouble("", "reset", {"reset": "before"}, lasting=True),
    )
    reads: Mapping[str, Rule] = {
        "500": {"status": 500},
        "410": {"status": 410},
        "stale 40 s": {"stale": 40.0},
    }
    for one in answers:
        for name, rule in reads.items() if one.took else (("500", reads["500"]), ("410", reads["410"])):
            yield replace(one, family="two at once", name=f"{one.name} and reads {name}", reads=rule)


def _careless() -> Iterator[Trouble]:
    """A create whose answer is lost, where the instance would create a second one of the same name."""
    for one in (*_answers(took=True), *_connection(took=True), *_damage(took=True)):
        if one.family not in _CERTAIN:
            yield replace(
                one, family="names not kept apart", name=f"{one.name}, names not kept apart", careless=True
            )


def _writers(point: Point) -> Iterator[Trouble]:
    """Another client is faster."""
    for name, (writer, extra) in point.rivals.items():
        one = Trouble("second writer", f"another {name}", {"second_writer": writer}, extra=extra)
        yield one
        if point.many and writer.path:
            yield replace(one, second=True)


# --- what is no part of the matrix ---


@dataclass(frozen=True)
class Exempt:
    """Cells that are no part of the matrix, and why."""

    reason: str
    concerns: Callable[[Point, Trouble], bool]


IMPOSSIBLE: tuple[Exempt, ...] = (
    # the fault has nothing to do, so it would not fire
    Exempt(
        "a good answer to this call has no body that could be cut",
        lambda point, trouble: trouble.family == "truncated" and point.answers_nothing,
    ),
    Exempt(
        "the request carries no field that could get lost or be changed",
        lambda point, trouble: trouble.family in {"dropped field", "rewritten body"} and not point.others,
    ),
    Exempt(
        "a write works on things as they are; only reads can be stale",
        lambda point, trouble: trouble.family == "stale read" and not point.reads,
    ),
    Exempt(
        "a write of nothing, where that is how a group is read, answers with things as they are",
        lambda point, trouble: trouble.family == "stale read" and point.reads and point.method != "GET",
    ),
)
"""Cells in which the fault cannot fire."""


def _goes_unnoticed(point: Point, trouble: Trouble) -> bool:
    """Whether a field gets lost that nobody asks for, and that was not there before."""
    kind = point.scene.kind
    wanted = {name for names in kind.carries.values() for name in names}
    dropped = trouble.rule.get("drop", ())
    return (
        trouble.hidden and bool(dropped) and not wanted.intersection(dropped) and point.role != Action.ASSERT
    )


UNKNOWABLE: tuple[Exempt, ...] = (
    # the fault fires, and nobody outside of the service could tell
    Exempt(
        "the service keeps another value of a field than it was sent, and no call ever returns that field",
        lambda _, trouble: trouble.hidden and trouble.family == "rewritten body",
    ),
    Exempt("the service loses a field without a word, and no call ever returns that field", _goes_unnoticed),
)
"""Cells in which what was sent is not what is kept, and no answer shows it."""


def exempt(table: tuple[Exempt, ...], point: Point, trouble: Trouble) -> Exempt | None:
    """The row of a table that leaves this cell out, if one does."""
    return next((row for row in table if row.concerns(point, trouble)), None)
