from __future__ import annotations

import json
from importlib.util import find_spec
from typing import TYPE_CHECKING

import jsonschema
import pytest

from reconcile import catalogue
from reconcile.cli.reports import DOCUMENTS, published
from reconcile.render.markdown import marker

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

PEOPLE = """\
allowlist: {prune: true, identifiers: [ada@acme.example, "+15555550100"]}
instance: {support_email: help@acme.example}
"""
EMPTIED = "allowlist: {prune: true, identifiers: []}\n"


@pytest.fixture
def people(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.delenv("CI", raising=False)
    shell.project(PEOPLE)
    return shell


def text(shell: Shell, name: str) -> str:
    return (shell.folder / name).read_text(encoding="utf-8")


def test_a_plan_is_printed_as_a_comment_and_nothing_else(people: Shell) -> None:
    said = people("plan -e local --format markdown")
    assert said.code == 0
    assert said.out.splitlines()[0] == marker("plan", "local") == "<!-- reconcile:plan:local -->"
    assert "+ ada@acme.example" in said.out


def test_reports_are_written_beside_what_is_printed_for_their_owner_alone(people: Shell) -> None:
    said = people(
        "plan -e local --report markdown=out/plan.md --report json=out/plan.json --report markdown=b.md"
    )
    assert "Plan: 2 to create" in said.out
    assert (
        text(people, "out/plan.md") == text(people, "b.md") == people("plan -e local --format markdown").out
    )
    assert json.loads(text(people, "out/plan.json")) == people("plan -e local --format json").document
    assert (people.folder / "out/plan.md").stat().st_mode & 0o077 == 0


def test_a_saved_plan_is_shown_as_a_comment_with_the_digest_of_the_plan(people: Shell) -> None:
    people("plan -e local --out plan.json")
    said = people("show plan.json --format markdown --report json=again.json --report markdown=again.md")
    assert json.loads(text(people, "again.json")) == json.loads(text(people, "plan.json"))
    assert text(people, "again.md") == said.out
    assert json.loads(text(people, "plan.json"))["digest"] in said.out


@pytest.mark.parametrize(
    ("value", "public"),
    [
        (None, False),
        ("", False),
        ("false", False),
        ("0", False),
        ("true", True),
        ("1", True),
        ("woodpecker", True),
    ],
)
def test_who_sets_ci_writes_for_others(value: str | None, public: bool) -> None:  # noqa: FBT001 - a column
    assert published({} if value is None else {"CI": value}) is public


def test_in_ci_identifiers_are_masked_in_what_is_published_and_nowhere_else(
    people: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    masked = people("plan -e local --format markdown --out plan.json --report markdown=plan.md").out
    assert "+ a***@acme.example" in masked
    assert "ada@" not in masked + text(people, "plan.md")
    assert "help@" not in masked
    assert "identifiers shows them" in masked
    assert json.loads(text(people, "plan.json"))["digest"] in masked
    assert "ada@acme.example" in text(people, "plan.json")
    assert "ada@acme.example" in people("plan -e local").out
    assert "+ ada@acme.example" in people("plan -e local --format markdown --show-identifiers").out
    assert "ada@" not in people("show plan.json --format markdown").out
    assert "ada@" not in people("apply -e local --yes --format markdown").out


def test_how_an_apply_ended_is_a_comment_of_its_own(people: Shell) -> None:
    said = people("apply -e local --yes --format markdown --report json=ended.json -q")
    assert (said.code, said.out.splitlines()[0]) == (0, marker("apply", "local"))
    assert "### Apply to `local`: 3 done" in said.out
    assert "create allowlist/ada@acme.example" in said.out
    jsonschema.Draft202012Validator(catalogue.schema("outcomes")).validate(
        json.loads(text(people, "ended.json"))
    )


def test_a_refused_apply_is_a_comment_about_the_plan_and_why(people: Shell) -> None:
    people("apply -e local --yes -q")
    people.project(EMPTIED)
    said = people("apply -e local --yes --format markdown --report json=why.json")
    assert (said.code, said.out.splitlines()[0]) == (5, marker("plan", "local"))
    assert "cannot be applied as it is" in said.out
    assert "- ada@acme.example" in said.out
    jsonschema.Draft202012Validator(catalogue.schema("findings")).validate(
        json.loads(text(people, "why.json"))
    )


@pytest.mark.parametrize("report", ["markdown", "markdown=", "=a.md", "text=a", "jsonl=a"])
def test_a_report_has_a_format_and_a_file(people: Shell, report: str) -> None:
    assert people(f"plan -e local --report {report}").code == 64


def test_a_file_that_cannot_be_written_is_said_before_anything_is_sent(people: Shell) -> None:
    people.write("file", "")
    (people.folder / "folder").mkdir()
    for path in ("folder", "file/inside.md", "/proc/self/report.md", "long" * 100, "/dev/null"):
        said = people(f"apply -e local --yes --report markdown={path}")
        assert (said.code, "--report: " in said.err) == (64, True)
    assert not (people.folder / ".reconcile").exists()


def test_a_report_that_cannot_be_written_after_all_does_not_hide_how_the_apply_ended(people: Shell) -> None:
    name = "x" * 250  # a name that there may be, and no longer one beside it
    said = people(f"apply -e local --yes --report markdown={name}")
    assert (said.code, "File name too long: this report is missing" in said.err) == (0, True)


def test_every_document_is_made_by_a_function_that_is_there() -> None:
    here = {form: row.partition(":")[0] for form, row in DOCUMENTS.items()}
    assert {"markdown"} <= {form for form, module in here.items() if find_spec(module)}
