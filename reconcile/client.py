"""The Backend API over httpx: the key, the version, waiting out limits, and errors that say what to do."""

from __future__ import annotations

import json
import random
from email.utils import parsedate_to_datetime
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

from reconcile.errors import AnswerError, ApiError, ReconcileError, UnreachableError
from reconcile.model.versions import NEWEST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconcile.clock import Clock

CONNECTIONS = 16
_TRIES = 6
_TRIES_UNANSWERED = 3
_LONGEST_WAIT = 300.0  # seconds, for one call
_BACKOFF = 0.5
_HINTS: Mapping[int, str] = {
    401: "check that the secret key is complete, not revoked, and that of this instance",
    402: "the plan of this instance does not include this; upgrade it, or take this out of the files",
    423: "the service has locked these writes; write to its support, it will not pass by itself",
}


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


def transport_for(url: str) -> httpx.BaseTransport:
    """The way to a server: certificates are always checked; plain HTTP needs none, and loading them takes time."""
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    if url.startswith("http://"):
        return httpx.HTTPTransport(verify=False, limits=limits)
    return httpx.HTTPTransport(limits=limits)


class Client:
    """One instance's Backend API. Safe to use from several threads."""

    def __init__(
        self,
        base_url: str,
        secret_key: str,
        transport: httpx.BaseTransport,
        clock: Clock,
        *,
        timeout: float = 30.0,
        api_version: str = NEWEST,
    ) -> None:
        headers = {
            "Authorization": f"Bearer {secret_key}",
            "Clerk-API-Version": api_version,
            "User-Agent": "clerk-reconcile",
        }
        self._http = httpx.Client(
            base_url=base_url, headers=headers, transport=transport, timeout=timeout, trust_env=False
        )
        self.clock = clock

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def get(self, path: str, query: Mapping[str, str | int] | None = None) -> Any:
        """The JSON that a path answers; tried again while the service is limited, down or out of reach."""
        return _decoded(self._patiently("GET", path, query=query))

    def send(self, method: str, path: str, body: Any = None, *, repeatable: bool = False) -> Any:
        """Send a write once, but for limits; the JSON that it answers, or None for an empty answer."""
        return _decoded(self._patiently(method, path, body=body))

    def _patiently(
        self, method: str, path: str, *, query: Mapping[str, str | int] | None = None, body: Any = None
    ) -> _Answer:
        """Ask until the answer is no reason to ask again."""
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        waited = 0.0
        for attempt in count():
            try:
                with self._http.stream(
                    method, path, params=query, content=content, headers=headers
                ) as answer:
                    read = _read(answer)
            except httpx.HTTPError as error:
                pause = _pause(attempt) if method == "GET" and attempt < _TRIES_UNANSWERED - 1 else None
                if pause is None:
                    raise _unreachable(method, path, error) from error
            else:
                if answer.is_success:
                    return read
                pause = self._pause_after(method, answer, attempt, waited)
                if pause is None:
                    raise _api_error(method, path, answer)
            self.clock.sleep(pause)
            waited += pause
        raise AssertionError("count() has no end")  # pragma: no cover

    def _pause_after(self, method: str, answer: httpx.Response, attempt: int, waited: float) -> float | None:
        """Seconds to wait before asking again, or None where that would not help.

        A limited call was not carried out, so any verb may be sent again; only the whole wait is bounded.
        """
        if answer.status_code == 429:
            pause = _retry_after(answer, self.clock) or _pause(min(attempt, 5))
            return pause if waited + pause <= _LONGEST_WAIT else None
        again = method == "GET" and answer.status_code >= 500 and attempt < _TRIES - 1
        return _pause(attempt) if again else None


class _Answer(NamedTuple):
    """What was asked, and the status and the body of a good answer."""

    asked: str
    status: int
    body: bytearray


def _read(response: httpx.Response) -> _Answer:
    """Read an answer to its end: a good one in one piece, because the many parts of a long list leave holes in the memory."""
    answer = _Answer(
        f"{response.request.method} {response.request.url.path}", response.status_code, bytearray()
    )
    if not response.is_success:
        response.read()
    else:
        for part in response.iter_bytes():
            answer.body.extend(part)
    return answer


def _decoded(answer: _Answer) -> Any:
    """The JSON of an answer, None for an empty one."""
    try:
        text = answer.body.decode("utf-8-sig")
        answer.body.clear()  # a long list would lie beside its text and its objects
        return json.loads(text, object_hook=_sharing()) if text else None
    except ValueError as error:
        raise AnswerError(
            f"{answer.asked}: answered {answer.status} with something that is no JSON; "
            "try again, and look for a proxy in between"
        ) from error


def _sharing() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Keeps a text that an object has in common with the one before only once: a quarter of a long list."""
    before: dict[str, Any] = {}

    def share(row: dict[str, Any]) -> dict[str, Any]:
        nonlocal before
        for name, value in row.items():
            if isinstance(value, str) and before.get(name) == value:
                row[name] = before[name]
        before = row
        return row

    return share


def _unreachable(method: str, path: str, error: httpx.HTTPError) -> UnreachableError:
    """What a missing answer means: a read changed nothing, a write may have taken."""
    advice = "check the network and api_url" if method == "GET" else "it may have taken: plan again to see"
    return UnreachableError(f"{method} {path}: no answer ({str(error) or type(error).__name__}); {advice}")


def _pause(attempt: int) -> float:
    """Seconds before the next try: twice as long each time, with jitter."""
    return float(_BACKOFF * 2**attempt * random.uniform(0.5, 1.0))  # noqa: S311 - no secret


def _retry_after(response: httpx.Response, clock: Clock) -> float:
    """What `Retry-After` asks for in seconds, whether it is written as seconds or as a date."""
    text = response.headers.get("retry-after", "")
    try:
        wait = float(text)
    except ValueError:
        try:
            wait = parsedate_to_datetime(text).timestamp() - clock.now()
        except ValueError:
            return 0.0
    return min(max(wait, 0.0), _LONGEST_WAIT)


def _api_error(method: str, path: str, response: httpx.Response) -> ApiError:
    """The error that the service answered, in one sentence with its codes, field names and trace id."""
    rows, trace = _error_rows(response)
    said = "; ".join(_row(row) for row in rows) or response.reason_phrase
    trace = trace or response.headers.get("cf-ray", "")
    parts = [f"{method} {path}: {response.status_code} {said}", _HINTS.get(response.status_code, "")]
    text = "; ".join(part for part in parts if part) + (f" [trace {trace}]" if trace else "")
    codes = [str(row.get("code", "")) for row in rows]
    return ApiError(text, status=response.status_code, codes=codes)


def _row(row: Mapping[str, Any]) -> str:
    meta = row.get("meta") if isinstance(row.get("meta"), dict) else {}
    names = [
        str(item)
        for value in (meta or {}).values()
        for item in (value if isinstance(value, list) else [value])
    ]
    message = row.get("long_message") or row.get("message") or ""
    return " ".join(
        part
        for part in (f"{row.get('code', '')}:", str(message), f"({', '.join(names)})" if names else "")
        if part
    )


def _error_rows(response: httpx.Response) -> tuple[list[Mapping[str, Any]], str]:
    try:
        document = json.loads(response.content)
        rows: list[Mapping[str, Any]] = [row for row in document.get("errors", ()) if isinstance(row, dict)]
        return rows, str(document.get("clerk_trace_id") or "")
    except (ValueError, AttributeError, TypeError):
        return [], ""
