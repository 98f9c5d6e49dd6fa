"""What a project says about its plans: how much one may do unasked, which drift is known, what goes by other names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model.values import Origin


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


@dataclass(frozen=True, slots=True)
class Ignore:
    """Drift that somebody knows of: at these addresses (a glob), in this field or below it, until the end of a day."""

    address: str
    reason: str
    expires: str
    field: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Counterpart:
    """One thing and what it is called in each environment, as a row of `promote.map` says."""

    texts: Mapping[str, str]
    origin: Origin
