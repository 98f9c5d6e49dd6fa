"""What a handler works with: the state as it is, the state as readers see it, the clock and chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconcile.simulator.ids import new_id

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping

    from reconcile.clock import Clock
    from reconcile.simulator.contract import Operation
    from reconcile.simulator.lag import History, Record
    from reconcile.simulator.store import Store
    from reconcile.simulator.values import Options

SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class World:
    """One instance and its surroundings; writes go through here, so that readers may lag behind them."""

    store: Store
    options: Options
    clock: Clock
    rng: random.Random
    history: History

    def milliseconds(self) -> int:
        """Now, as the API writes it."""
        return int(self.clock.now() * 1000)

    def new_id(self, prefix: str) -> str:
        """A fresh identifier."""
        return new_id(prefix, self.rng)

    def put(self, collection: str, key: str, record: Record) -> None:
        """Keep a record; readers may see its former self for a while."""
        self.history.note(collection, key, self.store.get(collection, key), self.clock.now())
        self.store.put(collection, key, record)

    def remove(self, collection: str, key: str) -> None:
        """Forget a record; readers may still see it for a while."""
        self.history.note(collection, key, self.store.get(collection, key), self.clock.now())
        self.store.remove(collection, key)

    def seen(self, collection: str, key: str) -> Record | None:
        """One record as a reader sees it."""
        return self.history.one(collection, key, self.store.all(collection).get(key), self.clock.now())

    def listed(self, collection: str) -> Iterable[Record]:
        """A collection as a reader sees it, oldest first."""
        return self.history.many(collection, self.store.all(collection), self.clock.now())

    def group(self, name: str) -> Record:
        """One settings group as it is."""
        return self.store.get(SETTINGS, name) or {}

    def seen_group(self, name: str) -> Record:
        """One settings group as a reader sees it."""
        return dict(self.seen(SETTINGS, name) or {})


@dataclass(frozen=True, slots=True)
class Call:
    """One request that passed the door and found its operation."""

    operation: Operation
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: dict[str, Any]
    world: World

    @property
    def owner(self) -> str:
        """The collection or settings group that the path names: its last fixed part."""
        return next(part for part in reversed(self.operation.segments) if not part.startswith("{"))

    @property
    def key(self) -> str:
        """The id in the path."""
        return next(iter(self.params.values()))
