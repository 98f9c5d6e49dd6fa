"""The client: one instance, one key, one place to which both belong."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

from reconcile.client.answers import Answer, api_error, codes, decoded, read, retry_after
from reconcile.client.retry import LONGEST, Failed, Patience, Trouble, trouble_with, trouble_without
from reconcile.errors import ApiError, ReconcileError, RefusedError, StoppedError, UnreachableError
from reconcile.model.versions import NEWEST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconcile.clock import Clock
    from reconcile.pace import Pace

_ABSOLUTE = frozenset({"GET", "PUT", "PATCH", "DELETE"})
"""Verbs whose calls may be sent twice: they set something rather than add to it."""

_SHARED_LIMIT = "too_many_requests"
_KEY = re.compile(r"[!-~]+")
_TRICKLE = 10  # times the timeout for one part, and an answer that is still coming is given up


class Exchange(NamedTuple):
    """One try of one call, for those who want to watch."""

    method: str
    path: str
    status: int  # 0: no answer
    seconds: float
    waited: float  # before it was sent: for its turn, or after the try before
    sent: Any = None
    answered: bytes = b""
    reason: str = ""  # why there is no answer
    date: str = ""  # what time it is there, as the answer says


class _Question(NamedTuple):
    method: str
    path: str
    query: Mapping[str, str | int] | None
    body: Any


class Client:
    """One instance's Backend API. Safe to use from several threads.

    `pace` says when a call may be sent, `observer` hears of each try, from any thread, and nothing is sent again once
    `stopped` says so.
    """

    def __init__(  # noqa: PLR0913 - the world, one by one
        self,
        base_url: str,
        secret_key: str,
        transport: httpx.BaseTransport,
        clock: Clock,
        *,
        timeout: float = 30.0,
        api_version: str = NEWEST,
        pace: Pace | None = None,
        observer: Callable[[Exchange], None] | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        if not _KEY.fullmatch(secret_key):
            raise RefusedError(
                "the secret key holds a character that no key has, such as a blank or a line end; copy it again"
            )
        headers = {
            "Authorization": f"Bearer {secret_key}",
            "Clerk-API-Version": api_version,
            "User-Agent": "clerk-reconcile",
        }
        self._http = httpx.Client(
            base_url=base_url,
            headers=headers,
            transport=transport,
            timeout=httpx.Timeout(timeout, pool=None),
            trust_env=False,
            follow_redirects=False,
        )
        self._home = _place(self._http.base_url)
        self._timeout = timeout
        self._pace = pace
        self._observer = observer
        self._stopped = stopped
        self.clock = clock

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def get(self, path: str, query: Mapping[str, str | int] | None = None) -> Any:
        """The JSON that a path answers; tried again while the service is limited, down or out of reach."""
        return decoded(self._patiently(_Question("GET", path, query, None), repeatable=True))

    def send(self, method: str, path: str, body: Any = None, *, repeatable: bool = False) -> Any:
        """Send a write; the JSON that it answers, or None for an empty answer.

        What sets something is sent again like a read. What adds something is sent again only where it surely was not
        carried out, unless the caller says that it is `repeatable`: UnreachableError.sent, ApiError.doubtful and
        statuses from 500 on tell the caller that it may have been.
        """
        question = _Question(method, path, None, body)
        return decoded(self._patiently(question, repeatable=repeatable or method in _ABSOLUTE))

    def _patiently(self, question: _Question, *, repeatable: bool) -> Answer:
        """Ask until the answer is good, or no reason to ask again."""
        patience = Patience(self.clock, self._stopped, repeatable=repeatable)
        since = self.clock.now()

        def ask() -> Answer:
            nonlocal since
            try:
                return self._ask(question, since)
            except Failed as failed:
                raise patience.note(failed) from failed.__cause__
            except StoppedError as stopped:
                raise patience.last or stopped  # noqa: B904 - it keeps its own cause
            finally:
                since = self.clock.now()

        try:
            try:
                return ask()
            except Failed as failed:
                return patience.go_on(failed, ask)
        except Failed as failed:
            cause = failed.__cause__
            if isinstance(cause, httpx.HTTPError):
                raise _unreachable(question, cause, sent=patience.uncertain) from cause
            if isinstance(failed.error, ApiError):
                failed.error.doubtful = patience.uncertain
            raise failed.error from None

    def _ask(self, question: _Question, since: float) -> Answer:
        """Ask once, when it is our turn; raises Failed."""
        with self._pace.turn(self._stopped) if self._pace else nullcontext():
            began = self.clock.now()
            try:
                answer = self._once(question, began + _TRICKLE * self._timeout)
            except httpx.HTTPError as error:
                self._tell(question, None, began, since, _said(error))
                raise Failed(trouble_without(error), _unreachable(question, error, sent=True)) from error
        self._tell(question, answer, began, since)
        if answer.good:
            return answer
        raise self._failed(answer)

    def _once(self, question: _Question, deadline: float) -> Answer:
        """Send one request, and read what comes back."""
        request = self._request(question)
        response = self._http.send(request, stream=True)
        try:
            return read(response, f"{question.method} {request.url.path}", self.clock, deadline)
        finally:
            response.close()

    def _request(self, question: _Question) -> httpx.Request:
        """The request, which goes nowhere but to where the key belongs."""
        content = None if question.body is None else _json(question.body)
        headers = {} if question.body is None else {"Content-Type": "application/json"}
        request = self._http.build_request(
            question.method, question.path, params=question.query, content=content, headers=headers
        )
        if _place(request.url) != self._home:
            raise ReconcileError(f"{question.method} {question.path} leads to another server; this is a bug")
        return request

    def _failed(self, answer: Answer) -> Failed:
        """What an error answer means; where it is about everybody's calls, all of ours pause."""
        trouble, wait = trouble_with(answer.status), retry_after(answer, self.clock)
        named = codes(answer)
        shared = trouble is Trouble.LIMITED and (not named or _SHARED_LIMIT in named)
        if shared and self._pace and wait <= LONGEST:
            self._pace.pause(wait)
        return Failed(trouble, api_error(answer, wait), wait)

    def _tell(
        self, question: _Question, answer: Answer | None, began: float, since: float, reason: str = ""
    ) -> None:
        if self._observer is None:
            return
        query = f"?{httpx.QueryParams(question.query)}" if question.query else ""
        self._observer(
            Exchange(
                question.method,
                question.path + query,
                answer.status if answer else 0,
                self.clock.now() - began,
                began - since,
                question.body,
                bytes(answer.body) if answer else b"",
                reason,
                answer.headers.get("date", "") if answer else "",
            )
        )


def _place(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _said(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__


def _unreachable(question: _Question, error: httpx.HTTPError, *, sent: bool) -> UnreachableError:
    """What a missing answer means: a read changed nothing, and a write that was sent may have taken."""
    harmless = question.method == "GET" or not sent
    advice = "check the network and api_url" if harmless else "it may have taken: plan again to see"
    return UnreachableError(
        f"{question.method} {question.path}: no answer ({_said(error)}); {advice}", sent=sent
    )


def _json(body: object) -> bytes:
    """A body as it is sent; half of a surrogate pair has no other form than its escape."""
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")
