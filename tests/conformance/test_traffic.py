from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.conformance.exchange import CLIENT, SIMULATOR, Exchange
from tests.conformance.traffic import Paths, Source, run, verdicts
from tests.conformance.validation import Validation
from tests.conformance.vendor import Vendor

if TYPE_CHECKING:
    from pathlib import Path

DESCRIPTION = """
openapi: 3.0.3
info: {title: Made up, version: "2026-05-12"}
servers: [{url: https://api.clerk.com/v1}]
security: [{key: []}]
components:
  securitySchemes: {key: {type: http, scheme: bearer}}
  schemas:
    Pet: {type: object, required: [id], properties: {id: {type: string}, mood: {type: string, enum: [glad, sad]}}}
    New: {type: object, required: [name], properties: {name: {type: string}, tags: {type: object}}}
    Error: {type: object, properties: {errors: {type: array, items: {type: object, properties: {code: {type: string}}}}}}
paths:
  /pets:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer, maximum: 500}}
        - {name: paginated, in: query, schema: {type: boolean}}
      responses:
        "200": {description: "", content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Pet"}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/New"}}}}
      responses:
        "200": {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
        "422": {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}}
  /pets/{id}:
    delete:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"204": {description: Gone}}
"""
JSON = ("content-type", "application/json")
SENT = (
    ("authorization", "Bearer *"),
    ("clerk-api-version", "2026-05-12"),
    JSON,
)


@pytest.fixture
def vendor() -> Vendor:
    return Vendor("2026-05-12", yaml.safe_load(DESCRIPTION))


@pytest.fixture
def judge(vendor: Vendor) -> Judge:
    return Judge(vendor)


class Judge:
    """What is objected to, place by place."""

    def __init__(self, vendor: Vendor) -> None:
        self._validation = Validation(vendor, vendor.document["paths"])
        self._paths = Paths(vendor.document["paths"])

    def request(self, method: str, path: str, body: Any = None, **words: Any) -> list[str]:
        one = said(CLIENT, method, path, body, **{"headers": SENT, **words})
        return [about for about, _ in self._validation.of_request(self._paths.operation(one), one)]

    def answer(self, method: str, path: str, status: int, body: Any = None, **words: Any) -> list[str]:
        one = said(SIMULATOR, method, path, body, **{"headers": (JSON,), "status": status, **words})
        return [about for about, _ in self._validation.of_answer(self._paths.operation(one), one)]


def said(speaker: str, method: str, path: str, body: Any = None, **words: Any) -> Exchange:
    text = "" if body is None else json.dumps(body)
    common: dict[str, Any] = {"query": (), "version": "2026-05-12", "headers": ()}
    return Exchange(speaker, method, f"/v1{path}", body=text, **{**common, **words})


def test_requests_as_described_are_fine(judge: Judge) -> None:
    assert judge.request("GET", "/pets", query=(("limit", "500"), ("paginated", "true"))) == []
    assert judge.request("POST", "/pets", {"name": "Rex", "tags": {"anything": [1]}}) == []
    assert judge.request("DELETE", "/pets/a%2Fb") == []


@pytest.mark.parametrize(
    ("method", "path", "body", "about"),
    [
        ("GET", "/cats", None, "path"),
        ("PUT", "/pets", None, "method"),
        ("POST", "/pets", {"name": 1}, "request body.name"),
        ("POST", "/pets", {}, "request body.name"),
        ("POST", "/pets", {"name": "Rex", "nme": "Rex"}, "request body.nme"),
        ("POST", "/pets", [], "request body"),
        ("DELETE", "/pets/1", {}, "request body"),
    ],
)
def test_paths_methods_and_bodies_are_judged(
    judge: Judge, method: str, path: str, body: Any, about: str
) -> None:
    assert judge.request(method, path, body) == [about]


@pytest.mark.parametrize(
    ("pair", "about"),
    [(("limit", "many"), "query limit"), (("limit", "501"), "query limit"), (("page", "2"), "query page")],
)
def test_the_query_is_judged(judge: Judge, pair: tuple[str, str], about: str) -> None:
    assert judge.request("GET", "/pets", query=(pair,)) == [about]


def test_headers_are_judged(judge: Judge) -> None:
    assert judge.request("GET", "/pets", headers=SENT[1:]) == ["header Authorization"]
    assert judge.request("GET", "/pets", version="") == ["header Clerk-API-Version"]
    assert judge.request("GET", "/pets", headers=(*SENT, ("x-new", "1"))) == ["header x-new"]
    assert judge.request("POST", "/pets", {"name": "Rex"}, headers=SENT[:2]) == ["request body content type"]


