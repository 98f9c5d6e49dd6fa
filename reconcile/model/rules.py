"""How much a plan may do without being asked twice: what the project says, and what the caller allows for once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many, or at most so many in a hundred of what is there."""

    number: float
    share: bool = False

    def __str__(self) -> str:
        return f"{self.number:g}{'%' if self.share else ''}"

    def exceeded(self, count: int, total: int, min_size: int) -> bool:
        """Whether `count` of `total` is too many; a share of fewer than `min_size` says nothing."""
        if self.share:
            return total >= min_size and count * 100 > self.number * total
        return count > self.number


@dataclass(frozen=True, slots=True)
class Rules:
    """What guards hold a plan against. The first fields are `policy` of reconcile.yml; the rest is of this run."""

    max_delete: Limit = Limit(30, share=True)
    max_change: Limit | None = None
    min_size: int = 10
    protected: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    delivery_consumer: str = ""

    protected_environment: bool = False
    allow_delete: float | None = None  # so many are meant, infinity is any number; None: nothing was said
    allow_notify: int = 0
