from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconcile.catalogue import Catalogue
from reconcile.model import Field, Kind, Read, Reference
from tests.conformance.left_out import LeftOut
from tests.conformance.small import OPERATION, described
from tests.conformance.supported import backward, forward
from tests.conformance.vendor import Vendor

TEXT = {"type": "string"}


def known(kind: Kind, **properties: Any) -> Catalogue:
    """A catalogue of one kind with these fields."""
    fields = {name: Field.of(name, schema) for name, schema in properties.items()}
    return Catalogue({kind.name: replace(kind, fields=fields)}, {kind.name: {"properties": properties}})


THING = Kind(name="thing", section="thing", path="/things/one", read=Read.ECHO)


def objections(ours: Catalogue, theirs: Vendor) -> list[tuple[str, str]]:
    return [(one.operation, one.about) for one in forward(ours, theirs)]


def test_a_kind_that_does_what_the_vendor_describes_is_right() -> None:
    assert objections(known(THING, a=TEXT), described(sent={"a": TEXT}, answered={"a": TEXT})) == []


def test_a_call_that_the_vendor_does_not_have_is_named() -> None:
    misplaced = replace(THING, path="/thing/one")

    assert objections(known(misplaced), described()) == [("PATCH /thing/one", "operation")]
    assert objections(known(replace(THING, update="PUT")), described()) == [("PUT /things/one", "operation")]


def test_a_field_that_the_vendor_does_not_have_is_named_where_it_is_sent_and_where_it_is_read() -> None:
    assert objections(known(THING, a=TEXT), described()) == [
        (OPERATION, "request body.a"),
        (OPERATION, "response a"),
    ]


def test_a_field_that_is_only_written_need_not_be_read() -> None:
    secret = {**TEXT, "writeOnly": True}

    assert objections(known(THING, a=secret), described(sent={"a": TEXT})) == []


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"type": "integer"}, TEXT),
        ({"type": ["string", "null"]}, TEXT),
        (TEXT, {**TEXT, "enum": ["a"]}),
        ({"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 30}),
        ({"type": "integer"}, {"type": "integer", "maximum": 30}),
        ({"type": "array", "items": TEXT}, {"type": "array", "items": {"type": "integer"}}),
        (TEXT, {**TEXT, "pattern": "^[A-Z]$"}),
    ],
)
def test_a_schema_that_allows_what_the_vendor_refuses_is_named(
    ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    secret = {**ours, "writeOnly": True}

    ((operation, about),) = objections(known(THING, a=secret), described(sent={"a": theirs}))

    assert operation == OPERATION
    assert about.startswith("request body.a")


def test_a_schema_may_be_narrower_than_the_vendor() -> None:
    ours = {"type": "integer", "minimum": 5, "maximum": 9, "writeOnly": True}
    theirs = {"type": "integer", "nullable": True, "minimum": 0, "maximum": 9}

    assert objections(known(THING, a=ours), described(sent={"a": theirs})) == []


def test_an_answer_that_we_could_not_read_is_named() -> None:
    ours = known(THING, a={**TEXT, "readOnly": True})

    assert objections(ours, described(answered={"a": {"type": "integer"}})) == [(OPERATION, "response a")]
    assert objections(ours, described(answered={"a": {**TEXT, "nullable": True}})) == []


def test_what_is_said_to_be_deprecated_has_to_be() -> None:
    old = replace(THING, deprecated=True)

    assert objections(known(old), described()) == [(OPERATION, "operation")]
    assert objections(known(old), described(deprecated=True)) == []
    assert objections(known(THING), described(deprecated=True)) == [(OPERATION, "operation")]


def test_a_kind_that_came_with_a_version_is_not_in_the_older_ones() -> None:
    new = replace(THING, since="2025-11-10")

    assert objections(known(new), Vendor("2021-02-05", {"paths": {}})) == []
    assert objections(known(new), described(version="2021-02-05")) == [(OPERATION, "operation")]
    assert objections(known(new), Vendor("2026-05-12", {"paths": {}})) == [("PATCH /things/one", "operation")]


def test_what_a_reference_looks_up_has_to_be_there() -> None:
    role = Reference(kind="role", path="/roles", key="key", written_as="role_id")
    ours = known(replace(THING, references={"role": role}), role=TEXT)
    theirs = described(sent={"role_id": TEXT}, answered={"role": TEXT})

    assert objections(ours, theirs) == [("GET /roles", "operation")]


def test_what_the_vendor_has_and_no_kind_has_is_named_unless_it_is_left_out() -> None:
    theirs = described(sent={"new": TEXT}, answered={"seen": TEXT})
    entries = [LeftOut(("thing",), ("request body.new",), "why"), LeftOut(("*",), ("response seen",), "why")]

    found = list(backward(known(THING), theirs, []))

    assert [one.about for one in found] == ["request body.new", "response seen"]
    assert list(backward(known(THING), theirs, entries)) == []


def test_what_is_left_out_in_an_answer_is_not_left_out_in_a_body() -> None:
    theirs = described(sent={"new": TEXT}, answered={"new": TEXT})
    entry = LeftOut(("thing",), ("response new",), "why")

    assert [one.about for one in backward(known(THING), theirs, [entry])] == ["request body.new"]
