"""The environment that needs no account: an instance kept in a file, without limits and without delays."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from reconcile.simulator.core import Simulator
from reconcile.simulator.statefile import exclusive
from reconcile.simulator.store import Store
from reconcile.simulator.transport import SimulatorTransport
from reconcile.simulator.values import Options

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from reconcile.clock import Clock

_PREFIXES = {"development": "sk_test_", "production": "sk_live_"}


def embedded(
    path: Path, clock: Clock, rng: random.Random, *, instance_type: str = "development"
) -> tuple[SimulatorTransport, str]:
    """Open the instance kept in a file, or make one of `instance_type`; returns a transport and its secret key."""
    store = _opened(path, rng, instance_type)
    key = secret_key(store)
    options = Options(type=store.instance["type"], rate_limit=False, keys=frozenset({key}))
    return SimulatorTransport(Simulator(store, options, clock, rng), path), key


def secret_key(store: Store) -> str:
    """The one key that opens this state, derived from its secret."""
    digest = hmac.new(store.secret.encode(), b"secret key of the embedded instance", hashlib.sha256)
    return _PREFIXES[store.instance["type"]] + digest.hexdigest()[:40]


def _opened(path: Path, rng: random.Random, instance_type: str) -> Store:
    """The state in the file; made and written if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(path):
        if path.exists():
            return Store.load(path)
        store = Store.new(Options(type=instance_type), rng)
        store.save(path)
        return store
