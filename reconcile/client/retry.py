"""What is sent again, how often and after how long. The waiting is tenacity's, loaded when something went wrong."""

from __future__ import annotations

import ssl
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tenacity import RetryCallState

    from reconcile.clock import Clock
    from reconcile.errors import ReconcileError

LONGEST = 300.0
"""Seconds from the first try of a call within which the last one has to begin."""

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 16.0
_STEP = 1.0  # seconds after which a wait looks whether somebody said stop

Result = TypeVar("Result")


class Trouble(StrEnum):
    """Why a try came to nothing, as far as that decides on the next one."""

    LIMITED = "too many calls; it was not carried out"
    BUSY = "something else is under way there; it was not carried out"
    DOWN = "the service failed, before or after it was carried out"
    LOST = "no answer came, so nobody knows"
    UNSENT = "there was no connection to send it on"
    FINAL = "the answer will be the same each time"


class Rule(NamedTuple):
    """How often a call is tried in all, and whether also one that adds something each time it is carried out."""

    tries: float
    any_verb: bool


RULES: Mapping[Trouble, Rule] = {
    Trouble.LIMITED: Rule(float("inf"), any_verb=True),
    Trouble.BUSY: Rule(6, any_verb=True),
    Trouble.DOWN: Rule(6, any_verb=False),
    Trouble.LOST: Rule(4, any_verb=False),
    Trouble.UNSENT: Rule(4, any_verb=True),
    Trouble.FINAL: Rule(1, any_verb=True),
}

_STATUSES: Mapping[int, Trouble] = {
    408: Trouble.DOWN,
    409: Trouble.BUSY,
    429: Trouble.LIMITED,
    501: Trouble.FINAL,
}
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_HOPELESS = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)


def trouble_with(status: int) -> Trouble:
    """What an error status means."""
    return _STATUSES.get(status, Trouble.DOWN if status >= 500 else Trouble.FINAL)


def trouble_without(error: httpx.HTTPError) -> Trouble:
    """What it means that there is no answer."""
    if isinstance(error, _HOPELESS) or any(
        isinstance(one, ssl.SSLCertVerificationError) for one in _causes(error)
    ):
        return Trouble.FINAL
    return Trouble.UNSENT if isinstance(error, _UNSENT) else Trouble.LOST


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__


class Failed(Exception):  # noqa: N818 - one try failed, and nobody outside will ever see it
    """One try that came to nothing, with the error to raise if there is no other, and the wait that was asked for."""

    def __init__(self, trouble: Trouble, error: ReconcileError, wait: float = 0.0) -> None:
        super().__init__(str(error))
        self.trouble = trouble
        self.error = error
        self.wait = wait


class Patience:
    """How long one call is tried again."""

    def __init__(self, clock: Clock, stopped: Callable[[], bool], *, repeatable: bool) -> None:
        self._clock = clock
        self._stopped = stopped
        self._repeatable = repeatable
        self._began = clock.now()
        self._met: Counter[Trouble] = Counter()
        self.last: Failed | None = None  # how the try before ended

    @property
    def uncertain(self) -> bool:
        """Whether one of the tries may have been carried out."""
        return bool(self._met[Trouble.DOWN] or self._met[Trouble.LOST])

    def note(self, failed: Failed) -> Failed:
        """Remember what went wrong."""
        self._met[failed.trouble] += 1
        self.last = failed
        return failed

    def go_on(self, failed: Failed, again: Callable[[], Result]) -> Result:
        """Try again until it works; raises the last Failed once the rules allow no more."""
        if not self._worth(failed):
            raise failed
        from tenacity import Retrying, retry_if_exception, wait_exponential, wait_random  # noqa: PLC0415 - rarely needed

        known = [failed]
        backoff = wait_exponential(_FIRST_PAUSE, max=_LONGEST_PAUSE) + wait_random(0, _FIRST_PAUSE)

        def ask() -> Result:
            if known:
                raise known.pop()
            if self._stopped() and self.last:
                raise self.last
            return again()

        retrying = Retrying(
            sleep=self._sleep,
            retry=retry_if_exception(self._worth),
            wait=lambda state: _asked_for(state) or backoff(state),
            stop=lambda state: self._clock.now() - self._began + state.upcoming_sleep > LONGEST,
            reraise=True,
        )
        return retrying(ask)

    def _worth(self, error: BaseException) -> bool:
        """Whether the rules allow another try."""
        if not isinstance(error, Failed) or self._stopped():
            return False
        rule = RULES[error.trouble]
        return self._met[error.trouble] < rule.tries and (rule.any_verb or self._repeatable)

    def _sleep(self, seconds: float) -> None:
        """Wait, but no longer than until somebody says stop."""
        while seconds > 0 and not self._stopped():
            self._clock.sleep(min(seconds, _STEP))
            seconds -= _STEP


def _asked_for(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return error.wait if isinstance(error, Failed) else 0.0
