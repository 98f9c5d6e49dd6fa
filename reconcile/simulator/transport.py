"""The simulator as an httpx transport: a client that believes it speaks HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from reconcile.simulator.statefile import StateFile
from reconcile.simulator.values import Request

if TYPE_CHECKING:
    from pathlib import Path

    from reconcile.simulator.core import Simulator


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
        return httpx.Response(response.status, headers=dict(response.headers), content=response.body)
