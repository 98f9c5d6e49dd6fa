"""`reconcile runs` in every format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from reconcile import catalogue

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

RESOURCES = "allowlist: {identifiers: [ada@acme.example]}\nredirect_urls: [old://x]\n"


@pytest.fixture
def ran(shell: Shell) -> Shell:
    """A project with one run behind it."""
    shell.project(RESOURCES)
    assert shell("apply -e local --yes").code == 0
    return shell


def name(shell: Shell) -> str:
    found: str = shell("runs --format json").document["runs"][0]["run"]
    return found


def test_json_follows_its_schema(ran: Shell) -> None:
    validator = Draft202012Validator(catalogue.schema("runs"))

    validator.validate(ran("runs --format json").document)
    validator.validate(ran(f"runs {name(ran)} --format json").document)
    ran.write("nowhere/x", "")
    empty = ran("runs --format json --state-dir nowhere").document
    validator.validate(empty)
    assert empty["runs"] == []
    assert not validator.is_valid({**empty, "runs": [{}]})


def test_jsonl_is_a_run_a_line_and_with_its_name_its_journal(ran: Shell) -> None:
    (row,) = map(json.loads, ran("runs --format jsonl").out.splitlines())
    journal = [json.loads(line)["line"] for line in ran(f"runs {row['run']} --format jsonl").out.splitlines()]

    assert (row["command"], row["outcomes"]) == ("apply", {"done": 2})
    assert (journal[0], journal[-1]) == ("run", "end")
    assert journal.count("call") == journal.count("answer") == journal.count("outcome") == 2


@pytest.mark.parametrize(
    ("form", "start"), [("markdown", "<!-- reconcile:runs:"), ("html", "<!doctype html>")]
)
def test_documents_name_runs_and_changes_and_mask_identifiers_where_ci_is_set(
    ran: Shell, monkeypatch: pytest.MonkeyPatch, form: str, start: str
) -> None:
    run = name(ran)
    monkeypatch.delenv("CI", raising=False)
    assert run in ran(f"runs --format {form}").out
    assert "allowlist/ada@acme.example" in ran(f"runs {run} --format {form}").out

    monkeypatch.setenv("CI", "true")
    masked = ran(f"runs {run} --format {form}").out
    shown = ran(f"runs {run} --format {form} --show-identifiers").out

    assert masked.startswith(start)
    assert "ada@acme.example" not in masked
    assert "allowlist/a***@acme.example" in masked
    assert "allowlist/ada@acme.example" in shown
