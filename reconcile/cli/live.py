"""Snapshots in place of an instance: taken where the key is, planned against where it is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

from reconcile import guard
from reconcile.bounded import read_bounded
from reconcile.cli.jsonfile import strict_json
from reconcile.cli.session import Session
from reconcile.cli.way import Way
from reconcile.codec import Snapshot, decode_snapshot, encode_snapshot, no_snapshot
from reconcile.errors import FilesError, RefusedError
from reconcile.model import Finding, Live, Memory, Origin, Read, Secret, Severity
from reconcile.observe import observe
from reconcile.state.receipts import write_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconcile.cli.groups import Opening
    from reconcile.cli.opening import World
    from reconcile.client import Client
    from reconcile.edit import Files
    from reconcile.load import Environment, Project
    from reconcile.model import Desired, Kind, Plan, Policy

LARGEST = 128 * 1024 * 1024
"""Bytes of a snapshot that are read: a hundred thousand identifiers take a quarter of it."""


class Unsealed(Session):
    """A session that needs no secret of the files: they are known by name alone, and shown nowhere if they are set."""

    def _seal(self, name: str) -> Secret:
        self.world.redact.learn(name, self.world.environ.get(name, ""))
        return Secret(name)

    def files(self, project: Project, environment: Environment) -> Files:
        """The files, to be changed: as they are for this environment, or for one that is laid out otherwise."""
        from reconcile.edit import Files

        return Files.opened(project, environment, self.catalogue, self._values)

    def rendered(self, project: Project) -> Desired:
        """What other files would want of this environment."""
        from reconcile.load import load_desired

        return load_desired(project, self.catalogue, self._values, Secret, self.environment)[0]


class Keyless(Unsealed):
    """A session without an instance: it has no key and sends nothing, and no receipt is its own."""

    def _way(self) -> Way:
        return Way(_nowhere, "")

    def _check_key(self, secret_key: str) -> None:
        """There is none."""


class Offline(Keyless):
    """A session whose instance is a snapshot."""

    def __init__(self, snapshot: Snapshot, opening: Opening, world: World) -> None:
        self._snapshot = snapshot
        super().__init__(opening, world)

    def held(self) -> Live:
        """The live side of all that the files declare; raises where the snapshot is of something else, or of less."""
        env, found = self.environment, self._snapshot
        if found.environment != env.name:
            raise RefusedError(
                f"this snapshot is of environment {found.environment}; take one with `reconcile snapshot -e {env.name}`"
            )
        guard.check_instance(env.name, found.live.instance, env.type, env.instance)
        lacking = tuple(self._lacking())
        if lacking:
            raise FilesError(lacking)
        return found.live

    def _lacking(self) -> Iterator[Finding]:
        for name in self.needed():
            if name not in self._snapshot.kinds:
                message = (
                    f"the snapshot of {self._snapshot.taken_at} does not hold this kind; "
                    "take one with `reconcile snapshot --all`"
                )
                yield Finding(Severity.ERROR, "snapshot", message, name, self._place(name))

    def _place(self, name: str) -> Origin | None:
        section = self.desired.sections.get(name)
        return section.origin if section else None

    def plan(self, live: Live, policy: Policy, memory: Memory | None = None) -> Plan:
        """The plan from the snapshot to the files; to be looked at, and not to be applied."""
        plan = super().plan(live, policy, memory or Memory())
        at = self._snapshot.taken_at
        message = (
            f"made from a snapshot of {at}, so it cannot be applied; receipts and secrets are not at hand, so what "
            "cannot be read back is shown as if it had to be sent"
        )
        note = Finding(Severity.WARNING, "snapshot", message)
        return replace(plan, snapshot=at, findings=(note, *plan.findings))


def _nowhere() -> NoReturn:
    raise RefusedError("no instance is asked, and nothing is sent")


def take(session: Session, client: Client, *, every: bool) -> Snapshot:
    """The live side of all that the files declare, or of every kind."""
    kinds = session.catalogue.kinds
    live = session.observe(client)
    wanted = {*session.needed()}
    if every:
        version = session.environment.api_version
        others = [kind for kind in kinds.values() if kind.name not in wanted and kind.since <= version]
        live = _joined(live, observe(client, others, probe=session.environment.probe, skip_gated=True))
        wanted |= {kind.name for kind in others}
    silent = {name for name in wanted if _silent(kinds[name], live)}
    now = datetime.fromtimestamp(session.world.clock.now(), UTC)
    return Snapshot(session.environment.name, now.strftime("%Y-%m-%dT%H:%M:%SZ"), live, frozenset(silent))


def _silent(kind: Kind, live: Live) -> bool:
    """Whether no call returns anything of a kind."""
    return kind.read is Read.ECHO and kind.name not in live.objects and kind.name not in live.missing


def _joined(one: Live, other: Live) -> Live:
    return replace(one, objects={**other.objects, **one.objects}, missing={**other.missing, **one.missing})


def save_snapshot(path: Path, snapshot: Snapshot, session: Session) -> None:
    """Write the snapshot, for its owner only: personal data is in it. Refused where a secret of this run is in it."""
    from importlib.metadata import version

    document = encode_snapshot(snapshot, session.catalogue.kinds, tool_version=version("clerk-reconcile"))
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    if secret := session.world.redact.found(text):
        raise RefusedError(
            f"the instance returns {secret} in what anybody may read; nothing was written: look for it with "
            "`reconcile plan`, and use another key from now on"
        )
    write_private(path.absolute(), text)


def read_snapshot(path: Path) -> Snapshot:
    """The snapshot in a file; raises FilesError for anything else."""
    try:
        found = strict_json(read_bounded(path, LARGEST).decode())
    except (OSError, ValueError, RecursionError) as error:
        raise no_snapshot(f"{path} cannot be read ({error})") from error
    if not isinstance(found, dict):
        raise no_snapshot(f"{path} holds no JSON object")
    return decode_snapshot(found)
