"""reconcile.yml: which files there are, and which instances they are for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from reconcile.errors import FilesError, UnknownEnvironmentError, UsageError
from reconcile.load.files import Refused, matching, read_nodes, relative
from reconcile.load.ignored import ignored, no_days
from reconcile.load.interpolate import env_name
from reconcile.load.nodes import Mapping as MapNode
from reconcile.load.nodes import Node, Scalar, Sequence, Source, from_file
from reconcile.load.plain import plain
from reconcile.load.rules import rules
from reconcile.model import Finding, Ignore, Origin, Rules, Severity
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
    overlays: tuple[tuple[Path, ...], ...] = ()  # the files of each pattern; later patterns over earlier ones
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
    locked: tuple[tuple[str, Origin], ...] = ()  # what no overlay may change, and where that is said
    ignored: tuple[Ignore, ...] = ()  # drift that nobody wants to hear about
    findings: tuple[Finding, ...] = ()  # remarks about reconcile.yml that are no errors

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
    if node is None or any(item.severity is Severity.ERROR for item in findings):
        raise FilesError(findings)
    remarks = tuple(findings)
    value: Any = plain(node, schema)
    if not surely_valid(schema, value):
        found = [_finding(_at(path, message), _line(node, path)) for path, message in problems(schema, value)]
        if found:
            raise FilesError(found)
    finder = _Finder(root)
    files = finder.once(_entry(node, "resources"))
    environments = dict(_environments(node, finder))
    findings = [item for env in environments.values() for item in _check(env, allowed_host)]
    known = tuple(
        ignored(row, Origin(FILE_NAME, _line(node, ("ignore", place, "address"))))
        for place, row in enumerate(value.get("ignore", ()))
    )
    findings += (
        _finding(message, _line(node, ("ignore", place, "expires"))) for place, message in no_days(known)
    )
    if findings or finder.problems:
        raise FilesError([*findings, *finder.problems])
    return Project(root, files, environments, rules(value.get("policy", {})), _locked(node), known, remarks)


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


def _environments(node: Node, finder: _Finder) -> Iterator[tuple[str, Environment]]:
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
                variables=_variables(variables, finder.root),
                overlays=finder.layers(name, _entry(env, "overlays")),
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
    if parts.username is not None or parts.query or parts.fragment:
        return False
    if parts.hostname in _LOOPBACK:
        return parts.scheme in {"http", "https"}
    return parts.scheme == "https" and parts.hostname in _HOSTS | {allowed_host} - {""}


def _locked(node: Node) -> tuple[tuple[str, Origin], ...]:
    found = _entry(_entry(node, "policy"), "locked")
    items = found.items if isinstance(found, Sequence) else ()
    return tuple((_text(item), Origin(FILE_NAME, item.line)) for item in items)


@dataclass(slots=True)
class _Finder:
    """Finds the files that patterns match; what is wrong with that is kept in `problems`."""

    root: Path
    problems: list[Finding] = field(default_factory=list)
    _resources: dict[Path, int] = field(default_factory=dict)

    def once(self, patterns: Node | None) -> tuple[Path, ...]:
        """The resource files: however many patterns match one, it is read once."""
        for line, paths in self._matching("resources", patterns):
            for path in paths:
                self._resources.setdefault(path, line)
        self._resources.pop(self.root / FILE_NAME, None)
        return tuple(self._resources)

    def layers(self, name: str, patterns: Node | None) -> tuple[tuple[Path, ...], ...]:
        """The files of each pattern of an environment's overlays; none may be in two, or a resource file as well."""
        where = f"environments.{name}.overlays"
        seen: dict[Path, int] = {}
        layers = []
        for line, paths in self._matching(where, patterns):
            for path in paths:
                file = relative(self.root, path)
                if path in seen:
                    self._say(f"{where}: {file} is matched on line {seen[path]} too; name it once", line)
                elif path in self._resources or file == FILE_NAME:
                    is_one = f"is matched by resources on line {self._resources.get(path, 1)} as well"
                    self._say(f"{where}: {file} {is_one}; keep overlays in a folder of their own", line)
                seen.setdefault(path, line)
            layers.append(tuple(paths))
        return tuple(layers)

    def _matching(self, where: str, patterns: Node | None) -> Iterator[tuple[int, list[Path]]]:
        for item in patterns.items if isinstance(patterns, Sequence) else ():
            try:
                paths = matching(self.root, _text(item))
            except (Refused, ValueError) as error:
                reason = error.message if isinstance(error, Refused) else error
                self._say(f"{where}: {reason}", item.line)
                continue
            if not paths:
                self._say(f"{where}: {_text(item)} matches no file; create one or fix the pattern", item.line)
            yield item.line, paths

    def _say(self, message: str, line: int) -> None:
        self.problems.append(_finding(message, line))
