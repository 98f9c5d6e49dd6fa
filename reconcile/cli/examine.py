"""What `doctor` looks at on this machine: the project, its files, variables, keys, and what earlier runs left behind."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconcile.cli.git import ignored
from reconcile.cli.opening import every_finding, open_project, variables
from reconcile.errors import FilesError, ReconcileError, RefusedError, UsageError
from reconcile.guard import check_key
from reconcile.load import load_desired
from reconcile.model import Check, Desired, Level, Secret, Severity
from reconcile.state.receipts import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from reconcile.catalogue import Catalogue
    from reconcile.cli.opening import World
    from reconcile.load import Environment, Project
    from reconcile.model import Finding
    from reconcile.state.keys import Keys

_MOST_SHOWN = 10
_SHORTEST_KEY = 16  # characters of a secret key below which it was surely cut off
_LOOKALIKES: Mapping[str, str] = {
    "pk_": "a publishable key, which may read nothing",
    "ak_": "a key of the Platform API",
    "whsec_": "the signing secret of a webhook",
    "Bearer ": "a whole header; leave `Bearer ` out",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A project that could be opened."""

    project: Project
    catalogue: Catalogue


def fine(topic: str, message: str) -> Check:
    """Nothing to do."""
    return Check(topic, Level.OK, message)


def problem(topic: str, error: object, remedy: str = "") -> Check:
    """In the way of a run. A message of ours says behind its last semicolon what to do."""
    message, _, advice = str(error).rpartition("; ") if not remedy else (str(error), "", remedy)
    return Check(topic, Level.PROBLEM, message or advice, advice if message else "")


def skipped(because: str, *topics: str) -> Iterator[Check]:
    """What could not be looked at, and because of what."""
    return (Check(topic, Level.SKIPPED, f"not looked at, because of {because}") for topic in topics)


# --- the project and its files ---


def opened(folder: Path, world: World) -> tuple[Opened | None, Check]:
    """The project around a folder, if there is one that can be read."""
    try:
        project, catalogue = open_project(folder, world)
    except UsageError as error:
        return None, problem("project", error)
    except FilesError as error:
        text, remedy = (
            _listed(error.findings),
            "mend reconcile.yml as it says; an editor helps with the schema",
        )
        return None, Check("project", Level.PROBLEM, text, remedy)
    names = ", ".join(project.environments)
    return Opened(project, catalogue), fine(
        "project", f"{project.root / 'reconcile.yml'}; environments: {names}"
    )


def files(found: Opened, names: Sequence[str], given: Iterable[str], environ: Mapping[str, str]) -> Check:
    """Whether the files are right in these environments."""
    findings = every_finding(found.project, found.catalogue, names, given, environ)
    errors = [one for one in findings if one.severity is Severity.ERROR]
    if errors:
        return Check("files", Level.PROBLEM, _listed(errors), "mend them; `reconcile validate` lists all")
    if findings:
        return Check(
            "files", Level.WARNING, _listed(findings), "look at them; `reconcile validate` lists all"
        )
    overlays = {
        path for name in names for layer in found.project.environments[name].overlays for path in layer
    }
    more = f" and {_counted(len(overlays), 'overlay')}" if overlays else ""
    return fine("files", f"{_counted(len(found.project.resources), 'resource file')}{more}, all valid")


def wanted(
    found: Opened, environment: Environment, given: Iterable[str], environ: Mapping[str, str]
) -> Desired:
    """What the files want, as far as they can be read."""
    values = variables(environment, given, environ)
    return load_desired(found.project, found.catalogue, values, Secret, environment)[0]


def secrets(environment: Environment, desired: Desired, environ: Mapping[str, str]) -> Check:
    """Whether the secrets that the files name are set."""
    named = {
        value.name: declared.place((name,))
        for section in desired.sections.values()
        for declared in section.objects.values()
        for name, value in declared.fields.items()
        if isinstance(value, Secret)
    }
    unset = [
        f"{name} is not set, which {place} needs" for name, place in named.items() if not environ.get(name)
    ]
    if unset:
        remedy = "set it where you run this, as docs/secrets.md shows, or `!unset` the entry in an overlay"
        return Check("variables", Level.PROBLEM, "\n".join(unset), remedy)
    values = [f"{name} ({origin})" for name, origin in _sources(environment, environ)]
    told = [f"${{var}}: {', '.join(values)}"] if values else []
    told += [f"secrets, all set: {', '.join(named)}"] if named else []
    return fine("variables", "; ".join(told) or "none are needed")


