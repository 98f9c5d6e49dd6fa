"""What git knows of a project; nothing where there is no git."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.model import Source

if TYPE_CHECKING:
    from pathlib import Path

_COMMIT = "# branch.oid "
_REVISION = re.compile("[0-9a-f]{7,64}")
_PLAIN = ("--format=%h %s", "--no-color", "--no-show-signature")  # whatever the settings of the user are
WARY = ("-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false")
"""A folder of a project may look like a repository, with settings that name programs to run: it is none of ours."""


def source(root: Path) -> Source:
    """The commit that the project is at, as far as git knows."""
    status = _lines(_git(root, "--no-optional-locks", "status", "--porcelain=v2", "--branch", "--", "."))
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
    return _lines(_git(root, "log", *_PLAIN, f"{old}..{new}", "--", "."))


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


def _lines(text: str) -> list[str]:
    """The lines that git has ended itself: a subject may hold what other programs take for the end of one."""
    return text.split("\n")[:-1]


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
