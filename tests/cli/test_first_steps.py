from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click import Context

from reconcile import catalogue
from reconcile.bundle import bundle
from reconcile.cli.app import COMMANDS, app
from reconcile.cli.examples import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Shell


def test_a_new_project_plans_applies_and_is_then_in_sync(shell: Shell) -> None:
    assert shell("init").code == 0
    planned = shell("plan -e local")
    assert planned.code == 0
    assert "Plan: 4 to create, 0 to update, 0 to delete" in planned.out
    applied = shell("apply -e local --yes")
    assert applied.code == 0
    assert "Apply: 4 done." in applied.err
    again = shell("plan -e local --detailed-exitcode")
    assert again.code == 0
    assert "Nothing to do." in again.out
    assert again.out.count("\n") == 1


def test_init_overwrites_nothing(shell: Shell) -> None:
    shell.write("clerk/resources.yml", "redirect_urls: []\n")
    assert "kept clerk/resources.yml" in shell("init").err
    assert (shell.folder / "clerk/resources.yml").read_text() == "redirect_urls: []\n"
    again = shell("init")
    assert again.code == 64
    assert "nothing was written" in again.err


def test_init_makes_the_folder_that_it_is_told(shell: Shell) -> None:
    assert shell("init deep/inside").code == 0
    assert shell("validate -C deep/inside").out == "All files are valid.\n"


def test_the_files_that_init_writes_point_editors_at_the_schemas(shell: Shell) -> None:
    shell("init")
    for name in ("reconcile.yml", "clerk/resources.yml"):
        path = shell.folder / name
        line = path.read_text().split("\n")[0]
        assert line.startswith("# yaml-language-server: $schema=")
        schema = path.parent / line.partition("=")[2]
        assert json.loads(schema.read_text())["properties"]


def test_schema_prints_the_bundle_of_all_kinds(shell: Shell) -> None:
    known = catalogue.load()
    assert shell("schema").document == bundle(known.kinds, known.schemas)


def test_schema_writes_what_editors_need_into_a_folder(shell: Shell) -> None:
    assert shell("schema --out editor").code == 0
    assert sorted(path.name for path in (shell.folder / "editor").iterdir()) == [
        "overlays.json",
        "project.json",
        "resources.json",
    ]


@pytest.mark.parametrize("kind", ["bash", "zsh", "fish"])
def test_completion_names_our_command(shell: Shell, kind: str) -> None:
    assert "_RECONCILE_COMPLETE" in shell(f"completion {kind}").out


def test_help_lists_every_command_with_one_line(shell: Shell) -> None:
    said = shell("--help")
    assert said.code == 0
    for name, line in COMMANDS.items():
        assert f"  {name} " in said.out
        assert line in said.out


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_explains_itself_under_the_name_in_the_list(shell: Shell, name: str) -> None:
    said = shell(f"{name} --help")
    assert said.code == 0
    assert said.out.startswith(f"Usage: reconcile {name} ")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_ends_with_examples_that_the_command_understands(shell: Shell, name: str) -> None:
    help_ = shell(f"{name} --help").out
    command = app.get_command(Context(app), name)
    assert command is not None
    for line in EXAMPLES[name]:
        ours, called, *words = shlex.split(line.partition(" >")[0])
        assert (ours, called) == ("reconcile", name)
        command.make_context(name, words)
        assert f"\n    {line}\n" in help_
    assert max(map(len, help_.splitlines())) <= 80


def test_help_loads_none_of_the_heavy_libraries(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom reconcile.cli import run\nrun(['--help'])\n"
        "print([name for name in ('httpx', 'jsonschema', 'deepdiff', 'yaml', 'asyncio') if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert ran.stdout.rstrip().endswith("[]")


def test_the_version_is_that_of_the_distribution(shell: Shell) -> None:
    assert shell("--version").out.startswith("reconcile 0.")