def test_answers_as_described_are_fine(judge: Judge) -> None:
    assert judge.answer("GET", "/pets", 200, [{"id": "1", "mood": "glad"}]) == []
    assert judge.answer("POST", "/pets", 422, {"errors": [{"code": "x"}]}) == []
    assert judge.answer("DELETE", "/pets/1", 204, headers=()) == []


@pytest.mark.parametrize(
    ("method", "path", "status", "body", "about"),
    [
        ("POST", "/pets", 200, {"mood": "glad"}, "response id"),
        ("POST", "/pets", 200, {"id": "1"}, "response mood"),
        ("POST", "/pets", 200, {"id": 1, "mood": "sad"}, "response id"),
        ("POST", "/pets", 200, {"id": "1", "mood": "sad", "new": 1}, "response new"),
        ("POST", "/pets", 200, None, "response"),
        ("GET", "/pets", 200, [{"id": "1", "mood": "so so"}], "response [].mood"),
        ("POST", "/pets", 422, {"errors": [{"code": 1}]}, "status 422 body errors[].code"),
        ("POST", "/pets", 409, {}, "status 409"),
        ("PUT", "/pets", 405, None, "status 405"),
        ("PUT", "/pets", 200, {}, "method"),
        ("GET", "/cats", 200, {}, "path"),
        ("DELETE", "/pets/1", 204, {}, "response"),
    ],
)
def test_statuses_and_members_of_answers_are_judged(
    judge: Judge, method: str, path: str, status: int, body: Any, about: str
) -> None:
    assert judge.answer(method, path, status, body) == [about]


def test_the_kind_of_content_is_judged(judge: Judge) -> None:
    html = (("content-type", "text/html"),)
    assert judge.answer("GET", "/pets", 200, [], headers=html) == ["response content type"]


def test_a_refusal_where_nothing_is_described_cannot_be_wrong(judge: Judge) -> None:
    assert judge.answer("GET", "/cats", 404, headers=()) == []


def test_a_wrapped_list_is_named_and_its_rows_are_judged(judge: Judge) -> None:
    wrapped = {"data": [{"id": 1, "mood": "sad"}], "total_count": 1}
    flag = (("paginated", "true"),)
    assert judge.answer("GET", "/pets", 200, wrapped, query=flag) == [
        "response under paginated",
        "response [].id",
    ]
    assert judge.answer("GET", "/pets", 200, wrapped) == ["response"]


def test_a_version_without_a_path_is_told_whom_the_message_was_meant_for(vendor: Vendor) -> None:
    less = {path: item for path, item in vendor.document["paths"].items() if path != "/pets"}
    old = Vendor("2021-02-05", {**vendor.document, "paths": less})
    messages = [
        said(CLIENT, "GET", "/pets", headers=SENT),
        said(CLIENT, "GET", "/pets", headers=SENT, version="2021-02-05"),
        said(SIMULATOR, "GET", "/pets", version="2021-02-05", status=404),
    ]
    (requests, answers, *_) = verdicts({"2021-02-05": old, "2026-05-12": vendor}, messages)
    assert [one.about for one in requests.violations] == ["path", "path, meant for 2026-05-12"]
    assert (answers.checked, answers.violations) == (0, ())


def test_an_operation_of_ours_that_was_never_heard_is_a_violation(vendor: Vendor) -> None:
    requests, answers = verdicts({"2026-05-12": vendor}, [])
    assert "GET /instance" in {one.operation for one in requests.violations}
    assert "GET /instance" in {one.operation for one in answers.violations}


def test_a_template_with_fewer_parameters_is_the_better_name() -> None:
    paths = Paths(["/a/{b}", "/a/all", "/a/{b}/c"])
    names = [paths.operation(said(CLIENT, "GET", path)) for path in ("/a/all", "/a/1", "/a/1/c", "/d")]
    assert names == ["GET /a/all", "GET /a/{b}", "GET /a/{b}/c", "GET /d"]


def test_a_source_that_fails_is_a_violation_of_its_own(tmp_path: Path) -> None:
    broken = Source("a program", (sys.executable, "-c", "import sys; sys.exit('it broke')"))
    (violation,) = run(broken, tmp_path)
    assert str(violation) == "sources all: a program: exit 1: it broke"
    assert list(run(Source("a program", (sys.executable, "-c", "")), tmp_path)) == []
