"""A server that answers fixed JSON at once, or after a fixed time, and counts. It prints its port and its project.

    python stub.py WORLD LATENCY_MS PROJECT_FOLDER

GET /calls answers the calls since it was last asked. Answers are made before the first request comes, so that the
time of a run is the client's own.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import world

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOT_FOUND = (
    b'HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"errors":[]}'
)


class Answers:
    """The bytes of every answer, and the calls that were made."""

    def __init__(self, name: str) -> None:
        self._ready = {f"/v1/{path}": answer for path, answer in _answers(name)}
        self.calls: list[str] = []

    def to(self, verb: str, target: str) -> bytes:
        """The answer to one request."""
        if target == "/calls":
            made, self.calls = self.calls, []
            return _http(json.dumps(made))
        path, _, query = target.partition("?")
        self.calls.append(f"{verb} {path}")
        pairs = dict(pair.split("=", 1) for pair in query.split("&") if "=" in pair)
        offset = pairs.get("offset", "0")
        return self._ready.get(path if offset == "0" else f"{path} from {offset}", _NOT_FOUND)


def _answers(name: str) -> Iterator[tuple[str, bytes]]:
    for path, rows in world.live(name).items():
        if not isinstance(rows, list):
            yield path, _http(json.dumps(rows))
            continue
        size = world.PAGE if path in world.PAGED else len(rows)
        for offset in range(0, len(rows), size):
            page = {"data": rows[offset : offset + size], "total_count": len(rows)}
            yield f"{path} from {offset}" if offset else path, _http(json.dumps(page))


def _http(body: str) -> bytes:
    raw = body.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
    return head.encode() + raw


class Connection(asyncio.Protocol):
    """One client: requests come one after the other and are answered in that order."""

    def __init__(self, answers: Answers, latency: float) -> None:
        self._answers = answers
        self._latency = latency
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - told to mypy
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].decode("latin-1")
            length = _length(head)
            if len(self._buffer) < end + 4 + length:
                return
            self._buffer = self._buffer[end + 4 + length :]
            verb, target, _ = head.split(" ", 2)
            answer = self._answers.to(verb, target)
            if self._latency and target != "/calls":
                asyncio.get_running_loop().call_later(self._latency, self._transport.write, answer)
            else:
                self._transport.write(answer)


def _length(head: str) -> int:
    for line in head.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0


async def _serve(name: str, latency: float, folder: Path) -> None:
    answers = Answers(name)
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(answers, latency), "127.0.0.1", 0
    )
    port = server.sockets[0].getsockname()[1]
    for path, text in world.files(name, f"http://127.0.0.1:{port}/v1"):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    print(port, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], float(sys.argv[2]) / 1000, Path(sys.argv[3])))
