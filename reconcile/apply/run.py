"""The waves of a plan, one after the other: what runs side by side, and what must not be tried any more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Event, Lock
from typing import TYPE_CHECKING

from reconcile.apply.ending import outcome_of
from reconcile.apply.journal import Nobody
from reconcile.apply.sender import Sender
from reconcile.errors import ApiError, UnreachableError, UnwrittenError
from reconcile.model import Action, Outcome, Status
from reconcile.plan.order import waves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from reconcile.apply.answer import Accepts
    from reconcile.apply.journal import Recorder
    from reconcile.client import Client
    from reconcile.model import Change, Json, Kind, Plan

PARALLEL = 8
_SHARED_LIMIT = "too_many_requests"


def _as_sent(_address: str, _field: str, _sent: Json, _got: Json) -> bool:
    return False


def _unheard(_: Change) -> None:
    return


@dataclass(frozen=True, slots=True)
class Manner:
    """How a plan is carried out, as far as callers have a say in it."""

    parallel: int = PARALLEL
    skip_gated: bool = False  # what the plan of the instance does not include is left out, and is no failure
    accepts: Accepts = _as_sent  # whether a field may be another than what was sent
    journal: Recorder = field(default_factory=Nobody)  # told of each call
    started: Callable[[Change], None] = (
        _unheard  # hears of each change before its first call, from any thread
    )


_PLAINLY = Manner()


def apply(
    plan: Plan,
    kinds: Mapping[str, Kind],
    client: Client,
    secret: Callable[[str], str],
    tell: Callable[[Outcome], None] = lambda _: None,
    stop: Event | None = None,
    manner: Manner = _PLAINLY,
) -> tuple[Outcome, ...]:
    """Carry out every change whose needs are met; one outcome for each change, in the order of the plan.

    `secret` gives the value of a named secret; `tell` hears of each outcome at once, from any thread; once `stop`
    is set, what is in flight is finished and nothing more is sent.
    """
    stop = stop or Event()
    run = _Run(kinds, Sender(client, secret, manner.accepts, stop, manner.journal), manner, tell, stop)
    with ThreadPoolExecutor(manner.parallel) as pool:
        for wave in waves(plan.changes):
            list(pool.map(run.lane, _lanes(kinds, wave)))
    return tuple(run.outcomes[change.address] for change in plan.changes)


def _lanes(kinds: Mapping[str, Kind], wave: Sequence[Change]) -> Iterator[Sequence[Change]]:
    """What may run side by side: each change by itself, but for kinds whose writes go one at a time."""
    queue = [change for change in wave if kinds[change.kind].one_at_a_time]
    if queue:
        yield queue
    yield from ([change] for change in wave if not kinds[change.kind].one_at_a_time)


class _Run:
    """One apply under way: what has ended, and what must not be tried any more."""

    def __init__(
        self,
        kinds: Mapping[str, Kind],
        sender: Sender,
        manner: Manner,
        tell: Callable[[Outcome], None],
        stop: Event,
    ) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self._kinds = kinds
        self._sender = sender
        self._manner = manner
        self._tell = tell
        self._stop = stop
        self._over = ""  # why nothing more will be taken from us, if so
        self._locked: dict[str, str] = {}
        self._missed: dict[str, Outcome] = {}  # by need: the first outcome because of which it is not met
        self._lock = Lock()

    def lane(self, changes: Iterable[Change]) -> None:
        """Carry out these changes one after the other."""
        for change in changes:
            self._note(change, self._skipped(change) or self._attempt(change))

    def _skipped(self, change: Change) -> Outcome | None:
        """Why a change is not tried, if there is a reason."""
        skip = Outcome(change.address, change.action, Status.SKIPPED)
        if self._stop.is_set():
            return replace(skip, reason="stopped before it was sent")
        if self._over:
            return replace(skip, reason=self._over)
        for code in self._kinds[change.kind].locks & self._locked.keys():
            return replace(skip, reason=f"the service has locked these writes: {self._locked[code]}")
        for need in change.needs:
            if need in self._missed:
                return _because(skip, need, self._missed[need])
        return None

    def _attempt(self, change: Change) -> Outcome:
        kind = self._kinds[change.kind]
        self._manner.started(change)
        ending = self._sender.carry_out(kind, change)
        if isinstance(ending.error, ApiError):
            self._mind(kind, ending.error)
        if isinstance(ending.error, UnreachableError) and not ending.error.sent:
            self._over = f"the service is out of reach: {ending.error}"
        if isinstance(ending.error, UnwrittenError):
            self._over = str(ending.error)
        return outcome_of(kind, change, ending, skip_gated=self._manner.skip_gated)

    def _mind(self, kind: Kind, error: ApiError) -> None:
        """What an error means for the changes that follow: no other key will come, and a lock does not open.

        Where the limit of the instance is still in force after all patience, it is for the others as well.
        """
        if error.status == 401:
            self._over = f"the service refused the key: {error}"
        elif error.status == 429 and (not error.codes or _SHARED_LIMIT in error.codes):
            self._over = f"the limit of the instance is used up: {error}"
        shut = kind.locks if error.status == 423 else kind.locks & {*error.codes}
        self._locked.update(dict.fromkeys(shut, str(error)))

    def _note(self, change: Change, outcome: Outcome) -> None:
        with self._lock:
            self.outcomes[change.address] = outcome
            if outcome.status is not Status.DONE and not outcome.not_ours:
                names = [change.address, *([] if change.action is Action.DELETE else [f"{change.kind}/*"])]
                for name in names:
                    self._missed.setdefault(name, outcome)
        self._tell(outcome)


def _because(skip: Outcome, need: str, missed: Outcome) -> Outcome:
    """What is skipped because of something that did not take; what that lacks of the plan, this lacks as well."""
    cause = f": {missed.reason}" if missed.reason else ""
    left_out = missed.status is Status.SKIPPED and missed.features
    return replace(
        skip,
        reason=f"needs {need}, and {missed.address} did not take{cause}",
        features=missed.features if left_out else (),
    )
