"""What git is asked about a project, and what a project can make git do: nothing."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from reconcile.cli.git import between, ignored, source
from reconcile.model import Source

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


def test_a_commit_is_one_line_whatever_its_subject_and_the_settings_of_the_user_are(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    for number, subject in enumerate(("one", "two \u2028 \x0c \x85 \x1b[31m", "three")):
        (tmp_path / "clerk.yml").write_text(f"{number}\n", encoding="utf-8")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-q", "-m", subject)
    for name, value in (("color.ui", "always"), ("log.showSignature", "true"), ("format.pretty", "fuller")):
        git(tmp_path, "config", name, value)
    asked = ["git", "-C", str(tmp_path), "rev-list", "HEAD"]
    new, _, old = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()

    commits = between(tmp_path, old, new)

    assert commits is not None
    assert [one.partition(" ")[2] for one in commits] == ["three", "two \u2028 \x0c \x85 \x1b[31m"]
    assert all(new.startswith(one.partition(" ")[0]) for one in commits[:1])


def test_where_there_is_no_git_nothing_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert source(tmp_path) == Source()
    assert between(tmp_path, "a" * 40, "b" * 40) is None
    assert ignored(tmp_path, tmp_path) is None


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
