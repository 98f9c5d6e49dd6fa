from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml

from reconcile import catalogue, errors
from reconcile.cli.app import COMMANDS, app
from reconcile.guard import GUARD_RULES
from reconcile.kinds import discover
from reconcile.simulator.contract import _parse
from tests.lab import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.lab import Lab

RECONCILE = (sys.executable, "-c", "from reconcile.cli import main; main()")
README = ROOT / "README.md"
DOCS = ROOT / "docs"
GUIDE = DOCS / "adding-a-kind.md"
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(page for name in ("docs", "examples", "benchmarks") for page in ROOT.glob(f"{name}/**/*.md")),
    ]
)
EXAMPLE_PAGES = sorted((DOCS / "kinds").glob("*.md"))

_FENCE = re.compile(
    r"^(?P<ticks>`{3,})(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=ticks)$\n?", re.MULTILINE | re.DOTALL
)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_OPTION = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")
_TITLE = re.compile(r'title="([^"]+)"')
_ROW = re.compile(r"^\| (.+?) \|", re.MULTILINE)


def blocks(text: str, language: str) -> list[str]:
    """The text of every fenced block in this language."""
    return [found["text"] for found in _FENCE.finditer(text) if found["info"].split(" ")[0] == language]


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", page.read_text("utf-8"))


def typed(text: str) -> list[str]:
    """What is typed at a prompt, in order."""
    return [
        line[2:] for block in blocks(text, "console") for line in block.splitlines() if line.startswith("$ ")
    ]


