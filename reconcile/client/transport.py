"""The way to a server: certificates, proxies, connections; and one that only reads."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx

from reconcile.errors import ReconcileError

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECTIONS = 16
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_NO_PROXIES = ("no_proxy", "NO_PROXY")
_AUTHORITIES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


class ReadOnly(httpx.BaseTransport):
    """A transport that cannot send anything but GET, and the empty PATCH that reads a group without GET."""

    def __init__(self, inner: httpx.BaseTransport, probes: frozenset[str] = frozenset()) -> None:
        self._inner = inner
        self._probes = probes

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on, or refuse it before a byte is sent."""
        probe = request.method == "PATCH" and request.content == b"{}" and request.url.path in self._probes
        if request.method != "GET" and not probe:
            raise ReconcileError(
                f"a plan only reads, and this would be {request.method} {request.url.path}; this is a bug"
            )
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close what is below."""
        self._inner.close()


def transport_for(
    url: str, environ: Mapping[str, str], *, connections: int = CONNECTIONS
) -> httpx.BaseTransport:
    """The way to a server. Certificates are always checked; plain HTTP has none, and loading them takes time."""
    address = httpx.URL(url)
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    if address.scheme == "http":
        return httpx.HTTPTransport(verify=False, trust_env=False, limits=limits)
    trust = _trust(environ)
    variable = _proxy(address, environ)
    if not variable:
        return httpx.HTTPTransport(verify=trust, trust_env=False, limits=limits)
    return httpx.HTTPTransport(
        verify=trust, trust_env=False, limits=limits, proxy=_through(variable, environ[variable], trust)
    )


def _trust(environ: Mapping[str, str]) -> ssl.SSLContext:
    """Whom to believe that the server is the one we mean: the usual authorities, or those that are named."""
    variable = next((name for name in _AUTHORITIES if environ.get(name)), "")
    if not variable:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(
            cafile=environ[variable] if variable == "SSL_CERT_FILE" else None,
            capath=environ[variable] if variable == "SSL_CERT_DIR" else None,
        )
    except OSError as error:  # also what is wrong with the certificates themselves
        raise ReconcileError(
            f"{variable}: {environ[variable]} cannot be read as certificates ({error.strerror or error}); "
            "name a file in PEM form, or unset it"
        ) from error


def _proxy(address: httpx.URL, environ: Mapping[str, str]) -> str:
    """The variable that names the proxy for an address; none where it is reached directly, as this machine always is."""
    direct = next((environ[name] for name in _NO_PROXIES if environ.get(name)), "")
    if address.host in _LOOPBACK or any(_means(entry.strip(), address) for entry in direct.split(",")):
        return ""
    return next((name for name in _PROXIES if environ.get(name)), "")


def _means(entry: str, address: httpx.URL) -> bool:
    """Whether an entry of NO_PROXY is about an address: `*`, a host with all below it, or one port of these."""
    name, _, port = entry.lower().removeprefix("*").lstrip(".").partition(":")
    if port and port != str(address.port or 443):
        return False
    return entry == "*" or (bool(name) and f".{address.host}".endswith(f".{name}"))


def _through(variable: str, text: str, trust: ssl.SSLContext) -> httpx.Proxy:
    """A proxy as its variable describes it; the text may hold a password and is never shown."""
    try:
        address = httpx.URL(text if "://" in text else f"http://{text}")
        if address.scheme in {"http", "https"} and address.host:
            return httpx.Proxy(address, ssl_context=trust if address.scheme == "https" else None)
    except httpx.InvalidURL:
        pass
    raise ReconcileError(f"{variable}: is no address of an HTTP proxy; write http://HOST:PORT, or unset it")
