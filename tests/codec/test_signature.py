from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from reconcile.codec import encode_plan, signed, signed_content
from tests.values import plans

if TYPE_CHECKING:
    from reconcile.model import Plan

DOCUMENT: dict[str, Any] = {"format_version": "1", "digest": "d", "changes": [{"a": 1, "b": [True, None]}]}


def length(text: str) -> str:
    """A signature that everybody can make."""
    return str(len(text))


@given(plans)
def test_what_is_signed_survives_json(plan: Plan) -> None:
    document = signed(encode_plan(plan, tool_version="1", calls=2, seconds=0.2), length)
    for indent in (None, 2):
        read = json.loads(json.dumps(document, ensure_ascii=False, indent=indent))
        assert signed_content(read) == signed_content(document)


def test_the_signature_stands_behind_the_digest_and_changes_nothing_else() -> None:
    found = signed(DOCUMENT, length)

    assert list(found) == ["format_version", "digest", "signature", "changes"]
    assert {name: value for name, value in found.items() if name != "signature"} == DOCUMENT
    assert found["signature"] == length(signed_content(DOCUMENT))


def test_neither_the_order_of_members_nor_the_signature_itself_counts() -> None:
    turned = {"signature": "x", **dict(reversed(DOCUMENT.items()))}

    assert signed_content(turned) == signed_content(DOCUMENT)


@pytest.mark.parametrize(
    "other",
    [
        {**DOCUMENT, "more": None},
        {**DOCUMENT, "digest": "e"},
        {"format_version": "1", "digest": "d"},
        {**DOCUMENT, "changes": [{"a": 1, "b": [1, None]}]},
        {**DOCUMENT, "changes": [{"a": 1, "b": [None, True]}]},
    ],
)
def test_everything_else_does(other: dict[str, Any]) -> None:
    assert signed_content(other) != signed_content(DOCUMENT)


def test_what_nobody_may_carry_out_is_not_signed_whoever_asks() -> None:
    document = {**DOCUMENT, "applicable": False}
    assert signed(document, length) == document
