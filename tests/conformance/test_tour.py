from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconcile.simulator.door import VERSIONS
from tests.conformance.tour import answers, command, edit, walk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab import Lab


@pytest.mark.parametrize("version", VERSIONS)
def test_the_simulator_answers_every_step_as_the_tour_expects_under_each_version(version: str) -> None:
    assert list(answers(version)) == []


def test_a_step_that_is_answered_otherwise_is_told_and_the_walk_goes_on(lab: Lab) -> None:
    steps = ((204, "GET", "/instance?paginated=true", None), (200, "GET", "/nowhere", None))
    first, second = walk(lab.api, steps)
    assert first.startswith("2026-05-12: GET /instance?paginated=true: answered 200, not 204: ")
    assert second.startswith("2026-05-12: GET /nowhere: answered 404, not 200: ")


def test_the_id_of_what_was_made_last_stands_in_for_its_place(lab: Lab) -> None:
    url = {"url": "https://a.example"}
    steps = ((200, "POST", "/redirect_urls", url), (200, "DELETE", "/redirect_urls/{id}", None))
    assert list(walk(lab.api, steps)) == []
    assert lab.api.get("/redirect_urls").json == []


def test_a_command_that_ends_otherwise_is_told_with_what_it_said(tmp_path: Path) -> None:
    (trouble,) = command("2026-05-12", 0, "validate", "-C", tmp_path)
    assert trouble.startswith("2026-05-12: reconcile validate: ended with ")
    assert "reconcile.yml" in trouble


def test_an_edit_that_finds_nothing_to_replace_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("one: 1\none: 1\n", encoding="utf-8")
    edit(tmp_path, "a.yml", "one: 1", "two: 2")
    assert (tmp_path / "a.yml").read_text(encoding="utf-8") == "two: 2\none: 1\n"
    with pytest.raises(ValueError, match="no longer holds 'three'"):
        edit(tmp_path, "a.yml", "three", "four")
