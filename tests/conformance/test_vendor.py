from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conformance.small import OPERATION, PATH, described
from tests.conformance.vendor import Vendor, load

if TYPE_CHECKING:
    from pathlib import Path


def test_an_operation_has_the_parameters_of_its_path_among_its_own() -> None:
    item = {"parameters": [{"name": "a"}], "get": {"parameters": [{"name": "b"}], "responses": {}}}
    spec = Vendor("v", {"paths": {"/x": item}})

    found = spec.operation("GET", "/x")

    assert found is not None
    assert found["parameters"] == [{"name": "a"}, {"name": "b"}]


def test_what_is_not_described_is_no_operation() -> None:
    assert described().operation("GET", PATH) is None
    assert described().operation("PATCH", "/others") is None


def test_references_are_followed_to_the_end() -> None:
    schemas = {"A": {"$ref": "#/components/schemas/B~1C"}, "B/C": {"type": "string"}}
    spec = Vendor("v", {"paths": {}, "components": {"schemas": schemas}})

    assert spec.resolve({"$ref": "#/components/schemas/A"}) == {"type": "string"}


def test_a_slice_keeps_the_components_that_its_paths_lead_to() -> None:
    found = described().slice([PATH, "/not/there"], prefix="/v1")

    assert list(found["paths"]) == [f"/v1{PATH}"]
    assert list(found["components"]["schemas"]) == ["Thing"]
    assert list(found["components"]["parameters"]) == ["Id"]


def test_operations_are_named_by_verb_and_path() -> None:
    assert [" ".join(one) for one in described().operations()] == [OPERATION]


def test_a_folder_gives_its_versions_with_the_oldest_first(tmp_path: Path) -> None:
    for name in ("2026-05-12", "2021-02-05", "platform-beta"):
        (tmp_path / f"{name}.yml").write_text("paths: {}", "utf-8")

    assert list(load(tmp_path)) == ["2021-02-05", "2026-05-12"]


def test_a_folder_without_descriptions_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"such as 2026-05-12\.yml"):
        load(tmp_path)
