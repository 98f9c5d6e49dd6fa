from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from reconcile import catalogue
from reconcile.load import load_project
from reconcile.model import Declared, Desired, Kind, Origin, Section, Value
from reconcile.model.versions import NEWEST, VERSIONS
from reconcile.validate.version import lacking
from tests.lab import ROOT, known

if TYPE_CHECKING:
    from pathlib import Path

HERE = Origin("clerk.yml", 3)
LATE = Kind(name="greeting", section="greetings", path="/greetings", key="name", since="2025-11-10")


def test_a_kind_that_a_version_does_not_have_is_refused_with_the_one_that_has_it() -> None:
    wanted = Desired({"greeting": Section(HERE, {"a": Declared("a", HERE)})})
    (found,) = lacking({"greeting": LATE}, wanted, "2025-04-10")
    assert "2025-04-10 of the API does not have" in found.message
    assert "`api_version: 2025-11-10` or a later one" in found.message
    assert not list(lacking({"greeting": LATE}, wanted, "2025-11-10"))


@pytest.mark.parametrize("version", VERSIONS)
def test_roles_came_with_the_second_version(version: str) -> None:
    fields = {"creator_role": Value("org:admin"), "enabled": Value(value=True)}
    declared = Declared("", HERE, fields, {("creator_role",): Origin("clerk.yml", 5)})
    wanted = Desired({"organization_settings": Section(HERE, {"": declared})})
    found = [str(finding) for finding in lacking(known().kinds, wanted, version)]
    assert bool(found) == (version == "2021-02-05")
    assert all(text.startswith("clerk.yml:5: organization_settings: creator_role: ") for text in found)


def test_versions_are_the_same_in_the_contract_the_schema_and_the_code() -> None:
    contract = yaml.safe_load((ROOT / "openapi.yml").read_text("utf-8"))
    text = json.dumps(catalogue.schema("project"))
    (parameter,) = (
        one for one in contract["components"]["parameters"].values() if one["name"] == "Clerk-API-Version"
    )
    assert parameter["schema"]["enum"] == list(VERSIONS)
    assert json.dumps(list(VERSIONS)) in text
    assert max(VERSIONS) == NEWEST


def test_an_environment_says_which_version_it_speaks_and_the_newest_is_the_default(tmp_path: Path) -> None:
    (tmp_path / "clerk.yml").touch()
    (tmp_path / "reconcile.yml").write_text(
        "version: 1\nresources: [clerk.yml]\nenvironments:\n"
        "  old: {api_url: embedded, api_version: 2024-10-01}\n  new: {api_url: embedded}\n",
        "utf-8",
    )
    project = load_project(tmp_path, catalogue.schema("project"))
    assert project.environment("old").api_version == "2024-10-01"
    assert project.environment("new").api_version == NEWEST
