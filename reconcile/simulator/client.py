"""A few lines to talk to a simulator without HTTP: for tests, and to try things out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconcile.simulator.values import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconcile.simulator.core import Simulator
    from reconcile.simulator.store import Store
    from reconcile.simulator.values import Response


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.text)

    @property
    def codes(self) -> list[str]:
        """The code of each error."""
        return [error["code"] for error in self.json["errors"]]

    @property
    def params(self) -> list[str]:
        """The parameter that each error is about."""
        return [error["meta"]["param_name"] for error in self.json["errors"]]


def _unseen(_request: Request, _response: Response) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class Client:
    """Sends requests with a key and a version; `watch` sees every exchange."""

    simulator: Simulator
    key: str
    version: str | None = "2026-05-12"
    watch: Callable[[Request, Response], None] = _unseen

    @property
    def store(self) -> Store:
        """The simulator's own state."""
        return self.simulator.store

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One exchange; `path` comes without `/v1`, and bytes are sent as they are."""
        sent = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        versioned = {} if self.version is None else {"clerk-api-version": self.version}
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        request = Request(
            method, f"/v1{path}", query or {}, {**sent, **versioned, **(headers or {})}, content
        )
        response = self.simulator.handle(request)
        self.watch(request, response)
        return Reply(response.status, response.headers, response.body.decode())

    def get(self, path: str, **query: str) -> Reply:
        """Read."""
        return self.send("GET", path, query=query)

    def post(self, path: str, body: Any = None) -> Reply:
        """Create, or carry out."""
        return self.send("POST", path, body)

    def patch(self, path: str, body: Any) -> Reply:
        """Change."""
        return self.send("PATCH", path, body)

    def put(self, path: str, body: Any) -> Reply:
        """Replace."""
        return self.send("PUT", path, body)

    def delete(self, path: str) -> Reply:
        """Delete."""
        return self.send("DELETE", path)

    def everything(self, path: str) -> list[Any]:
        """The first page of a list, as large as pages get."""
        found: list[Any] = self.get(path, limit="500", paginated="true").json["data"]
        return found
