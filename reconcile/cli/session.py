"""One environment of a project, opened: its client, and the plan between its files and its instance."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from reconcile import guard
from reconcile.calls import count
from reconcile.cli.asked import chosen, selector
from reconcile.cli.git import source
from reconcile.cli.interrupt import Unhurried
from reconcile.cli.opening import checked, open_project, variables
from reconcile.cli.way import Clients, required, way_to
from reconcile.load.interpolate import Mistake
from reconcile.load.plain import plain
from reconcile.model import Memory, Policy, Secret, Source
from reconcile.plan import make_plan
from reconcile.state.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from reconcile.catalogue import Catalogue
    from reconcile.cli.asked import Asked
    from reconcile.cli.groups import Opening
    from reconcile.cli.opening import World
    from reconcile.cli.show_plan import Cost
    from reconcile.cli.way import Way
    from reconcile.client import Client
    from reconcile.load import Project
    from reconcile.model import Change, Desired, Json, Live, Plan
    from reconcile.state.receipts import Ledger


class Session:
    """One environment of a project, opened: the files are checked before anything is sent."""

    def __init__(self, opening: Opening, world: World) -> None:
        self.world = world
        self.project, self.catalogue = self._open(opening.folder)
        self.environment = self.project.environment(opening.environment)
        self.state = opening.state(self.project.root)
        self._source: Future[Source] | None = None
        self.reach = opening.reach
        way = self._way()
        world.redact.learn("key", way.secret_key)
        self.keys = Keys(way.secret_key)
        self._clients = Clients(self.environment, way, self.reach, world, self.catalogue.kinds)
        self._values = variables(self.environment, opening.variables, world.environ)
        self.desired, _ = checked(  # warnings are left to `validate`
            self.project, self.catalogue, self._values, self._seal, self.environment
        )
        self._check_key(way.secret_key)

    @property
    def variables(self) -> Mapping[str, Json]:
        """What `${var.NAME}` stands for here."""
        return {name: plain(node, {}) for name, node in self._values.items()}

    def _open(self, folder: Path) -> tuple[Project, Catalogue]:
        """The project around a folder, and the kinds."""
        return open_project(folder, self.world)

    def _check_key(self, secret_key: str) -> None:
        if not self.environment.embedded:
            guard.check_key(self.environment.name, secret_key, self.environment.type)

    def wanting(self, desired: Desired, retired: Iterable[str] = ()) -> Session:
        """The same session with other wishes than those of the files: what is planned and proven is then about these.

        Nobody depends on `retired` addresses, so being the last of their family is no reason to keep them.
        """
        other, rules = copy(self), self.project.rules
        other.desired = desired
        other.project = replace(self.project, rules=replace(rules, retired=(*rules.retired, *retired)))
        return other

    @contextmanager
    def locked(self, command: str, patience: float) -> Iterator[None]:
        """Keep other runs away from this instance; raises BusyError where one does not end in `patience` seconds.

        A state folder that cannot be written holds no lock; that is said, and the run goes on.
        """
        from reconcile.state.lock import held

        name = self.keys.seal("lock", "").removeprefix("hmac-sha256:")[:16]
        stop = self.world.interrupts.stop
        path, about = self.state / "locks" / f"{name}.lock", f"{command} of {self.environment.name}"
        with ExitStack() as stack:
            try:
                stack.enter_context(
                    held(path, about, Unhurried(self.world.clock, stop), patience, stop.is_set)
                )
            except OSError as error:
                place = f"{error.filename}: {error.strerror}"
                click.echo(f"warning: {place}: no lock, so nothing keeps another run away", err=True)
            yield

    @property
    def source(self) -> Source:
        """The commit that the project is at."""
        return self._asked_git().result()

    def _asked_git(self) -> Future[Source]:
        """Git's answer, which comes while others are waited for."""
        if self._source is None:
            thread = ThreadPoolExecutor(1)
            self._source = thread.submit(source, self.project.root)
            thread.shutdown(wait=False)
        return self._source

    def _way(self) -> Way:
        """How to reach the instance, and the key for it."""
        return way_to(self.environment, self.state, self.world, self.reach.parallelism)

    def _seal(self, name: str) -> Secret:
        """A secret of the files, which knows where it is written: raises Mistake where it is not set."""
        value = self.world.environ.get(name, "")
        if not value:
            raise Mistake(f"the environment variable {name} is not set; set it where you run this")
        self.world.redact.learn(name, value)
        return self.keys.secret(name, value)

    def secret(self, name: str) -> str:
        """The value of a secret that a plan names."""
        return required(self.world, name, "a secret of the plan", 0)

    def client(self, *, read_only: bool) -> Client:
        """A client for this instance; a read-only one cannot send anything that changes it."""
        return self._clients.client(read_only=read_only)

    def observe(self, client: Client, changes: Iterable[Change] = (), *, sent: Iterable[Change] = ()) -> Live:
        """The live side of all that the files declare, or that these changes touch or depend on.

        What was `sent` has to be readable: what the instance offers no more proves nothing.

        Refuses an instance that is not the one meant.
        """
        required = {change.kind for change in sent}
        needed = self.needed(tuple(changes))
        return self._read(client, needed, required=required, skip_gated=self.environment.skip_gated)

    def named(self, client: Client, live: Live) -> Live:
        """The same live side, and what else there is that the files name by key, where they name another than is live."""
        from reconcile.observe import read_named

        with self._clients.told():
            return replace(live, named=read_named(client, self.catalogue.kinds, self.desired, live))

    def read(self, client: Client, names: Iterable[str]) -> Live:
        """The live side of these kinds, as far as the instance offers them; refuses one that is not meant."""
        return self._read(client, names, required=(), skip_gated=True)

    def _read(
        self, client: Client, names: Iterable[str], *, required: Container[str], skip_gated: bool
    ) -> Live:
        from reconcile.observe import observe

        env, kinds = self.environment, self.catalogue.kinds
        with self._clients.told():
            return observe(
                client,
                [kinds[name] for name in names],
                probe=env.probe,
                skip_gated=skip_gated,
                required=required,
                identify=lambda who: guard.check_instance(env.name, who, env.type, env.instance),
            )

    def needed(self, changes: Sequence[Change] = ()) -> Iterable[str]:
        """The kinds whose live side has to be known: declared, changed, or at stake where something else changes."""
        at_stake = guard.lists_at_stake(self.catalogue.kinds, self.desired, changes)
        return dict.fromkeys([*self.desired.sections, *(change.kind for change in changes), *at_stake])

    def ledger(self, instance: str) -> Ledger:
        """What earlier runs left behind for this instance."""
        from reconcile.state.receipts import Ledger

        return Ledger.open(self.state, instance, self.keys)

    def policy(self, live: Live, asked: Asked) -> Policy:
        """What the caller asked for, held against the addresses that there are."""
        known = self._addresses(live) if asked.targets or asked.excludes or asked.rotate else []
        return Policy(selector(asked, known), chosen(asked.rotate, known), asked.reassert)

    def _addresses(self, live: Live) -> list[str]:
        sections = self.desired.sections
        sides = (
            *((name, section.objects) for name, section in sections.items()),
            *((name, objects) for name, objects in live.objects.items() if name in sections),
        )
        return [self.catalogue.kinds[name].address(key) for name, objects in sides for key in objects]

    def plan(self, live: Live, policy: Policy, memory: Memory | None = None) -> Plan:
        """The plan from the instance as it is to the files."""
        return make_plan(
            self.catalogue.kinds,
            self.desired,
            live,
            memory=memory if memory is not None else self.ledger(live.instance.id).memory,
            policy=policy,
            environment=self.environment.name,
            source=self.source,
        )

    def cost(self, plan: Plan) -> Cost:
        """What carrying out a plan takes."""
        from reconcile.cli.show_plan import Cost

        calls = count(self.catalogue.kinds, plan)
        return Cost(calls, round(self.reach.seconds(self.environment, calls), 1))

    def guard(self, plan: Plan, live: Live, asked: Asked) -> Plan:
        """The plan with a refusal for all that the rules of the project do not let it do."""
        rules = replace(
            self.project.rules,
            protected_environment=self.environment.protected,
            allow_delete=asked.allow_delete,
            allow_notify=asked.allow_notify,
        )
        return guard.guard(plan, self.catalogue.kinds, self.desired, live, rules)
