"""The simulator over HTTP, on this machine only."""

from __future__ import annotations

import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from reconcile.simulator.statefile import StateFile
from reconcile.simulator.values import LOST, PATIENCE, RESET, TRUNCATED, Request, Response

try:
    import uvicorn

    from reconcile.simulator.connections import Connections
except ImportError as error:
    text = "serving the simulator over HTTP needs uvicorn: pip install 'clerk-reconcile[simulate]'"
    raise ImportError(text) from error

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from reconcile.simulator.core import Simulator

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

_LOOPBACK = "127.0.0.1"
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(simulator: Simulator, port: int, on_ready: Callable[[int], None]) -> None:
    """Serve until SIGINT or SIGTERM; port 0 is any free one, and `on_ready` learns which.

    A store that was loaded from a file, or saved to one, is saved there after every change.
    """
    path = simulator.store.path
    handle = simulator.handle if path is None else StateFile(simulator, path).handle
    listener = _listener(port)
    connections = Connections()
    config = uvicorn.Config(
        _app(handle, connections),
        http=connections.protocol(),
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # a connection is known by its ends
    )
    with listener:
        _Server(config, connections, lambda: on_ready(listener.getsockname()[1])).run(sockets=[listener])


def _listener(port: int) -> socket.socket:
    """A socket whose connections send what they have at once; otherwise each answer waits for a twentieth of a second."""
    listener = socket.create_server((_LOOPBACK, port))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class _Server(uvicorn.Server):
    """Says when it is ready, and takes a signal for a request to stop, not for an accident."""

    def __init__(
        self, config: uvicorn.Config, connections: Connections, on_ready: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._connections = connections
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to accept connections, then say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, and let nobody wait for an answer that a fault holds back."""
        self._connections.let_go()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal, and put the former handlers back."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        former = {one: signal.signal(one, self.handle_exit) for one in _SIGNALS}
        try:
            yield
        finally:
            for one, handler in former.items():
                signal.signal(one, handler)


def _app(
    handle: Callable[[Request], Response], connections: Connections
) -> Callable[[dict[str, Any], Receive, Send], Awaitable[None]]:
    """An ASGI application around the simulator."""

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        response = handle(_request(scope, await _body(receive)))
        wait = PATIENCE if response.broken == LOST else response.delay
        if wait and await connections.gone_within(scope, receive, wait):
            return
        if response.broken in {LOST, RESET}:
            await connections.reset(scope, receive)
            return
        await _start(response, send)
        if response.broken == TRUNCATED:
            half = response.body[: len(response.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            await connections.end(scope, receive)
            return
        await send({"type": "http.response.body", "body": response.body})

    return app


async def _start(response: Response, send: Send) -> None:
    """Send the status and the headers."""
    headers = {**response.headers, "content-length": str(len(response.body))}
    if response.status == 204:
        del headers["content-length"]
    raw = [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})


def _request(scope: dict[str, Any], body: bytes) -> Request:
    """An ASGI scope as a request of ours."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    return Request(scope["method"], scope["raw_path"].decode("ascii"), query, headers, body)


async def _body(receive: Receive) -> bytes:
    """The whole body of a request."""
    parts = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)
