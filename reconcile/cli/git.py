"""What git knows of a project; nothing where there is no git."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.model import Source

if TYPE_CHECKING:
    from pathlib import Path

_COMMIT = "# branch.oid "
_REVISION = re.compile("[0-9a-f]{7,64}")
WARY = ("-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false")
"""A folder of a project may look like a repository, with settings that name programs to run: it is none of ours."""


def source(root: Path) -> Source:
    """The commit that the project is at, as far as git knows."""
    status = _git(root, "--no-optional-locks", "status", "--porcelain=v2", "--branch", "--", ".").splitlines()
    revision = next((line.removeprefix(_COMMIT) for line in status if line.startswith(_COMMIT)), "")
    if revision in {"", "(initial)"}:
        return Source()
    return Source(revision, any(not line.startswith("#") for line in status))


def between(root: Path, old: str, new: str) -> list[str] | None:
    """The commits that lead from one to another and touch the project, newest first; None where git cannot tell."""
    if not all(
        _REVISION.fullmatch(one) and _git(root, "cat-file", "-t", one) == "commit\n" for one in (old, new)
    ):
        return None
    return _git(root, "log", "--oneline", "--no-decorate", f"{old}..{new}", "--", ".").splitlines()


def ignored(root: Path, folder: Path) -> bool | None:
    """Whether git leaves a folder out; None where there is no git, or no repository."""
    import subprocess

    try:
        asked = ["check-ignore", "--quiet", f"{folder}/x"]
        code = subprocess.run(
            ["git", *WARY, "-C", str(root), *asked], capture_output=True, check=False, timeout=10
        ).returncode
    except (OSError, subprocess.SubprocessError):
        return None
    return {0: True, 1: False}.get(code)


def _git(root: Path, *args: str) -> str:
    import subprocess

    try:
        ran = subprocess.run(
            ["git", *WARY, "-C", str(root), *args],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return ran.stdout if ran.returncode == 0 else ""
