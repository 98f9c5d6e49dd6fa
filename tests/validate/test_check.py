from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reconcile.model import Severity
from reconcile.validate.explain import problems, suggest

if TYPE_CHECKING:
    from tests.lab import Lab


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"type": "integer"}, "x", [((), "must be a whole number, not text")]),
        ({"type": ["array", "null"]}, 1.5, [((), "must be a list or null, not a number")]),
        ({"type": "number"}, {}, [((), "must be number, not a map")]),
        ({"type": "object"}, [], [((), "must be a map, not a list")]),
        ({"type": "string"}, None, [((), "must be text, not nothing")]),
        ({"type": "string"}, True, [((), "must be text, not true or false")]),
        ({"minimum": 30}, 10, [((), "10 is less than 30")]),
        ({"maximum": 30}, 31, [((), "31 is more than 30")]),
        ({"maxItems": 1}, [1, 2], [((), "has 2 entries, more than 1")]),
        ({"enum": ["a", "b"]}, "c", [((), "'c' is none of 'a', 'b'")]),
        ({"pattern": "^a$"}, "b", [((), "'b' does not have the form ^a$")]),
        ({"pattern": "^a$", "x-form": "an a; write one"}, "b", [((), "'b' is not an a; write one")]),
        ({"uniqueItems": True}, ["a", "a"], [((), "holds an entry twice; remove one")]),
        ({"items": {"type": "string"}}, ["a", 1], [((1,), "must be text, not a number")]),
    ],
)
def test_a_violation_is_told_in_plain_words(schema: dict[str, Any], value: Any, expected: Any) -> None:
    assert list(problems(schema, value)) == expected


def test_a_violation_without_words_of_ours_is_told_in_those_of_jsonschema() -> None:
    assert len(list(problems({"minLength": 1}, ""))) == 1


def test_what_yaml_once_took_for_a_boolean_is_pointed_out() -> None:
    assert list(problems({"type": "boolean"}, "yes")) == [
        ((), "must be true or false, not text; YAML 1.2 reads yes, no, on and off as text")
    ]


def test_each_unknown_name_is_a_problem_of_its_own_with_its_nearest() -> None:
    schema = {"properties": {"lifetime": {}, "claims": {}, "name": {}}, "additionalProperties": False}
    value = {"lifetim": 1, "claims": 2, "zzz": 3}

    assert list(problems(schema, value, without={"name"})) == [
        (("lifetim",), "unknown field; did you mean lifetime?"),
        (("zzz",), "unknown field; known are claims, lifetime"),
    ]


def test_two_schemas_have_a_validator_each() -> None:
    assert list(problems({"type": "string"}, "x")) == []
    assert len(list(problems({"type": "integer"}, "x"))) == 1


def test_where_nothing_is_known_nothing_is_suggested() -> None:
    assert suggest("x", []) == "known are none"


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(lab: Lab) -> None:
    text = """\
restrictions:
  allowlist: 1
jwt_templates:
  a:
    lifetime: 10
    claims:
      sub: x
    liftime: 3
allowlist: [acme.example, "john*@acme.example"]
redirect_urls: ["*"]
"""
    assert [line.split(" ")[0] + " " + line.split(": ")[2] for line in lab.problems(text)] == [
        "resources.yml:2: allowlist",
        "resources.yml:5: lifetime",
        "resources.yml:7: claims.sub",
        "resources.yml:8: liftime",
        "resources.yml:9: a bare domain is not accepted; write '*@acme.example'",
        (
            "resources.yml:9: the service takes this * literally, so the entry matches nobody; "
            "only *@domain and *@*.domain are patterns"
        ),
        (
            "resources.yml:10: has no scheme; write a full URL such as https://app.example.com/callback "
            "or myapp://callback"
        ),
        "resources.yml:10: wildcards are not supported, URLs are matched exactly; list each URL",
    ]


def test_a_warning_is_no_error(lab: Lab) -> None:
    findings = lab.read(lab.project('blocklist: ["a*@b.example"]'))[1]

    assert [finding.severity for finding in findings] == [Severity.WARNING]
