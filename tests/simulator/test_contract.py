"""What follows from the contract alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reconcile.simulator.check import check
from reconcile.simulator.contract import load, published
from reconcile.simulator.core import _SPECIAL
from reconcile.simulator.problems import CODES, Refused, problem
from reconcile.simulator.records import COLLECTIONS
from reconcile.simulator.settings import GROUPS

if TYPE_CHECKING:
    from pathlib import Path

    from reconcile.simulator.client import Client

MADE_UP = """
openapi: 3.0.3
components:
  schemas:
    ClerkErrors: {type: object}
    Gadget:
      type: object
      required: [object, id, name, weight, tags, notes, created_at]
      properties:
        object: {type: string, enum: [gadget]}
        id: {type: string}
        name: {type: string}
        weight: {type: integer, default: 7}
        tags: {type: array, items: {type: string}}
        notes: {type: string, nullable: true}
        created_at: {type: integer}
    Mood:
      type: object
      required: [object, cheerful]
      properties:
        object: {type: string, enum: [mood]}
        cheerful: {type: boolean, default: true}
paths:
  /gadgets:
    get:
      operationId: ListGadgets
      parameters: [{name: limit, in: query, schema: {type: integer, default: 10}}]
      responses: {"200": {content: {application/json: {schema: {type: object, properties: {data: {type: array,
        items: {$ref: "#/components/schemas/Gadget"}}, total_count: {type: integer}}}}}}}
    post:
      operationId: CreateGadget
      requestBody: {content: {application/json: {schema: {type: object, additionalProperties: false,
        required: [name], properties: {name: {type: string}, secret: {type: string}, weight: {type: integer}}}}}}
      responses: {"201": {content: {application/json: {schema: {$ref: "#/components/schemas/Gadget"}}}}}
  /gadgets/{id}:
    patch:
      operationId: UpdateGadget
      requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}
      responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Gadget"}}}}}
    delete:
      operationId: DeleteGadget
      responses: {"200": {content: {application/json: {schema: {type: object}}}}}
  /instance/mood:
    get:
      operationId: GetMood
      responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Mood"}}}}}
    patch:
      operationId: UpdateMood
      requestBody: {content: {application/json: {schema: {type: object, properties: {cheerful: {type: boolean}}}}}}
      responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Mood"}}}}}
"""


@pytest.fixture
def made_up(api: Client, tmp_path: Path) -> Client:
    path = tmp_path / "openapi.yml"
    path.write_text(MADE_UP)
    api.simulator._contract = load(path)
    api.watch = lambda _request, _response: None
    return api


def test_a_collection_that_no_table_knows_follows_the_contract(made_up: Client) -> None:
    reply = made_up.post("/gadgets", {"name": "x", "secret": "y"})
    assert reply.status == 201
    made = reply.json
    assert (made["object"], made["name"], made["weight"], made["tags"], made["notes"]) == (
        "gadget",
        "x",
        7,
        [],
        None,
    )
    assert "secret" not in made
    changed = made_up.patch(f"/gadgets/{made['id']}", {"name": "z"}).json
    assert made_up.get("/gadgets").json == {"data": [changed], "total_count": 1}
    assert made_up.delete(f"/gadgets/{made['id']}").json["object"] == "gadget"
    assert made_up.get("/gadgets").json["data"] == []
    assert made_up.post("/gadgets", {"nme": "x"}).params == ["name", "nme"]


def test_a_settings_group_that_no_table_knows_follows_the_contract(made_up: Client) -> None:
    assert made_up.get("/instance/mood").json == {"object": "mood", "cheerful": True}
    assert made_up.patch("/instance/mood", {"cheerful": False, "unknown": 1}).json["cheerful"] is False
    assert made_up.get("/instance/mood").json == {"object": "mood", "cheerful": False}


def test_every_name_in_the_tables_is_in_the_contract() -> None:
    segments = {part for operation in published().operations for part in operation.segments}
    assert {*COLLECTIONS, *GROUPS} <= segments
    assert set(_SPECIAL) <= {operation.id for operation in published().operations}


def test_every_group_shows_every_member_of_its_answer(api: Client) -> None:
    for operation in published().operations:
        if operation.method == "PATCH" and operation.answer and operation.segments[-1] in GROUPS:
            found = api.patch(operation.path, {}).json
            assert found.keys() == operation.answer["properties"].keys(), operation.path


@pytest.mark.parametrize(
    ("value", "schema", "codes"),
    [
        (None, {"type": "string"}, ["form_param_nil"]),
        (None, {"type": "string", "nullable": True}, []),
        (None, {}, []),
        (True, {"type": "integer"}, ["form_param_type_invalid"]),
        (1.0, {"type": "integer"}, ["form_param_type_invalid"]),
        (1, {"type": "number", "maximum": 0}, ["form_param_value_too_large"]),
        ("abc", {"type": "string", "maxLength": 2}, ["form_param_max_length_exceeded"]),
        ("a", {"type": "string", "minLength": 2}, ["form_param_min_length_exceeded"]),
        ("a", {"type": "string", "enum": ["b"]}, ["form_param_value_invalid"]),
        ([], {"type": "array", "minItems": 1}, ["form_param_value_invalid"]),
        ([1, 1], {"type": "array", "uniqueItems": True}, ["form_param_duplicate"]),
        ([1, "a"], {"type": "array", "items": {"type": "integer"}}, ["form_param_type_invalid"]),
        (
            {"a": {"b": 1}},
            {"properties": {"a": {"properties": {"b": {"type": "string"}}}}},
            ["form_param_type_invalid"],
        ),
        (1, {"oneOf": [{"type": "string"}, {"type": "integer"}]}, []),
        ([], {"anyOf": [{"type": "string"}, {"type": "integer"}]}, ["form_param_type_invalid"]),
        ("x", {}, []),
    ],
)
def test_the_checker_names_what_is_wrong(value: object, schema: dict[str, Any], codes: list[str]) -> None:
    assert [one.code for one in check(value, schema)] == codes


def test_a_nested_member_is_named_with_its_path() -> None:
    schema = {"properties": {"a": {"type": "object", "required": ["b"]}}}
    assert [one.meta for one in check({"a": {}}, schema)] == [{"param_name": "a.b"}]


def test_a_refusal_reports_problems_of_one_status_only() -> None:
    refused = Refused(
        [problem("form_param_nil", "a"), problem("duplicate_record"), problem("form_param_nil", "b")]
    )
    assert refused.status == 422
    assert [one.meta["param_name"] for one in refused.problems] == ["a", "b"]


def test_codes_are_spelled_as_clerk_spells_them() -> None:
    assert all(code == code.lower() and " " not in code for code in CODES)
