"""The files of a project as they were at a revision, read from a checkout that is gone afterwards."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from reconcile.cli.git import WARY
from reconcile.cli.opening import checked, open_project, variables
from reconcile.errors import FilesError, UsageError
from reconcile.load.manifest import FILE_NAME
from reconcile.model import Base, Known, Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconcile.cli.groups import Opening
    from reconcile.cli.opening import World

_PATIENCE = 60.0  # seconds for one answer of git


def base_at(root: Path, asked: str, opening: Opening, world: World) -> Base:
    """What the files of a project wanted of an environment at a revision, as git knows it.

    Raises UsageError where there is no git, no such revision, or neither project nor environment at it, and FilesError
    where the files of then are wrong.
    """
    prefix = _asked(root, "rev-parse", "--show-prefix").rstrip("/")
    top = Path(_asked(root, "rev-parse", "--show-toplevel"))
    revision = _revision(top, asked)
    file = f"{prefix}/{FILE_NAME}".lstrip("/")
    if _git(top, "cat-file", "-e", f"{revision}:{file}").returncode:
        raise UsageError(
            f"--since {asked}: there is no {file} at {revision[:12]}; choose a revision that has the project"
        )
    with _checked_out(top, f"{revision}:{prefix}") as folder, _at(revision):
        project, catalogue = open_project(folder, world)
        name = opening.environment
        if name not in project.environments:
            raise UsageError(f"--since {asked}: {FILE_NAME} at {revision[:12]} has no environment {name}")
        env = project.environment(name)
        values = variables(env, opening.variables, world.environ)
        desired, _ = checked(project, catalogue, values, Secret, env)
    return Base(Known.REVISION, desired, revision=revision)


@contextmanager
def _at(revision: str) -> Iterator[None]:
    """Whatever is wrong with the files was wrong then."""
    try:
        yield
    except FilesError as error:
        found = [replace(one, message=f"{one.message} (at {revision[:12]})") for one in error.findings]
        raise FilesError(found) from error


def _revision(root: Path, asked: str) -> str:
    """The commit that somebody means."""
    ran = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{asked}^{{commit}}")
    if ran.returncode or not ran.stdout.strip():
        raise UsageError(
            f"--since {asked}: git knows no such commit; if this is a shallow clone, fetch more of it "
            "(git fetch --unshallow)"
        )
    return ran.stdout.strip()


@contextmanager
def _checked_out(top: Path, tree: str) -> Iterator[Path]:
    """All files of a tree in a folder of their own; neither the working tree nor the index is touched.

    Not `git archive`, which leaves out what is marked export-ignore.
    """
    with TemporaryDirectory(prefix="reconcile-since-") as made:
        folder = Path(made).resolve()
        files, index = folder / "files", {"GIT_INDEX_FILE": str(folder / "index")}
        files.mkdir()
        _asked(top, "read-tree", tree, extra=index)
        _asked(top, "checkout-index", "--all", "--quiet", f"--prefix={files}/", extra=index)
        yield files


def _asked(root: Path, *words: str, extra: Mapping[str, str] | None = None) -> str:
    """What git answers; raises UsageError with its own words where it refuses."""
    ran = _git(root, *words, extra=extra)
    if ran.returncode:
        said = next(iter(ran.stderr.strip().splitlines()), f"it ended with {ran.returncode}")
        raise UsageError(f"--since: git cannot be asked about {root}: {said}")
    return ran.stdout.strip("\r\n")


def _git(root: Path, *words: str, extra: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "LC_ALL": "C", **(extra or {})}
    try:
        return subprocess.run(
            ["git", *WARY, "-C", str(root), *words],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=_PATIENCE,
            env=environ,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UsageError(
            f"--since: git is needed for this, and cannot be run ({error}); install it"
        ) from error
