"""An instance in this process, a clock that jumps, and the steps from files to outcomes, without a command line."""

from __future__ import annotations

import copy
import random
import shutil
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconcile import catalogue
from reconcile.apply import apply
from reconcile.client import Client, ReadOnly
from reconcile.errors import FilesError
from reconcile.load import load_desired, load_project
from reconcile.model import Memory, Policy, Severity
from reconcile.observe import observe
from reconcile.plan import make_plan
from reconcile.settle import settle
from reconcile.simulator import Options, Simulator, Store
from reconcile.simulator.client import Client as Backdoor
from reconcile.simulator.transport import SimulatorTransport
from reconcile.state.keys import Keys
from reconcile.state.receipts import Ledger
from reconcile.validate import validate

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from reconcile.catalogue import Catalogue
    from reconcile.model import Desired, Finding, Live, Outcome, Plan

ROOT = Path(__file__).parent.parent
KEYS = {"development": "sk_test_abcdefgh12345678", "production": "sk_live_abcdefgh12345678"}
PROJECT = """\
version: 1
resources: [resources.yml]
environments:
  local: {api_url: embedded, vars: {app: "https://app.acme.example"}}
"""


class FakeClock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@cache
def known() -> Catalogue:
    """Every kind with its schema, read once."""
    return catalogue.load()


@dataclass
class Lab:
    """One instance of the simulator, and everything of ours that talks to it."""

    folder: Path
    clock: FakeClock
    simulator: Simulator
    environ: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path, clock: FakeClock, **words: Any) -> Lab:
        """A fresh instance; takes the same words as Options."""
        options = Options(**{"rate_limit": False, **words})
        rng = random.Random(7)  # noqa: S311 - repeatable, not secret
        return cls(folder, clock, Simulator(Store.new(options, rng), options, clock, rng))

    # --- the instance ---

    @property
    def api(self) -> Backdoor:
        """A client of the simulator's own, to change things behind our back."""
        return Backdoor(self.simulator, self.keys.secret_key)

    @property
    def store(self) -> Store:
        return self.simulator.store

    @property
    def keys(self) -> Keys:
        return Keys(KEYS[self.simulator.options.type])

    def objects(self) -> dict[str, Any]:
        """All that the instance holds, but for the moments at which it was written."""
        found: dict[str, Any] = _without_stamps(copy.deepcopy(self.store.data["objects"]))
        return found

    def sent(self, *, since: int = 0) -> list[tuple[str, str]]:
        """Method and path of what was sent, the first `since` requests aside."""
        return [(method, path.removeprefix("/v1")) for method, path, _, _ in list(self.simulator.log)[since:]]

    def writes(self, *, since: int = 0) -> list[tuple[str, str]]:
        return [request for request in self.sent(since=since) if request[0] != "GET"]

    # --- the files ---

    def project(self, resources: str, files: Mapping[str, str | bytes] | None = None) -> Path:
        """A folder with a reconcile.yml, its resources.yml and other files."""
        root = self.folder / "project"
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        for name, content in {"reconcile.yml": PROJECT, "resources.yml": resources, **(files or {})}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    def read(self, root: Path, name: str = "local") -> tuple[Desired, tuple[Finding, ...]]:
        """What the files of a project want of an environment, and all that is to be said about them."""
        project = load_project(root, catalogue.schema("project"))
        environment = project.environment(name)
        desired, findings = load_desired(
            project,
            known(),
            environment.variables,
            lambda name: self.keys.secret(name, self.secret(name)),
            environment,
        )
        return desired, (*findings, *validate(known().kinds, known().schemas, desired))

    def load(self, root: Path, name: str = "local") -> Desired:
        """What the files of a project want; raises FilesError where they are wrong."""
        desired, findings = self.read(root, name)
        if any(finding.severity is Severity.ERROR for finding in findings):
            raise FilesError(findings)
        return desired

    def want(self, resources: str, files: Mapping[str, str | bytes] | None = None) -> Desired:
        """What one resource file wants."""
        return self.load(self.project(resources, files))

    def problems(self, resources: str, files: Mapping[str, str | bytes] | None = None) -> list[str]:
        """Everything that is wrong with one resource file, as people read it."""
        return [str(finding) for finding in self.read(self.project(resources, files))[1]]

    def secret(self, name: str) -> str:
        return self.environ.get(name, f"the value of {name}")

    # --- from plan to outcomes ---

    def client(self, *, read_only: bool = False) -> Client:
        transport: httpx.BaseTransport = SimulatorTransport(self.simulator)
        if read_only:
            transport = ReadOnly(transport)
        return Client("http://127.0.0.1/v1", self.keys.secret_key, transport, self.clock)

    def live(self, *names: str, probe: bool = False) -> Live:
        """The live side of these kinds, or of all."""
        kinds = [known().kinds[name] for name in names or known().kinds]
        return observe(self.client(read_only=not probe), kinds, probe=probe)

    @property
    def ledger(self) -> Ledger:
        return Ledger.open(self.folder / "state", self.store.instance["id"], self.keys)

    def forget(self) -> None:
        """Be another machine: one that has no receipts."""
        shutil.rmtree(self.folder / "state", ignore_errors=True)

    def plan(self, desired: Desired, memory: Memory | None = None, policy: Policy | None = None) -> Plan:
        """The plan between the instance and the files."""
        live = self.live(*desired.sections) if desired.sections else self.live("redirect_url")
        return self.plan_of(desired, live, memory, policy)

    def plan_of(
        self, desired: Desired, live: Live, memory: Memory | None = None, policy: Policy | None = None
    ) -> Plan:
        """The plan between some live state and the files."""
        return make_plan(
            known().kinds,
            desired,
            live,
            memory=self.ledger.memory if memory is None else memory,
            policy=policy or Policy(),
            environment="local",
        )

    def carry_out(self, plan: Plan) -> tuple[Outcome, ...]:
        """The outcomes of applying a plan; receipts are kept."""
        kinds = known().kinds
        outcomes = apply(plan, kinds, self.client(), self.secret)
        self.ledger.after(plan, kinds, outcomes, self.clock.now()).save()
        return outcomes

    def apply(self, desired: Desired, policy: Policy | None = None) -> tuple[Outcome, ...]:
        """Plan, apply, and wait until reads show it."""
        plan = self.plan(desired, policy=policy)
        errors = [str(finding) for finding in plan.findings if finding.severity is Severity.ERROR]
        assert not errors, errors
        _, outcomes = settle(lambda: self.plan(desired), self.carry_out(plan), self.clock)
        return outcomes


def _without_stamps(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_stamps(item) for name, item in value.items() if name != "updated_at"}
    return value
