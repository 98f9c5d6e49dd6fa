"""reconcile.yml: which files there are, and which instances they are for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from reconcile.errors import FilesError, UnknownEnvironmentError, UsageError
from reconcile.load.files import Refused, matching, read_nodes, relative
from reconcile.load.interpolate import env_name
from reconcile.load.nodes import Mapping as MapNode
from reconcile.load.nodes import Node, Scalar, Sequence
from reconcile.load.plain import plain
from reconcile.load.rules import rules
from reconcile.model import Finding, Origin, Rules, Severity
from reconcile.model.versions import NEWEST
from reconcile.validate.explain import problems
from reconcile.validate.quick import surely_valid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FILE_NAME = "reconcile.yml"
DEFAULT_API_URL = "https://api.clerk.com/v1"
EMBEDDED = "embedded"
_HOSTS = frozenset({"api.clerk.com", "api.clerk.dev"})
_NO_RULES = Rules()
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
    line: int = 0

    @property
    def embedded(self) -> bool:
        """Whether the built-in simulator plays the instance."""
        return self.api_url == EMBEDDED


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a reconcile.yml."""

    root: Path
    resources: tuple[Path, ...]
    environments: Mapping[str, Environment]
    rules: Rules = _NO_RULES

    def environment(self, name: str) -> Environment:
        """The environment of this name; raises UnknownEnvironmentError for a name that is not there."""
        if name not in self.environments:
            known = ", ".join(self.environments) or "none"
            raise UnknownEnvironmentError(f"there is no environment {name!r} in {FILE_NAME}; it has: {known}")
        return self.environments[name]


def find_project(start: Path) -> Path:
    """The nearest folder from `start` upwards that holds a reconcile.yml; raises UsageError where none does."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise UsageError(
        f"no {FILE_NAME} in {start} or above it; make one with `reconcile init`, or say where with -C DIR"
    )


def load_project(root: Path, schema: Mapping[str, Any], *, allowed_host: str = "") -> Project:
    """Read reconcile.yml; raises FilesError with everything that is wrong with it."""
    node, findings = read_nodes(root, root / FILE_NAME)
    if node is None and not findings:
        findings = [_finding("is empty; `reconcile init` writes one to start from", 0)]
    if findings or node is None:
        raise FilesError(findings)
    value: Any = plain(node, schema)
    if not surely_valid(schema, value):
        found = [_finding(_at(path, message), _line(node, path)) for path, message in problems(schema, value)]
        if found:
            raise FilesError(found)
    environments = dict(_environments(node))
    findings = [item for env in environments.values() for item in _check(env, allowed_host)]
    files, missing = _files(root, _entry(node, "resources"))
    if findings or missing:
        raise FilesError([*findings, *missing])
    return Project(root, files, environments, rules(value.get("policy", {})))


def _at(path: tuple[str | int, ...], message: str) -> str:
    return f"{'.'.join(map(str, path))}: {message}" if path else message


def _finding(message: str, line: int) -> Finding:
    return Finding(Severity.ERROR, "project", message, origin=Origin(FILE_NAME, line))


def _line(node: Node, path: tuple[str | int, ...]) -> int:
    """The line of the deepest part of the path that exists."""
    line = node.line
    for part in path:
        if isinstance(node, MapNode) and part in node.entries:
            line, node = node.entries[str(part)]
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            line = node.line
    return line


def _entry(node: Node | None, name: str) -> Node | None:
    found = node.entries.get(name) if isinstance(node, MapNode) else None
    return found.node if found else None


def _text(node: Node | None, default: str = "") -> str:
    return node.text if isinstance(node, Scalar) else default


def _environments(node: Node) -> Iterator[tuple[str, Environment]]:
    found = _entry(node, "environments")
    for name, (line, env) in found.entries.items() if isinstance(found, MapNode) else ():
        variables = _entry(env, "vars")
        key = _entry(env, "secret_key")
        yield (
            name,
            Environment(
                name=name,
                api_url=_text(_entry(env, "api_url"), DEFAULT_API_URL),
                secret_key=env_name(key) if isinstance(key, Scalar) else "",
                type=_text(_entry(env, "type"), "development"),
                instance=_text(_entry(env, "instance")),
                protected=_text(_entry(env, "protected")).lower() == "true",
                probe=_text(_entry(env, "reads")) == "probe",
                skip_gated=_text(_entry(env, "on_gated")) == "skip",
                api_version=_text(_entry(env, "api_version"), NEWEST),
                variables={n: e.node for n, e in variables.entries.items()}
                if isinstance(variables, MapNode)
                else {},
                line=line,
            ),
        )


def _check(env: Environment, allowed_host: str) -> Iterator[Finding]:
    """What a schema cannot say: which hosts a key may be sent to, and that it is named at all."""
    if env.embedded:
        return
    if not env.secret_key:
        yield _finding(
            f"environments.{env.name}: has no secret_key; write secret_key: ${{env:CLERK_SECRET_KEY}} with the name "
            "of the variable that holds it",
            env.line,
        )
    if not _trusted(env.api_url, allowed_host):
        yield _finding(
            f"environments.{env.name}.api_url: {env.api_url} is not Clerk's API; the key would be sent there. "
            "Name the host in RECONCILE_ALLOW_API_HOST where you run this, if that is meant",
            env.line,
        )


def _trusted(url: str, allowed_host: str) -> bool:
    parts = urlsplit(url)
    if parts.hostname in _LOOPBACK:
        return parts.scheme in {"http", "https"}
    hosts = _HOSTS | {allowed_host} - {""}
    return parts.scheme == "https" and parts.hostname in hosts and not parts.username and not parts.query


def _files(root: Path, patterns: Node | None) -> tuple[tuple[Path, ...], list[Finding]]:
    found: dict[Path, None] = {}
    missing = []
    for item in patterns.items if isinstance(patterns, Sequence) else ():
        try:
            paths = matching(root, _text(item))
        except (Refused, ValueError) as error:
            missing.append(
                _finding(f"resources: {error.message if isinstance(error, Refused) else error}", item.line)
            )
            continue
        if not paths:
            missing.append(
                _finding(
                    f"resources: {_text(item)} matches no file; create one or fix the pattern", item.line
                )
            )
        found.update(dict.fromkeys(paths))
    own = root / FILE_NAME
    return tuple(path for path in found if relative(root, path) != own.name), missing
