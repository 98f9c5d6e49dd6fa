"""The schema of overlays takes what overlays may say, and still refuses what they may not."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconcile.bundle import bundle, overlay_bundle
from tests.lab import ROOT, known


@cache
def validator() -> Draft202012Validator:
    schema = overlay_bundle(known().kinds, known().schemas)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"redirect_urls": ["a://b"]},
        {"redirect_urls": {"prune": None, "urls": ["a://b", {"url": "a://b", "only": ["production"]}]}},
        {"redirect_urls": None, "jwt_templates": "", "instance": None},
        {"jwt_templates": {".prune": None, "a": None, "b": {"lifetime": "", "claims": {"x": None}}}},
        {"jwt_templates": {"a": {"lifetime": 60, "except": ["production"]}}},
        {"instance": {"allowed_origins": None, "hibp": True, "only": ["production"]}},
        {"email_templates": {"invitation": {"state": "default"}}},
    ],
)
def test_what_an_overlay_may_say_is_taken(document: Any) -> None:
    assert list(validator().iter_errors(document)) == []


@pytest.mark.parametrize(
    "document",
    [
        {"redirect_url": []},
        {"redirect_urls": {"prun": True}},
        {"jwt_templates": {"a": {"lifetim": 60}}},
        {"jwt_templates": {"a": {"lifetime": 5}}},
        {"instance": {"hibp": "no"}},
        {"instance": {"only": []}},
        {"instance": {"only": "production"}},
    ],
)
def test_what_it_may_not_say_is_refused(document: Any) -> None:
    assert list(validator().iter_errors(document))


def test_the_schema_of_resource_files_knows_where_an_entry_stands_and_no_nothing() -> None:
    schema = Draft202012Validator(bundle(known().kinds, known().schemas))

    assert schema.is_valid({"redirect_urls": [{"url": "a://b", "only": ["production"]}]})
    assert schema.is_valid({"jwt_templates": {"a": {"claims": {}, "except": ["production"]}}})
    assert not schema.is_valid({"jwt_templates": {"a": {"lifetime": ""}}})


def test_the_overlays_of_the_example_name_the_schema() -> None:
    for path in (ROOT / "examples" / "acme" / "environments").glob("*.yml"):
        assert path.read_text("utf-8").startswith(
            "# yaml-language-server: $schema=../../../schemas/overlays.json\n"
        )
