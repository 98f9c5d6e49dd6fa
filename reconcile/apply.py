"""Plan -> Outcomes, wave by wave. It looks at nothing but the plan: it never merges, decides or fills in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from reconcile.calls import calls
from reconcile.diff import equal, normalise
from reconcile.errors import ApiError, ReconcileError, ServiceError
from reconcile.model import Absent, Action, Outcome, Ref, Secret, Status, Unreadable, Value
from reconcile.observe import read_list
from reconcile.plan.order import waves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from reconcile.client import Client
    from reconcile.model import Call, Change, Fields, Json, Kind, Plan, Reference, Tagged

_WORKERS = 8
_PATIENCE = 10.0  # seconds that reads may trail behind writes
_PAUSE = 0.5


def apply(
    plan: Plan,
    kinds: Mapping[str, Kind],
    client: Client,
    secret: Callable[[str], str],
    tell: Callable[[Outcome], None] = lambda _: None,
    stop: Event | None = None,
) -> tuple[Outcome, ...]:
    """Carry out every change whose needs are met; one outcome for each change, in the order of the plan.

    `secret` gives the value of a named secret; `tell` hears of each outcome at once, from any thread; once `stop`
    is set, what is in flight is finished and nothing more is sent.
    """
    run = _Run(kinds, client, secret, tell, stop or Event())
    with ThreadPoolExecutor(_WORKERS) as pool:
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
        client: Client,
        secret: Callable[[str], str],
        tell: Callable[[Outcome], None],
        stop: Event,
    ) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self._kinds = kinds
        self._client = client
        self._secret = secret
        self._tell = tell
        self._stop = stop
        self._refused = ""
        self._locked: dict[str, str] = {}
        self._failed: set[str] = set()
        self._ids: dict[str, Mapping[str, str]] = {}
        self._lock = Lock()

    def lane(self, changes: Iterable[Change]) -> None:
        """Carry out these changes one after the other."""
        for change in changes:
            reason = self._reason_to_skip(change)
            if reason:
                outcome = Outcome(change.address, change.action, Status.SKIPPED, reason)
            else:
                outcome = self._attempt(change)
            self._note(change, outcome)

    def _reason_to_skip(self, change: Change) -> str:
        if self._stop.is_set():
            return "stopped before it was sent"
        if self._refused:
            return f"the service refused the key: {self._refused}"
        if locked := next(
            (self._locked[code] for code in self._kinds[change.kind].locks if code in self._locked), ""
        ):
            return f"the service has locked these writes: {locked}"
        failed = [need for need in change.needs if need in self._failed]
        return f"needs {failed[0]}, which did not take" if failed else ""

    def _note(self, change: Change, outcome: Outcome) -> None:
        with self._lock:
            self.outcomes[change.address] = outcome
            if outcome.status in {Status.FAILED, Status.SKIPPED} and not outcome.not_ours:
                self._failed |= {
                    change.address,
                    *([] if change.action is Action.DELETE else [f"{change.kind}/*"]),
                }
        self._tell(outcome)

    def _attempt(self, change: Change) -> Outcome:
        kind = self._kinds[change.kind]
        try:
            first, *others = calls(kind, change)
            problems = [*self._call(kind, first, 0.0)]
            problems += [text for call in others for text in self._call(kind, call, _PATIENCE)]
        except ApiError as error:
            return self._api_error(kind, change, error)
        except ReconcileError as error:
            return Outcome(change.address, change.action, Status.FAILED, str(error))
        status = Status.FAILED if problems else Status.DONE
        return Outcome(change.address, change.action, status, "; ".join(problems))

    def _api_error(self, kind: Kind, change: Change, error: ApiError) -> Outcome:
        """What an error answer means for this change, and for those that follow."""
        codes = set(error.codes)
        if change.action is Action.CREATE and codes & kind.present:
            return Outcome(change.address, change.action, Status.DONE, "was there already")
        if change.action is Action.DELETE and error.status == 404:
            return Outcome(change.address, change.action, Status.DONE, "was gone already")
        if change.action is Action.DELETE and codes & kind.not_ours:
            reason = "belongs to the service, so it is left alone and not planned again"
            return Outcome(change.address, change.action, Status.SKIPPED, reason, not_ours=change.id)
        if error.status == 401:
            self._refused = str(error)
        self._locked.update(dict.fromkeys(codes & kind.locks, str(error)))
        return Outcome(change.address, change.action, Status.FAILED, str(error))

    def _call(self, kind: Kind, call: Call, patience: float) -> Iterator[str]:
        """Send one call; yields what of it did not take, according to the answer."""
        body = (
            None
            if call.body is None
            else {name: self._resolve(kind, value, patience) for name, value in call.body.items()}
        )
        answer = self._client.send(call.method, call.path, body)
        yield from _not_taken(kind, call.body or {}, answer)

    def _resolve(self, kind: Kind, value: Tagged, patience: float) -> Json:
        match value:
            case Value(json):
                return json
            case Secret(name, _):
                return self._secret(name)
            case Ref(address):
                return self._id_of(kind, address, patience)
            case Absent() | Unreadable():
                raise ReconcileError("a plan holds a value that cannot be sent; make a new plan")

    def _id_of(self, kind: Kind, address: str, patience: float) -> str:
        """The id of the object that a reference names; what a call has just brought about may take time to show."""
        owner, _, key = address.partition("/")
        clock = self._client.clock
        deadline = clock.now() + patience
        reference = next(ref for ref in kind.references.values() if ref.kind == owner)
        while key not in self._ids.get(owner, {}):
            patient = clock.now() < deadline
            self._ids[owner] = self._look_up(reference, patient=patient)
            if key not in self._ids[owner]:
                if not patient:
                    known = ", ".join(sorted(self._ids[owner])) or "none"
                    raise ServiceError(
                        f"the instance has no {owner.replace('_', ' ')} {key}; it has: {known}"
                    )
                clock.sleep(_PAUSE)
        return self._ids[owner][key]

    def _look_up(self, reference: Reference, *, patient: bool) -> Mapping[str, str]:
        """The ids of all objects that a reference could name, by key; none where that is refused and may change."""
        try:
            rows = read_list(self._client, reference.path, flagged=False)
        except ApiError as error:
            if not patient or error.status != 403:
                raise
            return {}
        return {str(row[reference.key]): str(row["id"]) for row in rows}


def _not_taken(kind: Kind, body: Fields, answer: Any) -> Iterator[str]:
    """Compare what came back with what was sent; a field that the answer does not show is left to the re-read."""
    for name, sent in body.items():
        if isinstance(sent, Value) and isinstance(answer, dict) and name in answer and name in kind.fields:
            field = kind.fields[name]
            wanted = normalise(field, sent.value)
            extra = kind.ignored.get(name, frozenset()) - frozenset(
                wanted if isinstance(wanted, list) else ()
            )
            got = normalise(field, answer[name], extra)
            if not equal(wanted, got) and wanted is not None:
                yield f"{name} did not take: sent {_short(sent.value)}, the service answered {_short(answer[name])}"


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
