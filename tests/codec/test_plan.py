from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from reconcile.codec import decode_plan, encode_plan
from reconcile.errors import FilesError, RefusedError
from reconcile.model import Action, Change, Instance, Plan, Value
from tests.values import plans

if TYPE_CHECKING:
    from reconcile.model import Json

SMALL = Plan(
    "local",
    Instance("ins_1", "development"),
    changes=(
        Change("jwt_template/a", "jwt_template", "a", Action.CREATE, body={"name": Value("a")}),
        Change("redirect_url/x", "redirect_url", "x", Action.DELETE, id="ru_1", live_digest="sha256:1"),
    ),
    in_sync=("protect",),
)


def document(plan: Plan, *, every: bool = False) -> dict[str, Any]:
    return encode_plan(plan, tool_version="1.2.3", calls=2, seconds=0.2, every=every)


def through_json(rows: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json.dumps(rows, ensure_ascii=False))
    return read


@given(plans)
def test_a_plan_survives_json(plan: Plan) -> None:
    assert decode_plan(through_json(document(plan, every=True))) == plan


def test_a_plan_file_names_its_format_and_the_tool() -> None:
    rows = document(SMALL)

    assert (rows["format_version"], rows["tool_version"]) == ("1", "1.2.3")
    assert rows["estimate"] == {"calls": 2, "seconds": 0.2}


def test_a_promotion_names_where_it_comes_from_and_any_other_plan_does_not() -> None:
    promoted = document(replace(SMALL, promoted_from="staging"))
    assert (promoted["promoted_from"], decode_plan(promoted).promoted_from) == ("staging", "staging")
    assert "promoted_from" not in document(SMALL)


def test_objects_in_sync_are_counted_and_listed_only_on_request() -> None:
    assert document(SMALL)["summary"]["noop"] == 1
    assert "in_sync" not in document(SMALL)
    assert document(SMALL, every=True)["in_sync"] == ["protect"]


def test_what_is_not_there_is_null_and_not_an_empty_text() -> None:
    change = document(SMALL)["changes"][0]

    assert (change["id"], change["live_digest"], change["origin"]) == (None, None, None)


def without(*path: str) -> dict[str, Any]:
    rows = through_json(document(SMALL))
    owner = rows
    for name in path[:-1]:
        owner = owner[name]
    del owner[path[-1]]
    return rows


@pytest.mark.parametrize(
    "name",
    ["environment", "instance", "changes", "unverified", "unmanaged", "findings", "complete", "source"],
)
def test_a_plan_file_without_one_of_its_members_is_refused(name: str) -> None:
    with pytest.raises(FilesError, match="a member is missing"):
        decode_plan(without(name))


def test_a_plan_file_of_another_format_is_refused() -> None:
    with pytest.raises(FilesError, match="its format is '2', and this version reads '1'"):
        decode_plan({**document(SMALL), "format_version": "2"})


WRONG: list[tuple[str, Json]] = [
    ("changes", None),
    ("changes", [1]),
    ("changes", [{}]),
    ("instance", "ins_1"),
    ("instance", []),
    ("source", None),
    ("findings", [{"severity": "loud"}]),
    ("unverified", [[]]),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_member_of_the_wrong_type_is_refused(name: str, value: Json) -> None:
    with pytest.raises(FilesError, match="this is not a plan that can be applied"):
        decode_plan({**document(SMALL), name: value})


def test_a_value_of_no_known_form_is_refused() -> None:
    rows = through_json(document(SMALL))
    rows["changes"][0]["body"]["name"] = {"value": "a", "absent": True}

    with pytest.raises(FilesError, match=r"\['absent', 'value'\], which is none of its forms"):
        decode_plan(rows)


def test_a_plan_file_that_was_changed_after_it_was_made_is_refused() -> None:
    rows = through_json(document(SMALL))
    rows["changes"][0]["body"]["name"]["value"] = "b"

    with pytest.raises(RefusedError, match="changed after it was made"):
        decode_plan(rows)


def test_a_path_without_parts_is_refused() -> None:
    rows = through_json(document(SMALL))
    rows["unverified"] = [{"address": "a", "path": [], "after": {"value": 1}, "at": "", "carried": {}}]

    with pytest.raises(FilesError, match="a member is missing or has the wrong type"):
        decode_plan(rows)


def test_the_error_says_how_to_get_a_plan_that_works() -> None:
    with pytest.raises(FilesError, match="make a new one with `reconcile plan --out FILE`"):
        decode_plan({})


def test_the_summary_counts_each_action() -> None:
    actions = tuple(replace(SMALL.changes[0], address=action, action=action) for action in Action)

    assert document(replace(SMALL, changes=actions))["summary"] == {
        "create": 1,
        "update": 1,
        "replace": 1,
        "delete": 1,
        "revert": 1,
        "assert": 1,
        "unverified": 0,
        "noop": 1,
        "unmanaged": 0,
    }
