"""An instance that can be put back to any earlier moment, and one run of ours against it."""

from __future__ import annotations

import pickle
import random
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from reconcile.apply import Manner, apply
from reconcile.client import Client, ReadOnly
from reconcile.errors import ReconcileError
from reconcile.model import Severity
from reconcile.observe import observe
from reconcile.plan import make_plan
from reconcile.settle import settle
from reconcile.simulator import Options, Simulator, Store
from reconcile.simulator.client import Client as Backdoor
from reconcile.simulator.transport import SimulatorTransport
from reconcile.state.keeper import Keeper
from reconcile.state.keys import Keys
from reconcile.state.receipts import Ledger
from tests.lab import KEYS, FakeClock, known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reconcile.model import Change, Desired, Memory, Outcome, Plan
    from reconcile.simulator.faults import Faults

LAG = 2.0
SECRET_KEY = KEYS["development"]
OURS = Keys(SECRET_KEY)
Objects = Mapping[str, Mapping[str, Any]]
"""Records by collection and key."""
_STAMPS = frozenset({"id", "created_at", "updated_at", "invitation_id"})


def secret(name: str) -> str:
    """What the environment variable of this name holds."""
    return f"the value of {name}"


@dataclass(frozen=True)
class Moment:
    """All that there is at one moment: the instance, what it was before, the time, and our receipts."""

    data: bytes
    past: bytes
    time: float
    ledger: Ledger

    @property
    def objects(self) -> Objects:
        """What the instance really held."""
        found: Objects = pickle.loads(self.data)["objects"]  # noqa: S301 - our own
        return found

    def forgotten(self) -> Moment:
        """The same moment, seen from a machine without receipts."""
        return replace(self, ledger=fresh_ledger())


def fresh_ledger() -> Ledger:
    return Ledger(Path("ledger.json"), OURS)


class _Kept(Keeper):
    """Keeps receipts as they come, in memory."""

    def _save(self) -> None:
        """There is no file."""


class _Careless(Store):
    """Keeps no names apart, so that whoever creates something twice has it twice."""

    def key_of(self, collection: str, field: str, value: str) -> str | None:  # noqa: ARG002 - no name is taken
        """No object has this name."""
        return None


@dataclass
class Run:
    """What one run came to: a plan that was not to be had or not to be carried out, or an outcome for each change."""

    plan: Plan | None = None
    outcomes: tuple[Outcome, ...] = ()
    error: ReconcileError | None = None
    refused: tuple[str, ...] = ()


