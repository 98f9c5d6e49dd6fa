"""Keeps the ledger while a run is under way, so that one that is killed forgets nothing but what was in flight."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.clock import Clock
    from reconcile.model import Kind, Outcome, Plan
    from reconcile.state.receipts import Ledger


class Keeper:
    """Writes down each outcome of a plan that has to be remembered. Safe to use from several threads."""

    def __init__(self, ledger: Ledger, plan: Plan, kinds: Mapping[str, Kind], clock: Clock) -> None:
        self.ledger = ledger
        self.trouble = ""  # why the ledger could not be written, if it could not
        self._changes = {change.address: change for change in plan.changes}
        self._kinds = kinds
        self._clock = clock
        self._lock = Lock()

    def note(self, outcome: Outcome) -> None:
        """Remember one outcome; where the folder cannot be written, the run goes on and says so in the end."""
        change = self._changes[outcome.address]
        with self._lock:
            after = self.ledger.noted(self._kinds[change.kind], change, outcome, self._clock.now())
            if after is not self.ledger:
                self.ledger = after
                self._save()

    def _save(self) -> None:
        try:
            self.ledger.save()
        except OSError as error:
            self.trouble = f"{error.filename or self.ledger.path}: {error.strerror or error}"
