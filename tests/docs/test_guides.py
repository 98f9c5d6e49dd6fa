"""What the guides show is what happens, and the commands in them exist."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import click
import pytest
import yaml

from reconcile.cli.app import app
from tests.docs.test_docs_agree import _FENCE, _TITLE, DOCS, blocks, run
from tests.lab import ROOT

if TYPE_CHECKING:
    from pathlib import Path

GUIDES = [
    DOCS / f"{name}.md"
    for name in ("overlays", "promote", "secrets", "ci", "drift", "editors", "github-actions")
]
_COMMAND = re.compile(r"\breconcile ([a-z]+)((?: [^\n`|#]*)?)")


def titled(page: Path) -> dict[str, str]:
    """The blocks that have a title, by title."""
    found = (
        (_TITLE.search(block["info"]), block["text"]) for block in _FENCE.finditer(page.read_text("utf-8"))
    )
    return {title[1]: text for title, text in found if title}


def commands(page: Path) -> list[list[str]]:
    """Every command of ours in the blocks of a page, word by word."""
    text = "\n".join(block["text"] for block in _FENCE.finditer(page.read_text("utf-8")))
    return [shlex.split(f"{name} {rest}") for name, rest in _COMMAND.findall(text)]


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_every_command_of_a_guide_is_one_that_we_have(page: Path) -> None:
    found = commands(page)
    assert found
    for name, *words in found:
        command = app.get_command(click.Context(app), name)
        assert command is not None, name
        command.make_context(name, words)


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_every_piece_of_yaml_in_a_guide_can_be_read(page: Path) -> None:
    for text in blocks(page.read_text("utf-8"), "yaml"):
        assert list(yaml.parse(text))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project that the guide to overlays shows."""
    for name, text in titled(DOCS / "overlays.md").items():
        if name.endswith(".yml"):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize("environment", ["production", "development"])
def test_the_overlays_of_the_guide_come_to_what_it_shows(project: Path, environment: str) -> None:
    ran = run(project, "config", "-e", environment)

    assert ran.stdout == titled(DOCS / "overlays.md")[environment]


def test_the_lock_of_the_guide_refuses_as_it_shows(project: Path) -> None:
    with (project / "environments" / "production.yml").open("a", encoding="utf-8") as file:
        file.write("restrictions:\n  block_disposable_email_domains: false\n")

    ran = run(project, "validate", "-e", "production")

    assert titled(DOCS / "overlays.md")["locked"] in ran.stderr


def test_the_preview_of_the_guide_needs_its_variable(project: Path) -> None:
    (project / "preview.yml").replace(project / "reconcile.yml")

    assert "variable app has no value" in run(project, "config", "-e", "preview").stderr
    ran = run(project, "config", "-e", "preview", "--var", "app=https://pr-12.preview.acme.example")
    assert "redirect_url/https://pr-12.preview.acme.example/callback" in ran.stdout


def test_the_guides_init_and_the_examples_make_the_same_tags_known(tmp_path: Path) -> None:
    (shown,) = blocks((DOCS / "overlays.md").read_text("utf-8"), "json")
    *_, tags = blocks((DOCS / "editors.md").read_text("utf-8"), "json")

    assert run(tmp_path, "init").returncode == 0
    made = [
        path / ".vscode" / "settings.json"
        for path in (tmp_path, *(path.parent for path in (ROOT / "examples").glob("*/reconcile.yml")))
    ]
    assert len(made) > 2
    assert {shown, tags, *(path.read_text("utf-8") for path in made)} == {shown}


def test_the_table_of_secrets_has_every_shape() -> None:
    from reconcile.validate.leaks import SHAPES  # noqa: PLC0415 - this page alone is about them

    text = (DOCS / "secrets.md").read_text("utf-8")
    rows = [
        (row[2], row[3])
        for line in text.splitlines()
        if len(row := [cell.strip() for cell in line.split("|")]) == 5
    ]
    assert [(shape.name, shape.severity.value) for shape in SHAPES] == [
        row for row in rows if row[1] in {"error", "warning"}
    ]


def test_the_hook_for_pre_commit_is_a_command_that_passes_and_fails(tmp_path: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    name, *words = shlex.split(hook["entry"])
    assert (name, hook["pass_filenames"]) == ("reconcile", False)
    assert f"id: {hook['id']}" in titled(DOCS / "github-actions.md")[".pre-commit-config.yaml"]
    assert run(tmp_path, "init").returncode == 0
    assert run(tmp_path, *words).returncode == 0
    (tmp_path / "clerk" / "more.yml").write_text("redirect_url: []\n", "utf-8")
    assert run(tmp_path, *words).returncode == 65
