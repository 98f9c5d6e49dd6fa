"""What our client sends and what the simulator answers, written down as lines of JSON (see `exchange.py`).

A request counts where it leaves the process: a transport that only plays back answers has sent nothing.
"""

from __future__ import annotations

import inspect
import json
import os
import threading
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import ModuleType

FAULT: Final = "x-simulated-fault"
_TELLING: Final = frozenset({"accept", "clerk-api-version", "content-type"})
_ours: ContextVar[bool] = ContextVar("ours", default=False)


class Tape:
    """One file for each process, with a line for each thing that it has not said before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._said = set[int]()

    def keep(self, **row: Any) -> None:
        """Write one line, at once: a process may be ended at any time."""
        line = json.dumps(row, sort_keys=True)
        with self._lock:
            if hash(line) not in self._said:
                self._said.add(hash(line))
                with (self._folder / f"{os.getpid()}.jsonl").open("a", encoding="ascii") as file:
                    file.write(line + "\n")


def fit(module: ModuleType) -> None:
    """Put the ear of a module into it."""
    _EARS[module.__name__](Tape(Path(os.environ["CONFORMANCE_RECORD"])), module)


def _keep_request(tape: Tape, asked: Any) -> None:
    """What our client sends, as it is on its way."""
    path, _, query = asked.url.raw_path.decode("ascii").partition("?")
    tape.keep(
        speaker="client",
        method=asked.method,
        path=path,
        query=parse_qsl(query, keep_blank_values=True),
        version=asked.headers.get("clerk-api-version", ""),
        headers=_headers(asked.headers.items()),
        body=asked.read().decode("utf-8", "backslashreplace"),
        status=0,
    )


def _keep_answer(tape: Tape, asked: Any, given: Any) -> None:
    """What the simulator answers."""
    tape.keep(
        speaker="simulator",
        method=asked.method,
        path=asked.path,
        query=sorted(asked.query.items()),
        version=asked.headers.get("clerk-api-version") or asked.query.get("__clerk_api_version", ""),
        headers=_headers(given.headers.items()),
        body=given.body.decode("utf-8", "backslashreplace"),
        status=given.status,
    )


def _headers(items: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """All names with the values that matter: keys stay out of files, and chance out of comparisons."""
    return sorted((name.lower(), _told(name.lower(), value)) for name, value in items)


def _told(name: str, value: str) -> str:
    if name == "authorization":
        scheme, space, key = value.partition(" ")
        return f"{scheme}{space}{'*' if key else ''}"
    return value if name in _TELLING else ""


def _fit_client(tape: Tape, module: ModuleType) -> None:
    """Mark what comes from our client, and keep it where it leaves over the network."""
    import httpx  # noqa: PLC0415 - the module at hand has imported it; other processes may not want it

    class Marked(httpx.BaseTransport):
        """The first transport below our client."""

        def __init__(self, inner: httpx.BaseTransport) -> None:
            self.inner = inner

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            before = _ours.set(True)
            try:
                return self.inner.handle_request(request)
            finally:
                _ours.reset(before)

        def close(self) -> None:
            self.inner.close()

    original = module.Client.__init__
    signature = inspect.signature(original)

    @wraps(original)
    def init(*given: Any, **named: Any) -> None:
        bound = signature.bind(*given, **named)
        bound.arguments["transport"] = Marked(bound.arguments["transport"])
        original(*bound.args, **bound.kwargs)

    module.Client.__init__ = init
    _fit_way_out(tape, httpx.HTTPTransport)


def _fit_transport(tape: Tape, module: ModuleType) -> None:
    """Keep what our client sends to a simulator in its own process."""
    _fit_way_out(tape, module.SimulatorTransport)


def _fit_way_out(tape: Tape, transport: Any) -> None:
    """Keep what our client sends by this transport."""
    original = transport.handle_request

    @wraps(original)
    def handle_request(self: Any, request: Any) -> Any:
        if _ours.get():
            _keep_request(tape, request)
        return original(self, request)

    transport.handle_request = handle_request


def _fit_simulator(tape: Tape, module: ModuleType) -> None:
    """Keep what the simulator answers, to whomever, as far as it speaks for the service."""
    original = module.Simulator.handle

    @wraps(original)
    def handle(self: Any, request: Any) -> Any:
        answer = original(self, request)
        if not _made_up(self, answer, module.published()):
            _keep_answer(tape, request, answer)
        return answer

    module.Simulator.handle = handle


def _made_up(simulator: Any, answer: Any, published: object) -> bool:
    """Whether an answer is meant to be unlike the service: a fault that was ordered, the future, a test's own contract."""
    ordered = any(name.lower() == FAULT for name in answer.headers)
    return ordered or simulator.options.future or simulator._contract is not published


_EARS: Mapping[str, Callable[[Tape, ModuleType], None]] = {
    "reconcile.client": _fit_client,
    "reconcile.simulator.core": _fit_simulator,
    "reconcile.simulator.transport": _fit_transport,
}
