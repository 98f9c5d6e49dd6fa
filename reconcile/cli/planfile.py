"""Plan files: written as `plan --format json` prints them, read back with nothing taken on trust."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconcile.cli.jsonfile import strict_json
from reconcile.cli.show_plan import document
from reconcile.codec import check_format, decode_plan, signed_content
from reconcile.codec.values import broken
from reconcile.errors import ReconcileError, RefusedError
from reconcile.state.keys import Keys
from reconcile.state.receipts import write_private

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconcile.cli.opening import World
    from reconcile.load import Environment
    from reconcile.model import Kind, Plan

_AGAIN = "nothing was sent: make a new one with `reconcile plan --out FILE`"


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan file as it was read. Whose it is, is known once its signature fits, and not before."""

    path: Path
    document: Mapping[str, Any]
    environment: str
    signature: str
    content: str

    def check_signed(self) -> None:
        """Refuse a plan without a signature, and one that was never meant to be applied."""
        if self.document.get("applicable") is False:
            raise RefusedError(
                f"{self.path} was made from a snapshot and not from the instance, so it is there to be looked at and "
                "cannot be applied; nothing was sent: make one where the key is, with `reconcile plan --out FILE`"
            )
        if not self.signature:
            raise RefusedError(f"{self.path} has no signature, so nobody can tell who wrote it; {_AGAIN}")

    def check_signature(self, keys: Keys) -> None:
        """Refuse a plan that was not made with this key, or not left as it was made."""
        self.check_signed()
        if not keys.signed(self.content, self.signature):
            raise RefusedError(
                f"the signature of {self.path} does not fit: it was changed after it was made, or made with another "
                f"secret key than that of environment {self.environment}; {_AGAIN}"
            )

    def plan(self, kinds: Mapping[str, Kind]) -> Plan:
        """The plan in it; raises FilesError or RefusedError where there is none that we wrote."""
        plan = decode_plan(self.document)
        unknown = sorted({change.kind for change in plan.changes} - kinds.keys())
        if unknown:
            raise broken(f"this version does not know {', '.join(unknown)}")
        return plan


def read_plan(path: Path) -> PlanFile:
    """A plan file; raises FilesError for anything else, and for one of another format."""
    try:
        found = strict_json(path.read_text(encoding="utf-8"))
        content = signed_content(found) if isinstance(found, dict) else ""
        content.encode()
    except (OSError, ValueError, RecursionError) as error:
        raise broken(f"{path} cannot be read ({error})") from error
    if not isinstance(found, dict):
        raise broken(f"{path} holds no JSON object")
    check_format(found)
    environment, signature = found.get("environment"), found.get("signature", "")
    if not isinstance(environment, str) or not environment:
        raise broken(f"{path} names no environment")
    if not isinstance(signature, str):
        raise broken(f"the signature of {path} is no text")
    return PlanFile(path, found, environment, signature, content)


def save_plan(path: Path, plan: Plan, kinds: Mapping[str, Kind], keys: Keys) -> None:
    """Write the plan file, for its owner only: personal data may be in it, secrets are not."""
    write_private(path.absolute(), document(plan, kinds, keys))


def keys_at_hand(folder: Path, state: Path | None, environment: str, world: World) -> Keys | str:
    """The keys of an environment, or why they are not at hand. Makes nothing and sends nothing."""
    from reconcile.cli.opening import open_project

    try:
        project, _ = open_project(folder, world)
        env = project.environment(environment)
        if env.embedded:
            key = _embedded_key((state or project.root / ".reconcile") / "embedded" / f"{env.name}.json")
        else:
            key = world.environ.get(env.secret_key, "")
    except ReconcileError as error:
        return str(error)
    world.redact.learn("key", key)
    return Keys(key) if key else _absent(env)


def _absent(env: Environment) -> str:
    if env.embedded:
        return f"there is no instance of environment {env.name} here"
    return f"the environment variable {env.secret_key} is not set"


def _embedded_key(path: Path) -> str:
    """The key of an instance that is kept in a file; none where there is no such file."""
    from reconcile.simulator.embedded import secret_key
    from reconcile.simulator.store import DamagedState, Store

    try:
        return secret_key(Store.load(path)) if path.exists() else ""
    except DamagedState as error:
        raise ReconcileError(str(error)) from error
