"""Reads that trail behind writes: for a while after a write, an object may still show itself as it was."""

from __future__ import annotations

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


class History:
    """The former versions of every object that a reader may still be shown."""

    def __init__(self, lag: float, rng: random.Random) -> None:
        self._lag = lag
        self._rng = rng
        self._past: dict[str, dict[str, list[_Past]]] = {}

    def note(self, collection: str, key: str, before: Record | None, now: float) -> None:
        """Remember what an object was before a write."""
        if self._lag:
            self._past.setdefault(collection, {}).setdefault(key, []).append(_Past(now, before))

    def one(self, collection: str, key: str, current: Record | None, now: float) -> Record | None:
        """What this reader sees of one object: the truth or a recent past, at random."""
        past = self._recent(collection, key, now)
        return self._rng.choice([current, *past]) if past else current

    def many(self, collection: str, current: dict[str, Record], now: float) -> Iterator[Record]:
        """What this reader sees of a collection, oldest first, each object on its own."""
        changed = [key for key in list(self._past.get(collection, ())) if self._recent(collection, key, now)]
        if not changed:
            return iter(current.values())
        seen = {**current, **{key: self.one(collection, key, current.get(key), now) for key in changed}}
        there = [record for record in seen.values() if record is not None]
        return iter(sorted(there, key=lambda record: record.get("created_at", 0)))

    def _recent(self, collection: str, key: str, now: float) -> list[Record | None]:
        """The versions that may still be shown; older ones are forgotten."""
        mine = self._past.get(collection, {})
        kept = [past for past in mine.get(key, ()) if now < past.until + self._lag]
        if kept:
            mine[key] = kept
        else:
            mine.pop(key, None)
        return [past.record for past in kept]