def run(
    folder: Path, *words: str, variables: Mapping[str, str] | None = None, source: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """One of our commands in a folder, from this tree or another, in an environment without keys."""
    environ = {**surroundings(source), **(variables or {})}
    return subprocess.run(
        [*RECONCILE, *words], cwd=folder, env=environ, capture_output=True, encoding="utf-8", check=False
    )


def surroundings(source: Path) -> dict[str, str]:
    """The environment in which `reconcile` comes from a tree; a copy of ours is not measured."""
    left_out = ("CLERK", "RECONCILE", *(() if source == ROOT else ("COVERAGE", "PYTEST")))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {**kept, "PYTHONPATH": str(source)}


def section(text: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section {heading!r}"
    return found[1]


def first_column(text: str, title: str) -> list[str]:
    """The first column of the table with this title over it."""
    table = next(part for part in text.split("\n\n") if part.startswith(f"| {title} |"))
    return [cell for cell in _ROW.findall(table)[1:] if set(cell) != set("-")]


# --- the README ---


def run_all(folder: Path, commands: list[str]) -> None:
    for command in commands:
        ran = run(folder, *shlex.split(command)[1:])
        assert ran.returncode == 0, f"$ {command}\n{ran.stdout}{ran.stderr}"


def test_the_commands_of_the_readme_work_in_an_empty_folder(tmp_path: Path) -> None:
    commands = [line for line in typed(README.read_text("utf-8")) if line.startswith("reconcile ")]
    assert len(commands) >= 4
    run_all(tmp_path, commands)


def test_the_make_targets_of_the_readme_and_of_contributing_exist() -> None:
    text = README.read_text("utf-8") + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = {word for line in typed(text) if line.startswith("make ") for word in line.split()[1:]}
    named |= set(re.findall(r"`make ([a-z]+)`", text))
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= named <= targets


def test_the_plan_in_the_readme_is_what_the_example_prints(tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "examples" / "acme", tmp_path / "acme", ignore=shutil.ignore_patterns(".reconcile")
    )
    ran = run(tmp_path / "acme", "plan", "-e", "local", variables={"SUPABASE_JWT_SECRET": "made up"})
    printed = iter(re.sub(r"\bins_\w+", "ins_…", ran.stdout).splitlines())
    (shown,) = blocks(README.read_text("utf-8"), "text")
    missing = [line for line in shown.splitlines() if line != "…" and line not in printed]
    assert missing == []


def test_every_kind_that_the_readme_lists_exists() -> None:
    listed = re.findall(
        r"^\| \[`(\w+)`\]\(docs/kinds/\1\.md\) \| `(\w+)` \|", README.read_text("utf-8"), re.MULTILINE
    )
    assert len(listed) > 10
    assert set(listed) <= {(kind.name, kind.section) for kind in discover().values()}


def test_every_key_of_the_project_file_is_explained() -> None:
    schema = catalogue.schema("project")
    _, *sections = (DOCS / "configuration.md").read_text("utf-8").split("\n## ")
    tables = {part.splitlines()[0]: set(_ROW.findall(part)) - {"Key", "---"} for part in sections}
    environment = schema["properties"]["environments"]["additionalProperties"]["properties"]
    assert tables["At the top"] == {f"`{name}`" for name in schema["properties"]}
    assert tables["In an environment"] == {f"`{name}`" for name in environment}


def test_every_rule_and_every_word_of_the_policy_is_explained() -> None:
    text = (DOCS / "guards.md").read_text("utf-8")
    words = catalogue.schema("project")["properties"]["policy"]["properties"]
    assert first_column(text, "Key") == [f"`{name}`" for name in words]
    assert set(first_column(text, "Rule")) == {f"`{name}`" for name in GUARD_RULES}
    assert all(f"  {name}: " in blocks(text, "yaml")[0] for name in words)


def test_the_readme_lists_every_command() -> None:
    listed = re.findall(
        r"^\| \[`(\w+)`\]\(docs/commands\.md#\1\) \|", README.read_text("utf-8"), re.MULTILINE
    )
    assert listed == list(COMMANDS)


def exit_codes(error: type[errors.ReconcileError]) -> Iterator[int]:
    yield error.exit_code
    for below in error.__subclasses__():
        yield from exit_codes(below)


@pytest.mark.parametrize(
    "page", [README, DOCS / "commands.md", DOCS / "architecture.md"], ids=lambda page: page.stem
)
def test_every_exit_code_is_explained(page: Path) -> None:
    listed = first_column(page.read_text("utf-8"), "Exit code")
    assert listed == [str(code) for code in sorted({0, *exit_codes(errors.ReconcileError)})]


# --- the commands ---


def test_every_command_has_its_section() -> None:
    sections = re.findall(r"^## (.+)$", (DOCS / "commands.md").read_text("utf-8"), re.MULTILINE)
    assert sections == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_names_exactly_the_options_that_help_shows(name: str) -> None:
    command = app.get_command(click.Context(app), name)
    assert command is not None
    options = [option for option in command.params if isinstance(option, click.Option)]
    known = {spelling for option in options for spelling in option.opts}
    documented = section((DOCS / "commands.md").read_text("utf-8"), name)
    table = documented.partition("| Option |")[2].partition("\n\n")[0]
    described = {word for cell in _ROW.findall(table) for word in _OPTION.findall(cell)}
    assert described == known
    assert set(_OPTION.findall(_FENCE.sub("", documented))) <= known | {"-h", "--help"}


def test_the_examples_of_the_commands_work_one_after_the_other(tmp_path: Path) -> None:
    run_all(tmp_path, typed((DOCS / "commands.md").read_text("utf-8")))


# --- links, architecture, decisions ---


def anchor(heading: str) -> str:
    """The name that a heading has in links."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@cache
def anchors(page: Path) -> frozenset[str]:
    return frozenset(anchor(heading) for heading in _HEADING.findall(prose(page)))


def leads_nowhere(page: Path, link: str) -> bool:
    path, _, fragment = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return not target.exists() or (
        target.suffix == ".md" and bool(fragment) and fragment not in anchors(target)
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = [link for link in _LINK.findall(prose(page)) if not re.match(r"[a-z]+:", link)]
    assert [link for link in links if leads_nowhere(page, link)] == []


def test_the_house_in_the_architecture_is_the_one_that_stands() -> None:
    house = section((DOCS / "architecture.md").read_text("utf-8"), "The house")
    drawn = re.findall(r"^ {6}([\w.]+/?)  ", house, re.MULTILINE)
    here = (ROOT / "reconcile").iterdir()
    standing = [f"{one.name}/" if one.is_dir() else one.name for one in here if not one.name.startswith("_")]
    assert sorted(drawn) == sorted(standing)


def test_decisions_are_numbered_and_say_why() -> None:
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [page.name[:5] for page in pages] == [f"{number:04}-" for number in range(1, len(pages) + 1)]
    for page in pages:
        headings = _HEADING.findall(page.read_text("utf-8"))
        assert headings[0].startswith(f"{int(page.name[:4])}. ")
        assert headings[1:] == ["Context", "Decision", "Consequences"]


# --- the pages of the kinds ---


@pytest.mark.parametrize("page", EXAMPLE_PAGES, ids=lambda page: page.stem)
def test_the_examples_on_the_page_of_a_kind_have_no_finding(page: Path, lab: Lab) -> None:
    examples = blocks(page.read_text("utf-8"), "yaml")
    assert examples
    assert list(chain.from_iterable(map(lab.problems, examples))) == []


# --- the worked example ---


def merged(one: Any, other: Any) -> Any:
    """Two documents as one; where both have maps, what is in either."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return other
    return {**one, **{name: merged(one.get(name), value) for name, value in other.items()}}


def worked_example() -> dict[str, str]:
    """The files that the guide shows, by path."""
    found = (
        (_TITLE.search(block["info"]), block["text"]) for block in _FENCE.finditer(GUIDE.read_text("utf-8"))
    )
    return {title[1]: text for title, text in found if title}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of this tree to which the worked example was added."""
    copy = tmp_path / "tree"
    for name in ("reconcile", "schemas", "tests", "docs", "examples"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".reconcile"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    contract = _parse(ROOT / "openapi.yml")
    for path, text in worked_example().items():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(text, "utf-8")
    slice_of_it = yaml.safe_load((copy / "openapi.yml").read_text("utf-8"))
    (copy / "openapi.yml").write_text(json.dumps(merged(contract, slice_of_it)), "utf-8")
    return copy


def test_a_kind_takes_one_file_of_each_sort_and_no_other() -> None:
    assert sorted(worked_example()) == [
        "docs/kinds/greeting.md",
        "openapi.yml",
        "reconcile/kinds/greeting.py",
        "schemas/greeting.json",
        "tests/kinds/test_greeting.py",
    ]


def test_the_worked_example_passes_its_own_test_and_the_laws(tree: Path) -> None:
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-k",
            "greeting",
            "tests/kinds",
            "tests/laws",
        ],
        cwd=tree,
        env=surroundings(tree),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "skipped" not in ran.stdout


def test_the_worked_example_is_planned_as_the_guide_shows(tree: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    environments = "environments: {local: {api_url: embedded}}"
    (project / "reconcile.yml").write_text(
        f"version: 1\nresources: [resources.yml]\n{environments}\n", "utf-8"
    )
    (example,) = blocks(worked_example()["docs/kinds/greeting.md"], "yaml")
    (project / "resources.yml").write_text(example, "utf-8")
    ran = run(project, "plan", "-e", "local", source=tree)
    assert ran.returncode == 0, ran.stderr
    (shown,) = blocks(GUIDE.read_text("utf-8"), "text")
    assert shown in ran.stdout
