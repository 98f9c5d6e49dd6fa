"""A relay on this machine that passes every request on as it is, and notes what was said."""

from __future__ import annotations

import http.client
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LOOPBACK = "127.0.0.1"
_TIMEOUT = 60.0
# What belongs to one connection and not to the message; the length is counted anew.
_OF_THE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


@dataclass(frozen=True, slots=True)
class Message:
    """One request with its answer. Names of headers are in lower case; bodies are JSON, or None where they are not."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    status: int
    answer_headers: Mapping[str, str]
    answer: Any

    @property
    def writes(self) -> bool:
        """Whether the request asks for a change."""
        return self.method != "GET"

    @property
    def took(self) -> bool:
        """Whether the answer is a good one."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Relay:
    """Where it listens, without a slash at the end, and what it heard so far."""

    url: str
    heard: list[Message]

    def take(self) -> list[Message]:
        """What was heard since the last time."""
        taken = self.heard[:]
        del self.heard[: len(taken)]
        return taken


@contextmanager
def relay(upstream: str) -> Iterator[Relay]:
    """A relay in front of another address of this machine, until the block ends."""
    host = urlsplit(upstream).netloc
    heard: list[Message] = []
    server = ThreadingHTTPServer((LOOPBACK, 0), _handler(host, heard))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Relay(f"http://{LOOPBACK}:{server.server_address[1]}", heard)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(_TIMEOUT)


def _handler(host: str, heard: list[Message]) -> type[BaseHTTPRequestHandler]:
    """The handler of a server that passes on to `host`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            sent = _kept(self.headers.items())
            connection = http.client.HTTPConnection(host, timeout=_TIMEOUT)
            try:
                connection.request(self.command, self.path, body or None, sent)
                answer = connection.getresponse()
                content = answer.read()
            finally:
                connection.close()
            received = _kept(answer.getheaders())
            heard.append(_message(self.command, self.path, sent, body, answer.status, received, content))
            self._answer(answer.status, received, content)

        def _answer(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing: what was heard is noted."""

    return Handler


def _kept(headers: Any) -> dict[str, str]:
    """The headers that belong to the message, by name in lower case."""
    lower = {name.lower(): value for name, value in headers}
    return {name: value for name, value in lower.items() if name not in _OF_THE_CONNECTION}


def _message(
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes,
    status: int,
    answer_headers: Mapping[str, str],
    answer: bytes,
) -> Message:
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Message(method, parts.path, query, headers, _json(body), status, answer_headers, _json(answer))


def _json(content: bytes) -> Any:
    try:
        return json.loads(content) if content else None
    except ValueError:
        return None
