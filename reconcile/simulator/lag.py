"""Reads that trail behind writes: for a while after a write, an object may still show itself as it was."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Past:
    """What an object was until a moment; None: it was not there."""

    until: float
    record: Record | None


@dataclass(slots=True)
class Glance:
    """A look at how things were so many seconds ago; `used` once anything was another then."""

    seconds: float
    used: bool = False


class History:
    """The former versions of every object that a reader may still be shown."""

    def __init__(self, lag: float, rng: random.Random) -> None:
        self._lag = lag
        self._kept = lag
        self._rng = rng
        self._past: dict[str, dict[str, list[_Past]]] = {}
        self._glance: Glance | None = None

    def keep(self, seconds: float) -> None:
        """Remember so many seconds from now on, even where reads do not trail by as much."""
        self._kept = max(self._lag, seconds)

    @contextmanager
    def looking_back(self, seconds: float) -> Iterator[Glance]:
        """Meanwhile, every reader sees things as they were so many seconds ago."""
        former, self._glance = self._glance, Glance(seconds)
        try:
            yield self._glance
        finally:
            self._glance = former

    def note(self, collection: str, key: str, before: Record | None, now: float) -> None:
        """Remember what an object was before a write."""
        if self._kept:
            self._past.setdefault(collection, {}).setdefault(key, []).append(_Past(now, before))

    def one(self, collection: str, key: str, current: Record | None, now: float) -> Record | None:
        """What this reader sees of one object: the truth or a recent past, at random."""
        past = self._recent(collection, key, now)
        if self._glance is not None:
            return _as_it_was(self._glance, past, current, now)
        shown = [one.record for one in past if now < one.until + self._lag]
        return self._rng.choice([current, *shown]) if shown else current

    def many(self, collection: str, current: dict[str, Record], now: float) -> Iterator[Record]:
        """What this reader sees of a collection, oldest first, each object on its own."""
        changed = [key for key in list(self._past.get(collection, ())) if self._recent(collection, key, now)]
        if not changed:
            return iter(current.values())
        seen = {**current, **{key: self.one(collection, key, current.get(key), now) for key in changed}}
        there = [record for record in seen.values() if record is not None]
        return iter(sorted(there, key=lambda record: record.get("created_at", 0)))

    def _recent(self, collection: str, key: str, now: float) -> list[_Past]:
        """The versions that may still be shown, oldest first; older ones are forgotten."""
        mine = self._past.get(collection, {})
        kept = [past for past in mine.get(key, ()) if now < past.until + self._kept]
        if kept:
            mine[key] = kept
        else:
            mine.pop(key, None)
        return kept


def _as_it_was(glance: Glance, past: list[_Past], current: Record | None, now: float) -> Record | None:
    """The version that was the truth at the moment of the glance."""
    then = next((one for one in past if now < one.until + glance.seconds), None)
    if then is None:
        return current
    glance.used = True
    return then.record
