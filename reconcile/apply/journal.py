"""What apply tells of each call: before it is sent, and when it has been answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from reconcile.model import Call, Change


class Recorder(Protocol):
    """Whoever wants to know what is sent, from any thread."""

    def intend(self, change: Change, call: Call) -> int:
        """A call is about to be sent, and is not before this returns; a number for it.

        Raises UnwrittenError where it must not be sent, because nobody could tell of it.
        """
        ...

    def answered(self, number: int, error: str | None) -> None:
        """What came of that call; `error` is None where it was carried out."""
        ...


class Nobody:
    """Does not want to know."""

    def intend(self, _change: Change, _call: Call) -> int:
        """Forget it."""
        return 0

    def answered(self, _number: int, _error: str | None) -> None:
        """Forget it."""
