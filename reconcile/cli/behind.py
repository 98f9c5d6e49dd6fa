"""How far one environment is behind another, by what was last applied to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.cli.git import between
from reconcile.errors import FilesError
from reconcile.model import Finding, Severity
from reconcile.state.applied import read_applied
from reconcile.state.kept import End
from reconcile.state.runs import kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconcile.cli.session import Session

_SHOWN = 10


def behind(a: Session, b: Session, instances: tuple[str, str]) -> Iterator[Finding]:
    """What to know of the commits that `a` has and `b` has not; nothing where both are at the same."""
    names = (a.environment.name, b.environment.name)
    old, new = _revision(b.state, instances[1]), _revision(a.state, instances[0])
    unknown = [name for name, revision in zip(names, (new, old), strict=True) if not revision]
    if unknown:
        yield _note(
            f"nobody can tell how far {names[1]} is behind {names[0]}: no commit is known that was applied to {' and '.join(unknown)}"
        )
        return
    commits = between(a.project.root, old, new) if old != new else []
    if commits is None:
        yield _note(
            f"nobody can tell how far {names[1]} is behind {names[0]}: git does not know {old[:12]} and {new[:12]} here"
        )
    elif commits:
        noun = "commit" if len(commits) == 1 else "commits"
        more = f"; and {len(commits) - _SHOWN} more" if len(commits) > _SHOWN else ""
        yield _note(
            f"{names[1]} is {len(commits)} {noun} behind {names[0]}: {'; '.join(commits[:_SHOWN])}{more}"
        )


def _note(message: str) -> Finding:
    return Finding(Severity.INFO, "behind", message)


def _revision(state: Path, instance: str) -> str:
    """The commit that was last applied to an instance, as far as this machine knows."""
    try:
        applied = read_applied(state, instance)
    except FilesError:
        applied = None
    if applied:
        return applied.revision
    runs = (run for run in kept(state) if run.instance == instance and run.end is End.COMPLETE)
    last = next(runs, None)
    return str(last.head.get("revision") or "") if last else ""
