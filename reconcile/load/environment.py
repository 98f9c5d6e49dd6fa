"""`environments` of reconcile.yml: the instances that a project is for, and where their keys may be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reconcile.load.interpolate import env_name
from reconcile.load.manifest import FILE_NAME, entry, text, wrong
from reconcile.load.nodes import Mapping as MapNode
from reconcile.load.nodes import Scalar, Source, from_file
from reconcile.model.versions import NEWEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from urllib.parse import SplitResult

    from reconcile.load.finder import Finder
    from reconcile.load.nodes import Node
    from reconcile.model import Finding

DEFAULT_API_URL = "https://api.clerk.com/v1"
EMBEDDED = "embedded"
_HOSTS = frozenset({"api.clerk.com", "api.clerk.dev"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Environment:
    """One instance that the project is for. `secret_key` names the environment variable that holds its key."""

    name: str
    api_url: str = DEFAULT_API_URL
    secret_key: str = ""
    type: str = "development"
    instance: str = ""
    protected: bool = False
    probe: bool = False
    skip_gated: bool = False
    api_version: str = NEWEST
    variables: Mapping[str, Node] = field(default_factory=dict)
    overlays: tuple[tuple[Path, ...], ...] = ()  # the files of each pattern; later patterns over earlier ones
    line: int = 0

    @property
    def embedded(self) -> bool:
        """Whether the built-in simulator plays the instance."""
        return self.api_url == EMBEDDED


def environments(node: Node, finder: Finder) -> Iterator[tuple[str, Environment]]:
    """The environments by their names, with the files of their overlays."""
    found = entry(node, "environments")
    for name, (line, env) in found.entries.items() if isinstance(found, MapNode) else ():
        variables = entry(env, "vars")
        key = entry(env, "secret_key")
        yield (
            name,
            Environment(
                name=name,
                api_url=text(entry(env, "api_url"), DEFAULT_API_URL),
                secret_key=env_name(key) if isinstance(key, Scalar) else "",
                type=text(entry(env, "type"), "development"),
                instance=text(entry(env, "instance")),
                protected=text(entry(env, "protected")).lower() == "true",
                probe=text(entry(env, "reads")) == "probe",
                skip_gated=text(entry(env, "on_gated")) == "skip",
                api_version=text(entry(env, "api_version"), NEWEST),
                variables=_variables(variables, finder.root),
                overlays=finder.layers(name, entry(env, "overlays")),
                line=line,
            ),
        )


def _variables(node: Node | None, root: Path) -> dict[str, Node]:
    """Values by name. Lists and maps keep their place, because they are put among the nodes of other files."""
    here = Source(FILE_NAME, root)
    entries = node.entries if isinstance(node, MapNode) else {}
    return {
        name: entry.node if isinstance(entry.node, Scalar) else from_file(entry.node, here)
        for name, entry in entries.items()
    }


def check(env: Environment, allowed_host: str) -> Iterator[Finding]:
    """What a schema cannot say: which hosts a key may be sent to, and that it is named at all."""
    if env.embedded:
        return
    if not env.secret_key:
        yield wrong(
            f"environments.{env.name}: has no secret_key; write secret_key: ${{env:CLERK_SECRET_KEY}} with the name "
            "of the variable that holds it",
            env.line,
        )
    if trouble := _trouble(env.api_url, allowed_host):
        yield wrong(f"environments.{env.name}.api_url: {env.api_url} {trouble}", env.line)


def _trouble(url: str, allowed_host: str) -> str:
    """What is wrong with the address of an instance; nothing where a key may be sent there."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"is no address ({error}); Clerk's API is {DEFAULT_API_URL}"
    if url != url.strip() or not parts.hostname or port == 0:
        return f"is no address; Clerk's API is {DEFAULT_API_URL}"
    if not _trusted(parts, allowed_host):
        return (
            "is not Clerk's API; the key would be sent there. Name the host in RECONCILE_ALLOW_API_HOST where you run "
            "this, if that is meant"
        )
    if not parts.path.rstrip("/").endswith("/v1"):
        return f"does not end in /v1, as Clerk's API does; write {url.rstrip('/')}/v1"
    return ""


def _trusted(parts: SplitResult, allowed_host: str) -> bool:
    if parts.username is not None or parts.query or parts.fragment:
        return False
    if parts.hostname in _LOOPBACK:
        return parts.scheme in {"http", "https"}
    return parts.scheme == "https" and parts.hostname in _HOSTS | {allowed_host} - {""}
