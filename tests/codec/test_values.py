from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from reconcile.codec.values import decode_value, encode_fields, encode_value
from reconcile.errors import FilesError
from reconcile.model import ABSENT, UNREADABLE, Ref, Secret, Value
from tests.values import tagged

if TYPE_CHECKING:
    from reconcile.model import Json, Tagged

FORMS: list[tuple[Tagged, Json]] = [
    (Value(1), {"value": 1}),
    (Value(None), {"value": None}),
    (ABSENT, {"absent": True}),
    (UNREADABLE, {"unreadable": True}),
    (Secret("KEY", "hmac-sha256:1"), {"secret": "KEY", "digest": "hmac-sha256:1"}),
    (Ref("organization_role/org:admin"), {"ref": "organization_role/org:admin"}),
    # what a person wrote is never taken for a tag of ours
    (Value({"value": 1}), {"value": {"value": 1}}),
    (Value({"secret": "X", "digest": "y"}), {"value": {"secret": "X", "digest": "y"}}),
    (Value({"absent": True}), {"value": {"absent": True}}),
    (Value({"ref": "a/b"}), {"value": {"ref": "a/b"}}),
    (Value([{"unreadable": True}]), {"value": [{"unreadable": True}]}),
]


@pytest.mark.parametrize(("value", "row"), FORMS)
def test_every_form_is_one_object_with_one_tag(value: Tagged, row: Any) -> None:
    assert encode_value(value) == row
    assert decode_value(row) == value


@given(tagged)
def test_every_value_survives_json(value: Tagged) -> None:
    row = json.loads(json.dumps(encode_value(value)))

    assert decode_value(row) == value


def test_named_values_keep_their_order() -> None:
    rows: Any = encode_fields({"b": Value(1), "a": ABSENT})

    assert list(rows) == ["b", "a"]


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"other": 1},
        {"value": 1, "digest": "x"},
        {"absent": False},
        {"absent": True, "value": 1},
        {"unreadable": "yes"},
        {"unreadable": True, "x": 1},
        {"secret": "X"},
        {"secret": 1, "digest": "x"},
        {"secret": "X", "digest": "y", "value": "z"},
        {"ref": 1},
        {"ref": "a", "b": 1},
    ],
)
def test_anything_else_is_no_value(row: dict[str, Any]) -> None:
    with pytest.raises(FilesError, match="none of its forms"):
        decode_value(row)
