"""What a command begins with: what is outside of it, the project around a folder, and its files, checked."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import click

from reconcile import catalogue
from reconcile.cli.interrupt import Interrupts
from reconcile.clock import SystemClock
from reconcile.errors import FilesError, UsageError
from reconcile.load import find_project, load_desired, load_project
from reconcile.load.nodes import Scalar
from reconcile.model import Finding, Origin, Secret, Severity
from reconcile.redact import Redactor
from reconcile.state.holding import RECORD, taken
from reconcile.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import httpx

    from reconcile.catalogue import Catalogue
    from reconcile.clock import Clock
    from reconcile.load import Environment, Project
    from reconcile.load.nodes import Node
    from reconcile.model import Desired

_VARIABLE_PREFIX = "RECONCILE_VAR_"


def of_this_command() -> Redactor:
    """The one that stands before the streams of the command under way."""
    context = click.get_current_context(silent=True)
    found = context.find_object(Redactor) if context else None
    return found or Redactor()


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside that commands depend on; tests pass their own."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Clock = field(default_factory=SystemClock)
    rng: random.Random = field(default_factory=random.SystemRandom)
    redact: Redactor = field(default_factory=of_this_command)
    interrupts: Interrupts = field(default_factory=Interrupts)
    transport: Callable[[Environment, Path], tuple[httpx.BaseTransport, str]] | None = None
    told: set[str] = field(default_factory=set)

    def tell(self, text: str) -> None:
        """Say something on stderr, once: a command that opens two environments finds some things twice."""
        if text not in self.told:
            self.told.add(text)
            click.echo(text, err=True)


def open_project(folder: Path, world: World) -> tuple[Project, Catalogue]:
    """The project around a folder; raises UsageError or FilesError."""
    project, found = open_bare_project(folder, world)
    if project.unmatched:
        raise FilesError(project.unmatched)
    return project, found


def open_bare_project(folder: Path, world: World) -> tuple[Project, Catalogue]:
    """The same, also where patterns match no file yet."""
    root = find_project(folder.resolve())
    if (root / RECORD).exists() and not taken(root / RECORD):
        world.tell(
            "warning: a run was killed while it wrote files, so they say only a part of it; the next `pull`, `adopt` or "
            "`promote --write` ends that"
        )
    allowed = world.environ.get("RECONCILE_ALLOW_API_HOST", "")
    return load_project(root, catalogue.schema("project"), allowed_host=allowed), catalogue.load()


def resume(folder: Path) -> None:
    """End what a run has begun to write and was killed at, before anything is read; what is changed by that is told."""
    from reconcile.edit import ended

    if names := ended(find_project(folder.resolve())):
        click.echo(
            f"A run was killed while it wrote files; what it left out is written now: {', '.join(names)}.",
            err=True,
        )


def variables(environment: Environment, given: Iterable[str], environ: Mapping[str, str]) -> dict[str, Node]:
    """Values for `${var.NAME}`: from the environment's vars, RECONCILE_VAR_NAME, and --var, each over the one before."""
    found = dict(environment.variables)
    prefixed = (name for name in environ if name.startswith(_VARIABLE_PREFIX))
    found.update({name[len(_VARIABLE_PREFIX) :]: Scalar(environ[name], 0, True) for name in prefixed})
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"--var {pair}: write --var NAME=VALUE")
        found[name] = Scalar(value, 0, True)
    return found


def checked(
    project: Project,
    found: Catalogue,
    values: Mapping[str, Node],
    seal: Callable[[str], Secret],
    environment: Environment,
) -> tuple[Desired, tuple[Finding, ...]]:
    """What the files want of an environment, with all findings; raises FilesError with every error at once."""
    desired, findings = load_desired(project, found, values, seal, environment)
    findings = (*findings, *validate(found.kinds, found.schemas, desired, environment.api_version))
    if any(item.severity is Severity.ERROR for item in findings):
        raise FilesError(sorted(findings, key=_place))
    return desired, findings


def every_finding(
    project: Project, found: Catalogue, names: Iterable[str], given: Iterable[str], environ: Mapping[str, str]
) -> list[Finding]:
    """All that is to be said about the files of some environments, without secrets; each names where it holds."""
    names, given = list(names), list(given)
    found_in: dict[Finding, list[str]] = {}
    for name in names:
        env = project.environment(name)
        values = variables(env, given, environ)
        desired, wrong = load_desired(project, found, values, Secret, env)
        for finding in (*wrong, *validate(found.kinds, found.schemas, desired, env.api_version)):
            found_in.setdefault(finding, []).append(name)
    return [_located(finding, where, len(names)) for finding, where in found_in.items()]


def _located(finding: Finding, where: list[str], environments: int) -> Finding:
    """A finding that says where it holds, unless that is everywhere."""
    where = list(dict.fromkeys(where))
    if len(where) == environments:
        return finding
    return replace(finding, message=f"{finding.message} (in {', '.join(where)})")


def _place(finding: Finding) -> tuple[str, int]:
    origin = finding.origin or Origin("")
    return (origin.file, origin.line)
