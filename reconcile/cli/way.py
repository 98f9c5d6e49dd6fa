"""The way to an instance: its transport and its key, and clients that share both and keep one pace."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from reconcile.cli.interrupt import Unhurried
from reconcile.errors import FilesError, ReconcileError
from reconcile.model import Finding, Origin, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import httpx

    from reconcile.cli.opening import World
    from reconcile.cli.reach import Reach
    from reconcile.client import Client
    from reconcile.load import Environment
    from reconcile.model import Kind


class Way(NamedTuple):
    """How an instance is reached (opened when first needed), and the key for it."""

    transport: Callable[[], httpx.BaseTransport]
    secret_key: str


def way_to(environment: Environment, state: Path, world: World, parallelism: int = 1) -> Way:
    """The way to the instance of an environment; raises FilesError where its key is not set."""
    if world.transport is not None:
        transport, key = world.transport(environment, state)
        return Way(lambda: transport, key)
    if environment.embedded:
        return _inside(environment, state, world)

    def network() -> httpx.BaseTransport:
        from reconcile.client import CONNECTIONS, transport_for

        connections = max(CONNECTIONS, parallelism)
        return transport_for(environment.api_url, world.environ, connections=connections)

    what = f"environments.{environment.name}.secret_key"
    return Way(network, required(world, environment.secret_key, what, environment.line))


def _inside(environment: Environment, state: Path, world: World) -> Way:
    from reconcile.simulator.embedded import embedded
    from reconcile.simulator.store import DamagedState

    path = embedded_file(environment, state)
    try:
        transport, key = embedded(path, world.clock, world.rng, instance_type=environment.type)
    except DamagedState as error:
        raise ReconcileError(str(error)) from error
    return Way(lambda: transport, key)


def embedded_file(environment: Environment, state: Path) -> Path:
    """Where the built-in simulator keeps the instance of an environment."""
    return state / "embedded" / f"{environment.name}.json"


def required(world: World, variable: str, what: str, line: int) -> str:
    """The value of an environment variable, which is shown nowhere from now on; raises FilesError if it is not set."""
    value = world.environ.get(variable, "")
    if not value:
        message = f"{what}: the environment variable {variable} is not set; set it where you run this"
        raise FilesError([Finding(Severity.ERROR, "unset", message, origin=Origin("reconcile.yml", line))])
    world.redact.learn(variable, value)
    return value


class Clients:
    """The clients for one instance: all keep one pace, and nothing is sent again once somebody says stop."""

    def __init__(
        self, environment: Environment, way: Way, reach: Reach, world: World, kinds: Mapping[str, Kind]
    ) -> None:
        self._environment = environment
        self._way = way
        self._reach = reach
        self._world = world
        self._kinds = kinds
        self._pace = reach.pace(environment, world.clock)
        self._reading = reach.reading(world.clock)
        self._opened: httpx.BaseTransport | None = None

    def client(self, *, read_only: bool) -> Client:
        """One of them; a read-only one cannot send anything that changes the instance."""
        from reconcile.client import Client, ReadOnly

        env, world = self._environment, self._world
        url = "http://127.0.0.1/v1" if env.embedded else env.api_url
        if self._opened is None:
            self._opened = self._way.transport()
        transport = self._opened
        if read_only:
            transport = ReadOnly(transport, self._probes(url) if env.probe else frozenset())
        reading = self._reading
        return Client(
            url,
            self._way.secret_key,
            transport,
            Unhurried(world.clock, world.interrupts.stop),
            timeout=self._reach.timeout,
            api_version=env.api_version,
            pace=self._pace,
            observer=reading.hear if reading else self._reach.observer(self._kinds, world.redact),
            stopped=world.interrupts.stop.is_set,
        )

    def _probes(self, url: str) -> frozenset[str]:
        from urllib.parse import urlsplit

        base = urlsplit(url).path.rstrip("/")
        return frozenset(base + kind.path for kind in self._kinds.values() if kind.read == "echo")

    @contextmanager
    def told(self) -> Iterator[None]:
        """While something is read, it is told that this takes its time."""
        if self._reading is None:
            yield
            return
        self._reading.begin()
        try:
            yield
        finally:
            self._reading.end()
