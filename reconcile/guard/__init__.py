"""Reasons for which we could do something and will not. No I/O here."""

from reconcile.guard.identity import check_confirmed, check_instance, check_key
from reconcile.guard.judge import GUARD_RULES, guard, unguarded
from reconcile.guard.lockout import lists_at_stake

__all__ = [
    "GUARD_RULES",
    "check_confirmed",
    "check_instance",
    "check_key",
    "guard",
    "lists_at_stake",
    "unguarded",
]
