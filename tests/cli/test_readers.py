"""Who reads what a command prints: nobody, somebody who goes away, a file that takes nothing, a pager that shows colour."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import COMMAND

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

RESOURCES = "redirect_urls: ['myapp://one', 'myapp://two']\n"
UNWRITABLE = "1< /dev/null"  # a stdout that was opened for reading takes nothing, as one on a full disk


def redirected(to: str, line: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command by way of a shell that redirects what it prints."""
    script = ["sh", "-c", f'exec "$@" {to}', "sh", *COMMAND, *line.split()]
    return subprocess.run(script, capture_output=True, text=True, check=False, env={**os.environ, **more})


def to_nobody(line: str) -> subprocess.CompletedProcess[str]:
    """Run a command that writes into a pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        return subprocess.run(
            [*COMMAND, *line.split()], stdout=pipe, stderr=subprocess.PIPE, text=True, check=False
        )


def on_a_terminal(line: str, answer: str) -> tuple[int, str]:
    """Run a command on a terminal of its own, with an answer to its question; the exit code, and what was shown."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([*COMMAND, *line.split()], stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = ""
        while more := _read(ours):
            shown += more
            if shown.endswith("[y/N]: "):
                os.write(ours, f"{answer}\n".encode())
    os.close(ours)
    return process.returncode, shown


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 1 << 16).decode(errors="replace")
    except OSError:  # nobody holds the other end any more
        return ""


def done(shell: Shell) -> bool:
    return shell("plan -e local --detailed-exitcode").code == 0


@pytest.mark.parametrize(
    ("to", "told"), [(">&-", "Apply: 2 done."), ("2>&-", "2 to create"), (">&- 2>&-", "")]
)
def test_where_nobody_reads_a_command_ends_as_ever(shell: Shell, to: str, told: str) -> None:
    shell.project(RESOURCES)
    said = redirected(to, "apply -e local --yes")
    assert (said.returncode, told in said.stdout + said.stderr) == (0, True)
    assert "bug" not in said.stdout + said.stderr
    assert done(shell)


@pytest.mark.parametrize("form", ["json", "jsonl", "markdown"])
def test_an_apply_that_cannot_tell_what_it_did_has_still_done_it(shell: Shell, form: str) -> None:
    shell.project(RESOURCES)
    said = redirected(UNWRITABLE, f"apply -e local --yes --format {form} --report json=done.json")
    assert (said.returncode, "warning: not all" in said.stderr) == (0, True)
    assert "Bad file descriptor" in said.stderr
    assert (shell.folder / "done.json").exists()
    assert done(shell)


def test_a_plan_that_cannot_be_printed_says_where_and_nothing_is_done(shell: Shell) -> None:
    shell.project(RESOURCES)
    for line in ("plan -e local", "apply -e local --yes"):
        said = redirected(UNWRITABLE, line)
        assert (said.returncode, said.stderr) == (1, "error: stdout: Bad file descriptor\n")
    assert not done(shell)


def test_a_pull_that_cannot_tell_what_it_did_has_still_done_it(shell: Shell) -> None:
    shell.project("jwt_templates: {a: {lifetime: 60, claims: {}}}\n")
    shell("apply -e local --yes")
    state = shell.state()
    for row in state["objects"]["jwt_templates"].values():
        row["lifetime"] = 90
    shell.tamper(state)
    said = redirected(UNWRITABLE, "pull -e local")
    assert (said.returncode, "warning: not all" in said.stderr) == (0, True)
    assert "lifetime: 90" in (shell.folder / "clerk.yml").read_text("utf-8")


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_a_reader_who_has_read_enough_stops_no_apply(shell: Shell, form: str) -> None:
    shell.project(RESOURCES)
    assert to_nobody(f"apply -e local --yes --format {form}").returncode == 0
    assert done(shell)


def test_a_plan_of_which_only_the_beginning_is_read_is_saved_all_the_same(shell: Shell) -> None:
    shell.project(RESOURCES)
    assert to_nobody("plan -e local --out saved.plan --report html=plan.html").returncode == 1
    assert (shell.folder / "plan.html").exists()
    assert shell("apply saved.plan").code == 0


def test_colour_can_be_asked_for_where_no_terminal_is(shell: Shell) -> None:
    shell.project(RESOURCES)
    green = "\x1b[32m+\x1b[0m"
    assert green in redirected("", "plan -e local", FORCE_COLOR="1").stdout
    for more in ({}, {"FORCE_COLOR": "0"}, {"FORCE_COLOR": "1", "NO_COLOR": "1"}):
        assert "\x1b" not in redirected("", "plan -e local", **more).stdout
    assert "\x1b" not in redirected("", "plan -e local --no-color", FORCE_COLOR="1").stdout


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 130)])
def test_the_question_names_the_instance_that_is_meant(shell: Shell, answer: str, code: int) -> None:
    shell.project(RESOURCES)
    ended, shown = on_a_terminal("apply -e local", answer)
    assert ended == code
    assert re.search(r"Apply this to local, development instance ins_\w+\? \[y/N\]: ", shown)
    assert done(shell) is (answer == "y")
