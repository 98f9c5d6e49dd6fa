"""What git is asked about a project, and what a project can make git do: nothing."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Shell

WORDS = ("commit", "-q", "-m", "one")
AUTHOR = ("-c", "user.name=Ada", "-c", "user.email=ada@acme.example")


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *AUTHOR, "-C", str(folder), *words], check=True)  # noqa: S607 - the git of this machine


def disguise(folder: Path, program: str) -> None:
    """Files that make git take a folder for a repository, with settings that run a program: all can be committed."""
    for name, text in {
        "HEAD": "ref: refs/heads/main\n",
        "objects/keep": "",
        "refs/keep": "",
        "config": f'[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = "{program}; false"\n',
    }.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_a_plan_names_the_commit_and_whether_files_differ_from_it(shell: Shell) -> None:
    shell.project("redirect_urls: [myapp://b]\n")
    shell.write(".gitignore", ".reconcile/\n")
    git(shell.folder, "init", "-q")
    git(shell.folder, "add", ".")
    git(shell.folder, *WORDS)
    source = shell("plan -e local --format json").document["source"]
    assert (len(source["revision"]), source["dirty"]) == (40, False)
    shell.write("clerk.yml", "redirect_urls: [myapp://c]\n")
    assert shell("plan -e local --format json").document["source"]["dirty"]


@pytest.mark.parametrize("line", ["validate", "plan -e local", "doctor -e local", "apply -e local --yes"])
def test_a_project_that_poses_as_a_repository_runs_nothing(shell: Shell, line: str) -> None:
    shell.project("redirect_urls: [myapp://b]\n")
    ran = shell.folder / "ran"
    disguise(shell.folder, f"touch {ran}")
    subprocess.run(["git", "status"], cwd=shell.folder, capture_output=True, check=False)  # noqa: S607 - likewise
    assert ran.exists(), "this git would not have run it anyway"
    ran.unlink()
    assert shell(line).code == 0
    assert not ran.exists()


def test_neither_does_one_that_is_asked_what_was_changed_since(shell: Shell) -> None:
    shell.project("redirect_urls: [myapp://b]\n")
    ran = shell.folder / "ran"
    disguise(shell.folder, f"touch {ran}")
    (shell.folder / "config").write_text(
        f'[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n[filter "x"]\n\tsmudge = touch {ran}\n',
        encoding="utf-8",
    )
    shell.write(".gitattributes", "*.yml filter=x\n")
    for words in (("add", "reconcile.yml", "clerk.yml", ".gitattributes"), WORDS):
        git(shell.folder, "-c", "filter.x.smudge=cat", *words)
    git(shell.folder, "checkout-index", "--all", f"--prefix={shell.folder}/elsewhere/")
    assert ran.exists(), "this git would not have run it anyway"
    ran.unlink()
    said = shell("drift -e local --since HEAD")
    assert (said.code, ran.exists()) == (64, False), said.err
