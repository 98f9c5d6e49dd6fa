from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import httpx

from tests.conformance.relay import relay

if TYPE_CHECKING:
    from collections.abc import Iterator


class Echo(BaseHTTPRequestHandler):
    """Answers a POST with its own body, and everything else with nothing."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, body)

    def do_PATCH(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(204, b"")

    def do_GET(self) -> None:
        self._answer(404, b"<html>")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("X-Said", "yes")
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@contextmanager
def echo() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join(10)


def test_a_request_and_its_answer_pass_unchanged_and_are_noted() -> None:
    with echo() as upstream, relay(upstream) as watched, httpx.Client(base_url=watched.url) as http:
        answer = http.post("/v1/x?limit=5&empty=", json={"ä": 1}, headers={"Clerk-API-Version": "2026-05-12"})
        (heard,) = watched.take()

    assert (answer.json(), answer.headers["x-said"]) == ({"ä": 1}, "yes")
    assert (heard.method, heard.path, dict(heard.query)) == ("POST", "/v1/x", {"limit": "5", "empty": ""})
    assert (heard.body, heard.answer, heard.status) == ({"ä": 1}, {"ä": 1}, 200)
    assert heard.headers["clerk-api-version"] == "2026-05-12"
    assert heard.writes
    assert heard.took


def test_answers_without_a_body_and_with_other_than_json_pass_too() -> None:
    with echo() as upstream, relay(upstream) as watched, httpx.Client(base_url=watched.url) as http:
        assert http.patch("/v1/x").status_code == 204
        assert http.get("/v1/x").text == "<html>"
        first, second = watched.take()

    assert (first.status, first.answer, first.took) == (204, None, True)
    assert (second.status, second.answer, second.took, second.writes) == (404, None, False, False)
    assert watched.take() == []
