from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest

from reconcile import catalogue
from reconcile.render.markdown import LIMIT, weight
from reconcile.validate.explain import problems
from tests.golden import __main__ as command
from tests.golden.comparisons import COMPARISONS
from tests.golden.drifts import DRIFTS
from tests.golden.plans import PLANS
from tests.golden.renderers import (
    COMPARERS,
    DRIFT_RENDERERS,
    KEPT,
    RENDERERS,
    drift,
    kept,
    pairs,
    path,
    plan,
    rendered,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

AGAIN = "they are shown otherwise; if that is meant, run `python -m tests.golden --write` and look at the difference"


def changed(shown: Mapping[Path, str]) -> list[str]:
    """Files that are not kept as they are shown now."""
    return [
        file.name
        for file, text in shown.items()
        if not file.exists() or kept(text) != file.read_bytes().decode()
    ]


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_is_shown_as_it_was_json_is_complete_and_a_comment_never_too_long(name: str) -> None:
    shown = {path(name, one): renderer.show(plan(name)) for one, renderer in RENDERERS.items()}

    assert changed(shown) == [], AGAIN
    document = json.loads(shown[path(name, "json")])
    assert [one["address"] for one in document["changes"]] == [one.address for one in plan(name).changes]
    assert all(weight(text) < LIMIT for file, text in shown.items() if file.suffix == ".md")


@pytest.mark.parametrize("name", DRIFTS)
def test_drift_is_shown_as_it_was_json_is_as_described_and_an_issue_never_too_long(name: str) -> None:
    shown = {path(name, one): renderer.show(drift(name)) for one, renderer in DRIFT_RENDERERS.items()}

    assert changed(shown) == [], AGAIN
    document = json.loads(shown[path(name, "json")])
    assert list(problems(catalogue.schema("drift"), document)) == []
    assert [one["address"] for one in document["objects"]] == [one.address for one in drift(name).objects]
    assert all(weight(text) < LIMIT for file, text in shown.items() if file.suffix == ".md")


@pytest.mark.parametrize("name", COMPARISONS)
def test_a_comparison_is_shown_as_it_was_and_as_its_schema_says(name: str) -> None:
    shown = {path(name, one): rendered(name, one) for one in COMPARERS}

    assert changed(shown) == [], AGAIN
    jsonschema.validate(json.loads(shown[path(name, "json")]), catalogue.schema("compare"))
    assert all(weight(text) < LIMIT for file, text in shown.items() if file.suffix == ".md")


def test_every_kept_file_is_made_by_somebody() -> None:
    assert {one for one in KEPT.iterdir() if one.is_file()} == {path(*pair) for pair in pairs()}


def test_of_twenty_thousand_entries_a_comment_shows_what_it_may_have_and_says_what_it_does_not() -> None:
    comment = path("lists_of_20000", "markdown").read_text(encoding="utf-8")

    shown = comment.count("\n+ user") + comment.count("\n- old")
    assert shown > 1_000
    assert f"{20_000 - shown:,} changes or entries had no room" in comment
    assert weight(comment) > LIMIT - 5_000


def test_writing_replaces_what_changed_adds_what_is_new_and_removes_what_is_left_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "old.md").write_text("left over", encoding="utf-8")
    (folder / "changed.md").write_text("before", encoding="utf-8")
    monkeypatch.setattr(command, "KEPT", folder)
    monkeypatch.setattr(command, "pairs", lambda: [("changed", "markdown"), ("new", "markdown")])
    monkeypatch.setattr(command, "path", lambda name, _: folder / f"{name}.md")
    monkeypatch.setattr(command, "rendered", lambda name, _: f"after {name}")

    assert command.main([]) == 1
    assert (folder / "changed.md").read_text(encoding="utf-8") == "before"
    assert command.main(["--write"]) == 0
    assert {one.name: one.read_text(encoding="utf-8") for one in folder.iterdir()} == {
        "changed.md": "after changed",
        "new.md": "after new",
    }
    assert command.main([]) == 0
    assert capsys.readouterr().out.splitlines() == ["kept/changed.md", "kept/new.md", "kept/old.md"] * 2
