"""The simulator: a request goes through the door, to its operation, and comes back in the contract's shape."""

from __future__ import annotations

import json
import threading
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from reconcile.simulator import door, organizations, records, settings, templates
from reconcile.simulator.bodies import body_of
from reconcile.simulator.contract import Contract, Operation, published
from reconcile.simulator.effects import Behind
from reconcile.simulator.ids import new_hex
from reconcile.simulator.lag import History
from reconcile.simulator.limits import REQUESTS, TEMPLATE_WRITES, SlidingLog
from reconcile.simulator.problems import Refused
from reconcile.simulator.shape import shape
from reconcile.simulator.values import Options, Request, Response
from reconcile.simulator.world import Call, World

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from reconcile.clock import Clock
    from reconcile.simulator.faults import Faults
    from reconcile.simulator.store import Store

_LOG_LENGTH = 100_000
_HTML = b"<!DOCTYPE html>\n<html><head><title>404</title></head><body><h1>Not Found</h1></body></html>\n"

_SPECIAL: dict[str, Callable[[Call], Any]] = {
    # operations that neither a collection nor a settings group describes
    "GetTemplateList": templates.read_list,
    "GetTemplate": templates.read_one,
    "UpsertTemplate": templates.put,
    "RevertTemplate": templates.revert,
    "ToggleTemplateDelivery": templates.toggle_delivery,
    "ListOrganizationRoles": organizations.list_roles,
}
_ON_COLLECTION = {"GET": records.read_list, "POST": records.create}
_ON_ITEM = {"GET": records.read_one, "PATCH": records.update, "PUT": records.update, "DELETE": records.delete}
_ON_GROUP = {"GET": settings.read, "PATCH": settings.write, "PUT": settings.write, "POST": settings.write}
_LIMITED_WRITES = ("UpsertTemplate", "ToggleTemplateDelivery")


class Simulator:
    """One instance behind its API. Several threads may call it at once; it serves one at a time."""

    def __init__(
        self,
        store: Store,
        options: Options,
        clock: Clock,
        rng: random.Random,
        faults: Faults | None = None,
    ) -> None:
        self.store = store
        self.options = options
        self.clock = clock
        self.log: deque[tuple[str, str, dict[str, str], int]] = deque(maxlen=_LOG_LENGTH)
        self._contract: Contract = published()
        self._rng = rng
        self._history = History(options.lag, rng)
        self._requests = SlidingLog(*REQUESTS[options.type])
        self._template_writes = SlidingLog(*TEMPLATE_WRITES)
        self._lock = threading.RLock()
        self.faults = faults

    @property
    def faults(self) -> Faults | None:
        """The rules by which this instance misbehaves; set others, or None, at any time."""
        return self._faults

    @faults.setter
    def faults(self, faults: Faults | None) -> None:
        self._faults = faults
        self._history.keep(faults.memory if faults else 0.0)

    def handle(self, request: Request) -> Response:
        """Answer one request; a fault of the connection is a mark on the answer."""
        with self._lock:
            response = self._or_refusal(self._answer, request)
            self.log.append((request.method, request.path, dict(request.query), response.status))
            return response

    def _answer(self, request: Request) -> Response:
        """The answer to a request, if it is let in."""
        door.authenticate(request, self.options)
        version = door.version(request)
        self._admit(self._requests, "too_many_requests")
        if self._faults is None:
            return self._carry_out(request, version)
        return self._faults.answer(request, self._behind(version))

    def _behind(self, version: str) -> Behind:
        """This instance as the rules of its faults see it."""
        carry_out = partial(self._carry_out, version=version)
        return Behind(
            carry_out=partial(self._or_refusal, carry_out),
            write_beside=partial(self._or_refusal, partial(carry_out, limited=False)),
            refuse=self._refusal,
            plain=self._plain,
            history=self._history,
            clock=self.clock,
            rng=self._rng,
        )

    def _or_refusal(self, answer: Callable[[Request], Response], request: Request) -> Response:
        """What `answer` says, or how it refuses."""
        try:
            return answer(request)
        except Refused as refused:
            return self._refusal(refused)

    def _carry_out(self, request: Request, version: str, *, limited: bool = True) -> Response:
        """The answer of the operation at this path."""
        found = self._routes(request, version)
        if not found:
            return Response(404, self._plain("text/html; charset=utf-8"), _HTML)
        if request.method not in found:
            return Response(405, {**self._plain(), "allow": ", ".join(sorted(found))}, b"")
        operation, params = found[request.method]
        if limited and operation.id in _LIMITED_WRITES:
            self._admit(self._template_writes, "email_template_customization_rate_limited")
        call = Call(operation, params, request.query, body_of(request, operation), self._world())
        return self._success(operation, self._handler(operation)(call))

    def _routes(self, request: Request, version: str) -> Mapping[str, tuple[Operation, dict[str, str]]]:
        """What answers at this path, by method."""
        path = request.path.removeprefix("/v1")
        known = request.path.startswith("/v1/") and door.exists_in(version, path)
        return self._contract.at(path) if known else {}

    def _handler(self, operation: Operation) -> Callable[[Call], Any]:
        """The function that carries out an operation: a special one, or by the form of its path."""
        if operation.id in _SPECIAL:
            return _SPECIAL[operation.id]
        if operation.segments[-1].startswith("{"):
            return _ON_ITEM[operation.method]
        is_collection = any(
            other.path.startswith(operation.path + "/{") for other in self._contract.operations
        )
        return (_ON_COLLECTION if is_collection else _ON_GROUP)[operation.method]

    def _world(self) -> World:
        """The surroundings of one call."""
        return World(self.store, self.options, self.clock, self._rng, self._history)

    def _admit(self, log: SlidingLog, code: str) -> None:
        """Refuse a request that comes too soon."""
        seconds = log.admit(self.clock.now()) if self.options.rate_limit else 0
        if seconds:
            raise door.too_many(code, seconds)

    def _success(self, operation: Operation, payload: Any) -> Response:
        """The payload in the contract's shape."""
        if operation.answer is None:
            return Response(operation.status, self._plain(), b"")
        shown = shape(payload, operation.answer, future=self.options.future)
        return Response(operation.status, self._plain("application/json"), _encoded(shown))

    def _refusal(self, refused: Refused) -> Response:
        """An error answer with a trace id."""
        trace = new_hex(self._rng)
        payload = {"errors": [one.wire() for one in refused.problems], "clerk_trace_id": trace}
        shown = shape(payload, self._contract.errors, future=self.options.future)
        headers = {**self._plain("application/json"), **refused.headers, "x-clerk-trace-id": trace}
        return Response(refused.status, headers, _encoded(shown))

    def _plain(self, content_type: str = "") -> dict[str, str]:
        """The headers of every answer."""
        named = {"content-type": content_type} if content_type else {}
        return {**named, "cf-ray": f"{new_hex(self._rng, 16)}-SIM"}


def _encoded(payload: Any) -> bytes:
    """JSON as the service writes it: compact, in UTF-8."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
