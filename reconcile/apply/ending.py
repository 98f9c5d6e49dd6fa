"""What the calls of one change came to, and the outcome that follows. No I/O here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from reconcile.errors import (
    AnswerError,
    ApiError,
    ReconcileError,
    StoppedError,
    UnreachableError,
    UnwrittenError,
)
from reconcile.model import Action, Outcome, Status

if TYPE_CHECKING:
    from reconcile.model import Change, FieldChange, Kind

_UNSENT = (StoppedError, UnwrittenError)  # the call that was next was not sent
UNNAMED = "something that the service did not name"


@dataclass(frozen=True, slots=True)
class Taken:
    """What good answers say: which fields did not take, and what the service made of others with our consent."""

    problems: tuple[str, ...] = ()
    rewritten: tuple[FieldChange, ...] = ()
    remark: str = ""

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            (*self.problems, *other.problems),
            (*self.rewritten, *other.rewritten),
            "; ".join(text for text in (self.remark, other.remark) if text),
        )


@dataclass(frozen=True, slots=True)
class Ending:
    """How far the calls of one change got, and what stopped them."""

    taken: Taken
    error: ReconcileError | None = None
    begun: bool = False  # a call before the one that failed was carried out


def in_doubt(error: ReconcileError) -> bool:
    """Whether a write that ended like this may have been carried out all the same."""
    match error:
        case UnreachableError(sent=sent):
            return sent
        case ApiError(status=status, doubtful=doubtful):
            return doubtful or status >= 500 or status == 408
        case _:
            return isinstance(error, AnswerError)


def outcome_of(kind: Kind, change: Change, ending: Ending, *, skip_gated: bool) -> Outcome:
    """What to tell of a change that has been tried."""
    taken, error = ending.taken, ending.error
    say = partial(Outcome, change.address, change.action)
    if error is None:
        status = Status.FAILED if taken.problems else Status.DONE
        reason = "; ".join(taken.problems) or taken.remark
        return say(status, reason, touched=bool(taken.problems), rewritten=taken.rewritten)
    if isinstance(error, _UNSENT) and not ending.begun:
        return say(Status.SKIPPED, str(error))
    if in_doubt(error):
        return say(Status.UNCONFIRMED, str(error), touched=True)
    if isinstance(error, ApiError) and error.status == 402:
        return _gated(say(Status.FAILED, str(error), touched=ending.begun), error, skip=skip_gated)
    if isinstance(error, ApiError) and change.action is Action.DELETE and kind.not_ours & {*error.codes}:
        reason = "belongs to the service, so it is left alone and not planned again"
        return say(Status.SKIPPED, reason, not_ours=change.id)
    return say(Status.FAILED, str(error), touched=ending.begun)


def _gated(failed: Outcome, error: ApiError, *, skip: bool) -> Outcome:
    """What the plan of the instance does not include: a failure, or left out where the project says so."""
    features = error.features or (UNNAMED,)
    status = Status.SKIPPED if skip and not failed.touched else Status.FAILED
    reason = f"needs a paid plan that includes {', '.join(features)}: {error}"
    return Outcome(failed.address, failed.action, status, reason, features=features, touched=failed.touched)
