"""One look after the other at the same thing: what is told of each, and what is remembered. No I/O here.

Of the rounds before, a watch knows the state, since when it holds, and how many failures came in a row: nothing grows.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from reconcile.errors import FilesError
from reconcile.model import Severity

if TYPE_CHECKING:
    from reconcile.errors import ReconcileError
    from reconcile.model import Drift


class State(StrEnum):
    """What a round came to."""

    IN_SYNC = "in sync"
    DRIFT = "drift"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Round:
    """One look, and how it stands to those before."""

    environment: str
    at: str
    state: State
    since: str = ""
    failures: int = 0
    next: str = ""
    drift: Drift | None = None
    code: str = ""  # of the error
    message: str = ""
    mark: str = ""  # the same for the same drift, and for the same sort of error
    news: bool = True  # whether it is to be told


def seen(drift: Drift) -> Round:
    """A round in which the instance could be looked at; it is no better than what the instance proves wrong of the files."""
    wrong = [one for one in drift.findings if one.severity is Severity.ERROR]
    if wrong:
        found = failed(drift.environment, drift.at, FilesError(wrong))
        return replace(found, drift=drift, mark=_mark(drift, found.message))
    state = State.DRIFT if drift.objects else State.IN_SYNC
    return Round(drift.environment, drift.at, state, drift=drift, mark=_mark(drift))


def failed(environment: str, at: str, error: ReconcileError) -> Round:
    """A round in which it could not: what goes wrong in one way today and in another tomorrow is one sort of error."""
    mark = str(error.exit_code)
    return Round(environment, at, State.ERROR, code=error.code, message=str(error), mark=mark)


def follow(before: Round | None, now: Round, then: str) -> Round:
    """A round after the one before; the next one is at `then`."""
    failures = (before.failures if before else 0) + 1 if now.state is State.ERROR else 0
    lasting = before is not None and before.state is now.state
    news = not (before and lasting and before.mark == now.mark)
    since = before.since if before and lasting else now.at
    return replace(now, since=since, failures=failures, next=then, news=news)


def bare(one: Round) -> Round:
    """What has to be remembered of a round."""
    return replace(one, drift=None, message="")


def _mark(drift: Drift, wrong: str = "") -> str:
    """The same for the same drift: of what differs and of its values, wherever in the files it stands, and what is wrong."""
    told = hashlib.sha256(wrong.encode("utf-8", "surrogatepass"))
    for one in drift.objects:
        told.update(repr((one.address, one.found, one.fields)).encode("utf-8", "surrogatepass"))
    return told.hexdigest()
