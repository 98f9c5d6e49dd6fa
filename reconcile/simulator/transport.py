"""The simulator as an httpx transport: a client that believes it speaks HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from reconcile.simulator.statefile import StateFile
from reconcile.simulator.values import LOST, PATIENCE, RESET, TRUNCATED, Request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconcile.simulator.core import Simulator
    from reconcile.simulator.values import Response


class SimulatorTransport(httpx.BaseTransport):
    """Answers every request from a simulator; with a path, keeps its state in that file."""

    def __init__(self, simulator: Simulator, path: Path | None = None) -> None:
        self.simulator = simulator
        self._handle = simulator.handle if path is None else StateFile(simulator, path).handle

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request over and its answer back."""
        path = request.url.raw_path.partition(b"?")[0].decode("ascii")
        headers = {name.lower(): value for name, value in request.headers.items()}
        response = self._handle(
            Request(request.method, path, dict(request.url.params), headers, request.read())
        )
        if response.broken or response.delay:
            return self._badly(request, response)
        return httpx.Response(response.status, headers=dict(response.headers), content=response.body)

    def _badly(self, request: httpx.Request, response: Response) -> httpx.Response:
        """What a client notices when the connection is slow or fails; it waits on the simulator's clock."""
        self._wait(request, PATIENCE if response.broken == LOST else response.delay)
        if response.broken == LOST:
            raise httpx.ReadTimeout("no answer came in time", request=request)
        if response.broken == RESET:
            raise httpx.ReadError("the connection was reset", request=request)
        if response.broken == TRUNCATED:
            length = {"content-length": str(len(response.body))}
            return httpx.Response(
                response.status, headers={**response.headers, **length}, stream=_Half(response.body)
            )
        return httpx.Response(response.status, headers=dict(response.headers), content=response.body)

    def _wait(self, request: httpx.Request, seconds: float) -> None:
        """Let time pass, unless the client gives up before."""
        patience = request.extensions.get("timeout", {}).get("read")
        if patience is not None and patience < seconds:
            self.simulator.clock.sleep(patience)
            raise httpx.ReadTimeout("no answer came in time", request=request)
        self.simulator.clock.sleep(seconds)


class _Half(httpx.SyncByteStream):
    """A body that ends in the middle."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        """The first half, and then the end of the connection."""
        yield self._body[: len(self._body) // 2]
        raise httpx.RemoteProtocolError("the connection ended in the middle of the body")
