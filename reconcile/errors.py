"""Every way in which `reconcile` can fail, each with a code for programs and an exit code for shells.

ReconcileError                 1   failed, nothing was changed
|-- UsageError                64   the command line
|   `-- UnknownEnvironmentError    an environment that reconcile.yml does not have
|-- FilesError                65   files, variables, plan files: all problems at once, each with its place
|-- RefusedError               5   identity, guards: we could, and will not
|-- StaleError                 4   the instance is no longer what was planned against
|-- PendingError               2   changes are pending and the caller wanted to know
|-- PartialError               3   some changes took and some did not
|-- StoppedError             130   somebody said stop
|-- BusyError                  1   another run is writing to the same instance
|-- UnwrittenError             1   what is about to be sent could not be written down first
`-- ServiceError               1   the service could not be understood
    |-- ApiError               1   it answered with an error
    |-- UnreachableError       1   it did not answer
    `-- AnswerError            1   what it answered does not add up
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.model import Finding


class ReconcileError(Exception):
    """Something went wrong; the message says what to do next."""

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 1


class UsageError(ReconcileError):
    """The command line asks for something that does not exist."""

    code = "usage"
    exit_code = 64


class UnknownEnvironmentError(UsageError):
    """An environment that reconcile.yml does not have."""

    code = "environment"


class FilesError(ReconcileError):
    """The files are wrong. Carries every problem that could be found at once."""

    code = "files"
    exit_code = 65

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


class RefusedError(ReconcileError):
    """We could do it, and will not: the wrong instance, or a guard."""

    code = "refused"
    exit_code = 5


class StaleError(ReconcileError):
    """The instance changed after the plan was made."""

    code = "stale"
    exit_code = 4


class PendingError(ReconcileError):
    """Changes are pending, and the caller asked to be told by the exit code."""

    code = "pending"
    exit_code = 2


class PartialError(ReconcileError):
    """Some changes took and some did not."""

    code = "partial"
    exit_code = 3


class StoppedError(ReconcileError):
    """Somebody said stop; what was in flight is finished, nothing more was sent."""

    code = "interrupted"
    exit_code = 130


class BusyError(ReconcileError):
    """Another run is writing to the same instance; nothing was sent."""

    code = "busy"


class UnwrittenError(ReconcileError):
    """What was about to be sent could not be written down before, so it was not sent."""

    code = "unwritten"


class ServiceError(ReconcileError):
    """The service could not be reached or understood."""

    code = "service"


class UnreachableError(ServiceError):
    """No answer: the connection failed, broke or took too long. `sent`: the service may have acted all the same."""

    code = "unreachable"

    def __init__(self, message: str, *, sent: bool = True) -> None:
        super().__init__(message)
        self.sent = sent


class AnswerError(ServiceError):
    """An answer that does not add up: lists that end early, ids seen twice, bodies that are no JSON."""

    code = "answer"


class ApiError(ServiceError):
    """The service answered with an error status. `doubtful`: an earlier try of the same call may have been carried out."""

    code = "api"

    def __init__(
        self,
        message: str,
        *,
        status: int,
        codes: Sequence[str] = (),
        retry_after: float = 0.0,
        features: Sequence[str] = (),
        doubtful: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.codes = tuple(codes)
        self.retry_after = retry_after
        self.features = tuple(features)  # what the plan of the instance would have to include
        self.doubtful = doubtful
