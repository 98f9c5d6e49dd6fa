"""The way to the service: to whom the key is shown, through whom it goes, and how much comes back."""

from __future__ import annotations

import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, NamedTuple

import httpx
import pytest
import trustme

from reconcile.client import Client, transport_for
from reconcile.client.answers import LARGEST
from reconcile.clock import SystemClock
from reconcile.errors import AnswerError, ReconcileError, RefusedError, UnreachableError
from tests.client.tape import KEY, client, ok, tape
from tests.lab import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CLERK = "https://api.clerk.com/v1"


class Listener(BaseHTTPRequestHandler):
    """Answers every GET, refuses to be a proxy, and keeps what it was asked."""

    asked: list[tuple[str, Mapping[str, str]]]

    def do_GET(self) -> None:
        self._answer(200, b'{"id": "ins_1"}')

    def do_CONNECT(self) -> None:
        self._answer(403, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.asked.append((self.requestline, dict(self.headers)))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Authority(NamedTuple):
    """Somebody who vouches for this machine, and the file that says so."""

    certificate: trustme.LeafCert
    path: Path


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority of our own, made for these tests; its keys are gone with them."""
    own, path = trustme.CA(), tmp_path_factory.mktemp("authority") / "own.pem"
    own.cert_pem.write_to_path(path)
    return Authority(own.issue_cert("127.0.0.1"), path)


@contextmanager
def listening(tls: Authority | None = None) -> Iterator[tuple[int, list[tuple[str, Mapping[str, str]]]]]:
    """A server on this machine: its port, and what it was asked."""
    handler = type("Here", (Listener,), {"asked": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.certificate.configure_cert(context)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1], handler.asked  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()


def instance(url: str, environ: Mapping[str, str]) -> object:
    """Who answers at an address, in this environment."""
    one = Client(url, KEY, transport_for(url, environ), SystemClock(), timeout=5, stopped=lambda: True)
    try:
        return one.get("/instance")
    finally:
        one.close()


# --- whom the key is shown to ---


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/v1/x",
        "http://127.0.0.1:2/v1/x",
        "https://127.0.0.1:1/v1/x",
        "http://127.0.0.1.evil.example:1/",
    ],
)
def test_the_key_goes_nowhere_but_where_it_belongs(path: str) -> None:
    way = tape(ok({}))
    with pytest.raises(ReconcileError, match="another server"):
        client(way).get(path)
    assert way.asked == []


@pytest.mark.parametrize("path", ["//evil.example/x", "/@evil.example", "/..//evil.example"])
def test_whatever_looks_like_a_host_in_a_path_is_part_of_the_path(path: str) -> None:
    way = tape(ok({}))
    client(way).get(path)
    assert way.asked[0].url.netloc == b"127.0.0.1:1"


@pytest.mark.parametrize("key", ["sk_test_ä", "sk_test_a\n", "sk_test_a b", "sk_test_\r\nX: y", ""])
def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(RefusedError) as caught:
        Client(CLERK, key, tape(ok({})), FakeClock())
    assert not key or key not in str(caught.value)


def test_a_netrc_file_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password hunter2\n", "utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with listening() as (port, asked):
        instance(f"http://127.0.0.1:{port}/v1", {"NETRC": str(netrc)})
    assert asked[0][1]["Authorization"] == f"Bearer {KEY}"


# --- certificates ---


def test_a_server_that_nobody_vouches_for_never_sees_the_key(authority: Authority) -> None:
    with listening(authority) as (port, asked):
        with pytest.raises(UnreachableError, match=r"(?i)certificate") as caught:
            instance(f"https://127.0.0.1:{port}/v1", {})
        assert (asked, caught.value.sent) == ([], False)


def test_an_authority_of_ones_own_is_taken_from_the_environment(authority: Authority) -> None:
    with listening(authority) as (port, _):
        environ = {"SSL_CERT_FILE": str(authority.path)}
        assert instance(f"https://127.0.0.1:{port}/v1", environ) == {"id": "ins_1"}


def test_a_certificate_for_another_host_is_not_good_enough(authority: Authority) -> None:
    with listening(authority) as (port, asked):
        with pytest.raises(UnreachableError, match="certificate"):
            instance(f"https://localhost:{port}/v1", {"SSL_CERT_FILE": str(authority.path)})
        assert asked == []


@pytest.mark.parametrize("content", [None, "no certificate\n"])
def test_an_authority_that_cannot_be_read_is_said(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "own.pem"
    if content:
        path.write_text(content, "utf-8")
    with pytest.raises(ReconcileError, match=r"SSL_CERT_FILE: .*own\.pem cannot be read"):
        transport_for(CLERK, {"SSL_CERT_FILE": str(path)})


# --- proxies ---


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_is_used_and_sees_no_key(variable: str) -> None:
    with listening() as (port, asked):
        with pytest.raises(UnreachableError) as caught:
            instance(CLERK, {variable: f"http://ada:hunter2@127.0.0.1:{port}"})
        (line, headers) = asked[0]
    assert line.startswith("CONNECT api.clerk.com:443 ")
    assert headers["Proxy-Authorization"].startswith("Basic ")
    assert KEY not in str(asked)
    assert not caught.value.sent


@pytest.mark.parametrize(
    ("direct", "through"),
    [
        ("api.clerk.com", False),
        ("clerk.com", False),
        (".clerk.com", False),
        ("*.clerk.com", False),
        ("other.example, API.CLERK.COM", False),
        ("api.clerk.com:443", False),
        ("*", False),
        ("api.clerk.com:8443", True),
        ("lerk.com", True),
        ("other.example", True),
        ("", True),
        (",", True),
    ],
)
def test_hosts_without_a_proxy_are_reached_directly(direct: str, through: bool) -> None:  # noqa: FBT001 - a table
    way = transport_for(CLERK, {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": direct})
    assert isinstance(way, httpx.HTTPTransport)
    assert (type(way._pool).__name__ == "HTTPProxy") == through


@pytest.mark.parametrize("tls", [False, True])
def test_this_machine_is_never_reached_through_a_proxy(authority: Authority, tls: bool) -> None:  # noqa: FBT001 - both
    environ = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    with listening(authority if tls else None) as (port, asked):
        url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/v1"
        instance(url, {**environ, "SSL_CERT_FILE": str(authority.path)})
        assert len(asked) == 1


@pytest.mark.parametrize(
    "text", ["socks5://ada:hunter2@h:1", "http://", "http://h:port:hunter2", "://hunter2"]
)
def test_a_proxy_that_makes_no_sense_is_said_without_its_password(text: str) -> None:
    with pytest.raises(ReconcileError, match="HTTPS_PROXY: is no address") as caught:
        transport_for(CLERK, {"HTTPS_PROXY": text})
    assert "hunter2" not in str(caught.value)


# --- how much comes back ---


@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_without_end_is_not_read_to_its_end(status: int) -> None:
    given: list[int] = []

    def flood() -> Iterator[bytes]:
        while len(given) < 1000:
            given.append(0)
            yield bytes(2**20)

    with pytest.raises(AnswerError, match="longer than 64 MiB"):
        client(tape(httpx.Response(status, content=flood()))).get("/x")
    assert len(given) == LARGEST // 2**20 + 1


def test_an_answer_that_trickles_in_is_given_up() -> None:
    clock = FakeClock()

    def trickle() -> Iterator[bytes]:
        while clock.now() < 1_900_000_000:
            clock.sleep(29)
            yield b" "

    start = clock.now()
    with pytest.raises(UnreachableError, match="does not come to an end") as caught:
        client(tape(httpx.Response(200, content=trickle())), clock, timeout=30).send("POST", "/x", {})
    assert caught.value.sent
    assert clock.now() - start < 330


@pytest.mark.parametrize("status", [200, 422])
def test_an_answer_that_is_nested_without_end_is_an_error_of_ours(status: int) -> None:
    with pytest.raises(ReconcileError):
        client(tape(httpx.Response(status, content=b"[" * 200_000))).get("/x")


# --- who watches ---


def test_whoever_watches_hears_of_each_try() -> None:
    seen: list[object] = []
    clock = FakeClock()
    answers = (httpx.ConnectError("refused"), httpx.Response(503, text="<html>"), ok([1]))
    client(tape(*answers), clock, observer=seen.append).get("/x", {"limit": 5})
    told = [(one.method, one.path, one.status, one.answered, one.reason) for one in seen]  # type: ignore[attr-defined]
    assert told == [
        ("GET", "/x?limit=5", 0, b"", "refused"),
        ("GET", "/x?limit=5", 503, b"<html>", ""),
        ("GET", "/x?limit=5", 200, b"[1]", ""),
    ]
