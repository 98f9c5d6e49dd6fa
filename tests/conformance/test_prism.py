from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conformance import prism
from tests.conformance.relay import Message

PATHS = [
    "/v1/jwt_templates",
    "/v1/jwt_templates/{template_id}",
    "/v1/templates/{type}",
    "/v1/templates/email",
]


def message(*findings: Any, status: int = 200) -> Message:
    headers = {"sl-violations": json.dumps(findings)} if findings else {}
    return Message("GET", "/v1/jwt_templates/jtmp_1", {}, {}, None, status, headers, None)


@pytest.mark.parametrize(
    ("location", "text", "expected"),
    [
        (["request", "body", "claims"], "Request body property claims must be object", "request body.claims"),
        (
            ["request", "body"],
            "Request body must NOT have additional properties; found 'x'",
            "request body.x",
        ),
        (["request", "query", "limit"], "must be integer", "query limit"),
        (["request"], "Selected route not found", "path"),
        (["request"], "Invalid security scheme used", "request"),
        (["response", "body"], "Response body must be array", "response"),
        (["response", "body", "0", "id"], "must be string", "response [].id"),
        (["response", "body", "data", "12", "id"], "must be string", "response data[].id"),
        (["response", "body"], "Response body must have required property 'name'", "response name"),
        (["response"], "Unable to match the returned status code with those defined", "status 429"),
    ],
)
def test_an_objection_names_the_part_that_it_is_about(location: list[str], text: str, expected: str) -> None:
    finding = {"location": location, "message": text}
    assert prism.about(message(status=429), finding) == expected


def test_a_message_that_nobody_objects_to_has_no_objections() -> None:
    assert not list(prism.objections("2026-05-12", PATHS, message()))


def test_each_objection_names_version_operation_and_part() -> None:
    finding = {"location": ["response", "body", "id"], "message": "must be string"}
    (one,) = prism.objections("2026-05-12", PATHS, message(finding))
    assert str(one) == "prism 2026-05-12: GET /jwt_templates/{template_id}: response id: must be string"


def test_a_path_is_found_by_its_form_and_literal_words_come_first() -> None:
    assert prism.operation_of(PATHS, "/v1/jwt_templates/jtmp_1") == "/jwt_templates/{template_id}"
    assert prism.operation_of(PATHS, "/v1/templates/email") == "/templates/email"
    assert prism.operation_of(PATHS, "/v1/templates/sms") == "/templates/{type}"
    assert prism.operation_of(PATHS, "/v1/elsewhere") == "/elsewhere"


def test_what_is_wrong_with_each_entry_of_a_list_is_said_once() -> None:
    findings = [
        {"location": ["response", "body", str(place), "id"], "message": f"{place}.id"} for place in range(3)
    ]
    (one,) = prism.once(prism.objections("2026-05-12", PATHS, message(*findings)))
    assert (one.about, one.message) == ("response [].id", "0.id")


def test_a_request_that_is_repeated_counts_once() -> None:
    assert prism.distinct([message(), message(status=404)]) == 1
