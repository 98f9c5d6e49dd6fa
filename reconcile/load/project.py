"""reconcile.yml: which files there are, and which instances they are for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconcile.errors import FilesError, UnknownEnvironmentError, UsageError
from reconcile.load.environment import check, environments
from reconcile.load.files import read_bytes, read_nodes
from reconcile.load.finder import Finder
from reconcile.load.ignored import ignored, no_days
from reconcile.load.manifest import FILE_NAME, entry, line_at, text, wrong
from reconcile.load.nodes import Sequence
from reconcile.load.plain import plain
from reconcile.load.promotion import counterparts, kept
from reconcile.load.rules import rules
from reconcile.model import Finding, Ignore, Origin, Rules, Severity
from reconcile.validate.explain import problems
from reconcile.validate.quick import surely_valid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconcile.load.environment import Environment
    from reconcile.load.files import Content
    from reconcile.load.nodes import Node
    from reconcile.model import Counterpart

_NO_RULES = Rules()


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a reconcile.yml."""

    root: Path
    resources: tuple[Path, ...]
    environments: Mapping[str, Environment]
    rules: Rules = _NO_RULES
    locked: tuple[tuple[str, Origin], ...] = ()  # what no overlay may change, and where that is said
    ignored: tuple[Ignore, ...] = ()  # drift that nobody wants to hear about
    counterparts: tuple[Counterpart, ...] = ()  # what is called differently in each environment
    keep: tuple[tuple[str, Origin], ...] = ()  # what may name another environment, and where that is said
    findings: tuple[Finding, ...] = ()  # remarks about reconcile.yml that are no errors
    content: Content = read_bytes  # what its files hold
    patterns: tuple[str, ...] = ()  # of `resources`, as they are written
    unmatched: tuple[Finding, ...] = ()  # those of them that match no file

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
    """Read reconcile.yml; raises FilesError with everything that is wrong with it.

    Patterns of `resources` that match no file are wrong for all but those who are about to write some: `unmatched`.
    """
    node, value, remarks = _read(root, schema)
    finder = Finder(root)
    files = finder.once(entry(node, "resources"))
    found = dict(environments(node, finder))
    findings = [item for one in found.values() for item in check(one, allowed_host)]
    known = tuple(
        ignored(row, Origin(FILE_NAME, line_at(node, ("ignore", place, "address"))))
        for place, row in enumerate(value.get("ignore", ()))
    )
    findings += (
        wrong(message, line_at(node, ("ignore", place, "expires"))) for place, message in no_days(known)
    )
    said = entry(node, "promote")
    rows = tuple(counterparts(said, found, finder.say))
    if findings or finder.problems:
        raise FilesError([*findings, *finder.problems, *finder.unmatched])
    return Project(
        root,
        files,
        found,
        rules(value.get("policy", {})),
        _locked(node),
        known,
        rows,
        tuple(kept(said)),
        remarks,
        patterns=tuple(value["resources"]),
        unmatched=tuple(finder.unmatched),
    )


def _read(root: Path, schema: Mapping[str, Any]) -> tuple[Node, Any, tuple[Finding, ...]]:
    """reconcile.yml with its places and as plain values, and remarks about it; raises FilesError."""
    node, findings = read_nodes(root, root / FILE_NAME)
    if node is None and not findings:
        findings = [wrong("is empty; `reconcile init` writes one to start from", 0)]
    if node is None or any(item.severity is Severity.ERROR for item in findings):
        raise FilesError(findings)
    value = plain(node, schema)
    if not surely_valid(schema, value):
        found = [wrong(_at(path, message), line_at(node, path)) for path, message in problems(schema, value)]
        if found:
            raise FilesError(found)
    return node, value, tuple(findings)


def _at(path: tuple[str | int, ...], message: str) -> str:
    return f"{'.'.join(map(str, path))}: {message}" if path else message


def _locked(node: Node) -> tuple[tuple[str, Origin], ...]:
    found = entry(entry(node, "policy"), "locked")
    items = found.items if isinstance(found, Sequence) else ()
    return tuple((text(item), Origin(FILE_NAME, item.line)) for item in items)
