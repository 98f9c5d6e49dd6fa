"""One change, sent: its calls in their order, and what becomes of a create whose answer is lost."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from reconcile.apply.answer import different, taken
from reconcile.apply.ending import Ending, Taken, in_doubt
from reconcile.apply.ids import Ids
from reconcile.calls import calls
from reconcile.errors import AnswerError, ApiError, ReconcileError, ServiceError, StoppedError, UnwrittenError
from reconcile.model import Absent, Call, Ref, Secret, Unreadable, Value
from reconcile.observe import read_kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from reconcile.apply.answer import Accepts
    from reconcile.apply.journal import Recorder
    from reconcile.client import Client
    from reconcile.model import Change, Fields, Json, Kind, Object, Tagged

_PATIENCE = 10.0  # seconds that reads may trail behind writes
_GLANCE = (
    4.0  # seconds to wait for what a reference names where only an earlier run can have brought it about
)
_PAUSE = 0.5
_AGAIN = (0.5, 1.0, 2.0, 4.0)  # seconds before a create whose answer was lost is sent again
_TAKEN = frozenset({400, 409, 422})  # statuses under which a name that is taken may be refused
_THERE = Taken(remark="was there already")


class Sender:
    """Sends the changes of one run. Safe to use from several threads."""

    def __init__(
        self,
        client: Client,
        secret: Callable[[str], str],
        accepts: Accepts,
        stop: Event,
        journal: Recorder,
    ) -> None:
        self._client = client
        self._secret = secret
        self._accepts = accepts
        self._stop = stop
        self._journal = journal
        self._ids = Ids(client, stop)

    def carry_out(self, kind: Kind, change: Change) -> Ending:
        """Send the calls of a change until one fails."""
        so_far, begun = Taken(), False
        try:
            for call in calls(kind, change):
                so_far += self._one(kind, change, call, patience=_PATIENCE if begun else _GLANCE)
                begun = True
        except ReconcileError as error:
            return Ending(so_far, error, begun)
        return Ending(so_far)

    def _one(self, kind: Kind, change: Change, call: Call, patience: float) -> Taken:
        if call.path == kind.path and not kind.singleton:
            return self._create(kind, change, call)
        try:
            return self._send(kind, change, call, patience)
        except ApiError as error:
            if call.method == "DELETE" and error.status == 404:
                return Taken(remark="was gone already")
            raise

    def _send(self, kind: Kind, change: Change, call: Call, patience: float = _GLANCE) -> Taken:
        """Send one call, and hold the answer against it."""
        sent = call.body or {}
        body = {name: self._resolve(kind, value, patience) for name, value in sent.items()}
        number = self._journal.intend(change, call)
        try:
            answer = self._client.send(
                call.method, call.path, None if call.body is None else body, repeatable=call.repeatable
            )
        except ReconcileError as error:
            self._journal.answered(number, str(error))
            raise
        self._journal.answered(number, None)
        return taken(kind, change.address, sent, answer, self._accepts)

    def _resolve(self, kind: Kind, value: Tagged, patience: float) -> Json:
        match value:
            case Value(json):
                return json
            case Secret(name, _):
                return self._secret(name)
            case Ref(address):
                return self._ids.find(kind, address, patience)
            case Absent() | Unreadable():
                raise ReconcileError("a plan holds a value that cannot be sent; make a new plan")

    # --- creating ---

    def _create(self, kind: Kind, change: Change, call: Call) -> Taken:
        """Create an object once, whatever happens to the answers.

        An entry of a list is what its key says: it is sent again, and "is there already" means that it took. Any other
        object is looked up before it is sent again, and made equal to the plan where it turns out to be there. What was
        not sent any more says nothing of what was sent before.
        """
        lost: list[ServiceError] = []
        try:
            return self._until_there(kind, change, call, lost)
        except (StoppedError, UnwrittenError) as error:
            raise (lost[-1] if lost else error) from None

    def _until_there(self, kind: Kind, change: Change, call: Call, lost: list[ServiceError]) -> Taken:
        """Send a create until it is known to have taken; `lost` takes the errors after which nobody knows."""
        for pause in (*_AGAIN, None):
            try:
                return self._send(kind, change, call)
            except ServiceError as error:
                if _present(kind, error):
                    return self._adopt(kind, change, call, None)
                if not in_doubt(error):
                    return self._refused(kind, change, call, error, doubtful=bool(lost))
                if pause is None or self._stop.is_set():
                    raise
                lost.append(error)
            self._client.clock.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
            if kind.update is not None and (found := self._find(kind, change)):
                return self._adopt(kind, change, call, found)
        raise AssertionError("the last try returns or raises")  # pragma: no cover

    def _refused(
        self, kind: Kind, change: Change, call: Call, error: ServiceError, *, doubtful: bool
    ) -> Taken:
        """A create that is refused after a lost answer may be refused because it took: then the object is there."""
        if doubtful and isinstance(error, ApiError) and error.status in _TAKEN:
            found = self._find(kind, change)
            if found is not None:
                return self._adopt(kind, change, call, found)
        if isinstance(error, ApiError):
            error.doubtful |= doubtful
        raise error

    def _adopt(self, kind: Kind, change: Change, call: Call, found: Object | None) -> Taken:
        """Take an object that is there for the one that was to be created: compared, and updated where it differs."""
        if kind.update is None:
            return _THERE
        found = found or self._await(kind, change)
        body = _changeable(kind, call.body or {})
        known = {name for name in body if name in found.fields and isinstance(body[name], Value)}
        if known == body.keys() and not any(
            not self._accepts(change.address, *one) for one in different(kind, body, {**found.fields})
        ):
            return _THERE
        path = f"{kind.path}/{quote(found.id, safe='')}"
        update = self._send(kind, change, Call(kind.update, path, body))
        return replace(update + _THERE, remark="was there already, and has been made equal to the plan")

    def _await(self, kind: Kind, change: Change) -> Object:
        """The object that the service says is there; its list may trail behind."""
        clock = self._client.clock
        deadline = clock.now() + _PATIENCE
        while (found := self._find(kind, change)) is None:
            if clock.now() >= deadline or self._stop.is_set():
                raise AnswerError(
                    f"the service says that {change.address} is there already, and does not list it; plan again"
                )
            clock.sleep(_PAUSE)
        return found

    def _find(self, kind: Kind, change: Change) -> Object | None:
        """The object by its key, as far as it shows; one that was to be replaced is not it."""
        try:
            found = read_kind(self._client, kind).get(change.key)
        except ServiceError:
            return None
        return found if found is not None and found.id != change.id else None


def _present(kind: Kind, error: ServiceError) -> bool:
    return isinstance(error, ApiError) and bool(kind.present & {*error.codes})


def _changeable(kind: Kind, body: Fields) -> Fields:
    """What an update may carry of a body that was made to create."""
    return {name: value for name, value in body.items() if not kind.fields[name].create_only}