def _sources(environment: Environment, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    prefix = "RECONCILE_VAR_"
    yield from ((name, "vars") for name in environment.variables if prefix + name not in environ)
    yield from ((name.removeprefix(prefix), name) for name in environ if name.startswith(prefix))


# --- the key ---


def key(environment: Environment, environ: Mapping[str, str]) -> Check:
    """The shape and type of the secret key; never the key."""
    if environment.embedded:
        return fine("key", f"{environment.name}: none is needed for the built-in simulator")
    name = environment.secret_key
    text = environ.get(name, "")
    trouble = _misshapen(text)
    if not text:
        return problem("key", f"{name} is not set; set it where you run this, as docs/secrets.md shows")
    if trouble:
        return problem("key", f"{name} {trouble}; copy the key again from the API keys page of the dashboard")
    try:
        check_key(environment.name, text, environment.type)
    except RefusedError as error:
        return problem("key", f"{name}: {error}")
    return fine(
        "key", f"{name}: {text[:8]}… of {len(text)} characters, for an instance of type {environment.type}"
    )


def _misshapen(text: str) -> str:
    lookalike = next((what for start, what in _LOOKALIKES.items() if text.startswith(start)), "")
    if lookalike:
        return f"holds {lookalike}"
    if text.strip() != text:
        return "has white space around it"
    if text[:1] in {'"', "'", "`"}:
        return "has quotes around it"
    if any(not "!" <= one <= "~" for one in text):
        return "holds a character that no key has"
    return "is too short to be a whole key" if 0 < len(text) < _SHORTEST_KEY else ""


# --- what is kept ---


def state(folder: Path, root: Path, instance: str, keys: Keys | None) -> Iterator[Check]:
    """What earlier runs of an instance left behind."""
    there = next(one for one in (folder, *folder.parents) if one.is_dir())
    if not os.access(there, os.W_OK | os.X_OK):
        yield problem(
            "state", f"{there} cannot be written; change its owner, or name another with --state-dir"
        )
    elif there != folder:
        yield fine("state", f"nothing is kept yet; the first run makes {folder}")
    if there != folder:
        return
    if folder.is_relative_to(root) and ignored(root, folder) is False:
        message = f"{folder.relative_to(root).as_posix()}/ is not ignored by git; add it to .gitignore"
        yield Check("state", Level.WARNING, *message.split("; "))
    path = folder / "receipts" / f"{instance}.json"
    if not instance or keys is None:
        return
    if not path.exists():
        yield fine("state", f"no receipts of {instance}: what cannot be read back is sent once")
        return
    try:
        yield from _ledger(Ledger.open(folder, instance, keys))
    except ReconcileError as error:
        yield problem("state", error)


def _ledger(ledger: Ledger) -> Iterator[Check]:
    fields = sum(map(len, ledger.receipts.values()))
    rewrites = sum(map(len, ledger.rewrites.values()))
    if not fields and not rewrites:
        yield fine("state", f"{ledger.path}: no receipts that were made with this key")
    else:
        kept = f"{_counted(fields, 'receipt')}, {_counted(rewrites, 'accepted rewrite')}"
        yield fine("state", f"{ledger.path}: {kept}")
    for name, gate in sorted(ledger.gated.items()):
        message = f"{name}: at {gate.at} the plan of the instance did not include {', '.join(gate.features) or 'it'}"
        yield Check(
            "kinds", Level.WARNING, message, "upgrade the plan, or write `on_gated: skip` to leave it out"
        )


# --- words ---


def _listed(findings: Sequence[Finding]) -> str:
    shown = [str(one) for one in findings[:_MOST_SHOWN]]
    more = len(findings) - len(shown)
    return "\n".join([*shown, *([f"and {more} more"] if more else [])])


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
