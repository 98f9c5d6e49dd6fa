from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.contract import ROOT, backward, count, forward
from tests.conformance.left_out import LeftOut
from tests.conformance.small import OPERATION, described
from tests.conformance.vendor import Vendor, read

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


def objections(ours: Vendor, theirs: Vendor) -> list[str]:
    assert all(one.operation == OPERATION for one in forward(ours, theirs))
    return [one.about for one in forward(ours, theirs)]


def test_a_description_agrees_with_itself() -> None:
    ours = read(ROOT / "openapi.yml", "ours")

    assert forward(ours, ours) == ()
    assert backward(ours, ours, []) == ()
    assert count(ours) > 2000


def test_an_operation_that_the_vendor_does_not_have_is_one_objection() -> None:
    assert objections(described(sent={"a": TEXT}), Vendor("v", {"paths": {}})) == ["operation"]


def test_a_field_that_the_vendor_does_not_have_is_named_without_what_is_in_it() -> None:
    ours = {"a": {"type": "object", "properties": {"b": TEXT}}}

    assert objections(described(sent=ours), described()) == ["request body.a"]
    assert objections(described(answered=ours), described()) == ["response a"]


def test_a_status_a_header_and_a_parameter_that_the_vendor_does_not_have_are_named() -> None:
    base: Any = described().operation("PATCH", "/things/{id}")
    limited: dict[str, Any] = {"429": {"headers": {"Retry-After": {}}}}
    plain: dict[str, Any] = {"429": {}}
    query = {"name": "force", "in": "query", "schema": TEXT}

    ours = described(responses={**base["responses"], **limited}, parameters=[*base["parameters"], query])
    theirs = described(responses={**base["responses"], **plain})

    assert objections(ours, described()) == ["query force", "status 429"]
    assert objections(ours, theirs) == ["query force", "status 429 header Retry-After"]


def test_lists_are_looked_into() -> None:
    ours = {"list": {"type": "array", "items": {"type": "object", "properties": {"id": NUMBER}}}}
    theirs = {"list": {"type": "array", "items": {"type": "object", "properties": {"id": TEXT}}}}

    assert objections(described(answered=ours), described(answered=theirs)) == ["response list[].id type"]


def test_a_page_beside_a_bare_list_is_an_objection() -> None:
    page = {"type": "object", "properties": {"data": {"type": "array", "items": TEXT}}}
    bare = {"type": "array", "items": TEXT}

    def answering(schema: dict[str, Any]) -> Vendor:
        return described(responses={"200": {"content": {"application/json": {"schema": schema}}}})

    assert objections(answering({"oneOf": [bare, page]}), answering(bare)) == [
        "response type",
        "response data",
    ]


@pytest.mark.parametrize(
    ("ours", "theirs", "aspect"),
    [
        (TEXT, NUMBER, "type"),
        ({**TEXT, "nullable": True}, TEXT, "type"),
        (TEXT, {**TEXT, "enum": ["a"]}, "values"),
        ({**TEXT, "enum": ["a"]}, TEXT, "values"),
        (NUMBER, {**NUMBER, "maximum": 9}, "maximum"),
        ({**NUMBER, "default": 1}, NUMBER, "default"),
        (TEXT, {**TEXT, "deprecated": True}, "deprecated"),
    ],
)
def test_what_we_send_has_to_be_described_alike(
    ours: dict[str, Any], theirs: dict[str, Any], aspect: str
) -> None:
    found = objections(described(sent={"a": ours}), described(sent={"a": theirs}))

    assert found == [f"request body.a {aspect}"]


@pytest.mark.parametrize(
    ("ours", "theirs", "aspect"),
    [
        (TEXT, NUMBER, "type"),
        (TEXT, {**TEXT, "nullable": True}, "type"),
        ({**TEXT, "enum": ["a"]}, {**TEXT, "enum": ["a", "b"]}, "values"),
        ({"type": "object", "additionalProperties": False}, {"type": "object"}, "closed"),
        ({**NUMBER, "maximum": 9}, NUMBER, "maximum"),
    ],
)
def test_what_we_are_sent_may_not_be_more_than_we_expect(
    ours: dict[str, Any], theirs: dict[str, Any], aspect: str
) -> None:
    found = objections(described(answered={"a": ours}), described(answered={"a": theirs}))

    assert found == [f"response a {aspect}"]


def test_we_may_expect_more_of_an_answer_than_the_vendor_says() -> None:
    ours = {"a": TEXT, "b": {"type": "object"}, "c": NUMBER}
    theirs = {
        "a": {**TEXT, "enum": ["x"]},
        "b": {"type": "object", "additionalProperties": False},
        "c": {**NUMBER, "default": 1, "maximum": 5},
    }

    assert objections(described(answered=ours), described(answered=theirs)) == []


def test_a_field_of_the_vendor_that_we_do_not_have_is_named() -> None:
    theirs = described(sent={"new": TEXT}, answered={"a": {"type": "object", "properties": {"b": TEXT}}})

    found = backward(described(), theirs, [])

    assert [one.about for one in found] == ["request body.new", "response a"]


def test_what_is_left_out_with_a_reason_is_no_objection() -> None:
    theirs = described(sent={"new": TEXT})
    entry = LeftOut(("PATCH /things/*",), ("request body.new",), "not ours")

    assert backward(described(), theirs, [entry]) == ()


def test_what_is_left_out_in_vain_is_an_objection() -> None:
    entry = LeftOut((OPERATION, "GET /gone"), ("request body.new", "request body.old"), "not ours")

    found = backward(described(), described(sent={"new": TEXT}), [entry])

    assert [(one.operation, one.about) for one in found] == [
        ("left_out.toml", "request body.old"),
        ("left_out.toml", "GET /gone"),
    ]