@dataclass
class Stage:
    """One instance at work."""

    simulator: Simulator
    clock: FakeClock
    ledger: Ledger = field(default_factory=fresh_ledger)

    @classmethod
    def new(cls) -> Stage:
        """A fresh development instance with every feature, whose reads trail behind its writes."""
        clock, rng, options = FakeClock(), random.Random(7), Options(rate_limit=False, lag=LAG)  # noqa: S311 - repeatable
        return cls(Simulator(Store.new(options, rng), options, clock, rng), clock)

    @classmethod
    def at(cls, moment: Moment, seed: int, *, careless: bool = False) -> Stage:
        """The instance as it was at a moment; a careless one takes the same name twice, and its reads do not lag."""
        clock, rng = FakeClock(), random.Random(seed)  # noqa: S311 - repeatable
        clock.time = moment.time
        options = Options(rate_limit=False, lag=0.0 if careless else LAG)
        store = (_Careless if careless else Store)(pickle.loads(moment.data))  # noqa: S301 - our own
        simulator = Simulator(store, options, clock, rng)
        simulator._history._past = pickle.loads(moment.past)  # noqa: S301 - our own
        return cls(simulator, clock, moment.ledger)

    def moment(self) -> Moment:
        past = pickle.dumps(self.simulator._history._past)
        return Moment(pickle.dumps(self.simulator.store.data), past, self.clock.time, self.ledger)

    @property
    def settled(self) -> bool:
        """Whether every reader sees things as they are."""
        return not any(
            self.clock.time < one.until + LAG
            for keys in self.simulator._history._past.values()
            for versions in keys.values()
            for one in versions
        )

    @property
    def api(self) -> Backdoor:
        """A client of the simulator's own."""
        return Backdoor(self.simulator, SECRET_KEY)

    @property
    def objects(self) -> Objects:
        """What the instance really holds."""
        found: Objects = self.simulator.store.data["objects"]
        return found

    def client(self, *, read_only: bool, probes: Iterable[str] = ()) -> Client:
        way: Any = SimulatorTransport(self.simulator)
        if read_only:
            way = ReadOnly(way, frozenset(f"/v1{path}" for path in probes))
        return Client("http://127.0.0.1/v1", SECRET_KEY, way, self.clock)

    def run(
        self, desired: Desired, *, faults: Faults | None = None, probe: bool = False, skip_gated: bool = False
    ) -> Run:
        """Plan, apply, and wait until reads show it, as the command does."""
        self.simulator.faults = faults
        kinds = known().kinds
        probes = [kind.path for kind in kinds.values() if probe and kind.read == "echo"]
        reader = self.client(read_only=True, probes=probes)

        def planned(memory: Memory, sent: Iterable[Change] = ()) -> Plan:
            wanted, required = [kinds[name] for name in desired.sections], {change.kind for change in sent}
            live = observe(reader, wanted, probe=probe, skip_gated=skip_gated, required=required)
            return make_plan(kinds, desired, live, memory=memory, environment="local")

        try:
            plan = planned(self.ledger.memory)
        except ReconcileError as error:
            return Run(error=error)
        serious = {Severity.ERROR, Severity.REFUSAL}
        refused = tuple(str(item) for item in plan.findings if item.severity in serious)
        if refused:
            return Run(plan, refused=refused)
        keeper = _Kept(self.ledger, plan, kinds, self.clock)
        manner = Manner(parallel=1, skip_gated=skip_gated)
        outcomes = apply(plan, kinds, self.client(read_only=False), secret, keeper.note, manner=manner)
        self.ledger = keeper.ledger
        if plan.changes:
            again = partial(planned, keeper.ledger.memory, plan.changes)
            _, outcomes = settle(again, outcomes, self.clock)
        return Run(plan, outcomes)

    def pending(self, desired: Desired, *, probe: bool = False) -> Plan:
        """The plan once reads show all that was written."""
        self.simulator.faults = None
        self.clock.sleep(LAG)
        kinds = [known().kinds[name] for name in desired.sections]
        probes = [kind.path for kind in kinds if probe and kind.read == "echo"]
        live = observe(self.client(read_only=True, probes=probes), kinds, probe=probe)
        return make_plan(known().kinds, desired, live, memory=self.ledger.memory, environment="local")


class _OneAfterTheOther:
    """A pool without threads: what is to be repeated has to come in the same order each time."""

    def __init__(self, _workers: int) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map(self, work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        return [work(item) for item in items]

    def submit(self, work: Callable[..., Any], *words: Any) -> _Promise:
        return _Promise(work, words)


class _Promise:
    """A piece of work that was done when it was handed in."""

    def __init__(self, work: Callable[..., Any], words: tuple[Any, ...]) -> None:
        self._error: ReconcileError | None = None
        try:
            self._value = work(*words)
        except ReconcileError as error:
            self._error = error

    def result(self) -> Any:
        if self._error:
            raise self._error
        return self._value


_POOLED: tuple[Any, ...] = tuple(import_module(name) for name in ("reconcile.observe", "reconcile.apply.run"))


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Nothing is left to chance: one call at a time, and the same pauses each time."""
    state, pools = random.getstate(), {module: module.ThreadPoolExecutor for module in _POOLED}
    random.seed(seed)
    for module in _POOLED:
        module.ThreadPoolExecutor = _OneAfterTheOther
    try:
        yield
    finally:
        random.setstate(state)
        for module, pool in pools.items():
            module.ThreadPoolExecutor = pool


def holdings(data: dict[str, Any]) -> dict[str, list[Any]]:
    """All that an instance holds, without what each write makes anew: ids and time stamps."""
    found = {name: list(records.values()) for name, records in data["objects"].items() if name != "settings"}
    groups = {f"settings/{name}": [group] for name, group in data["objects"]["settings"].items()}
    invited = [{"identifier": one["identifier"]} for one in data["invitations"]]
    everything = {**found, **groups, "invitations": invited}
    return {name: sorted(map(plain, records), key=repr) for name, records in everything.items()}


def plain(value: Any) -> Any:
    """A value without ids and time stamps, in one order of its members."""
    if isinstance(value, dict):
        return {name: plain(value[name]) for name in sorted(value) if name not in _STAMPS}
    return [plain(one) for one in value] if isinstance(value, list) else value
