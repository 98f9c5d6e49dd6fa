from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.codec import Snapshot, decode_snapshot, encode_snapshot
from reconcile.errors import FilesError
from reconcile.model import Instance, Live, Object
from tests.plan.things import KINDS
from tests.values import maps, texts

AT = "2027-01-15T08:00:00Z"
open_maps = maps.map(lambda fields: {name: value for name, value in fields.items() if name != "secret"})
objects = st.lists(st.tuples(texts, texts, open_maps), max_size=3, unique_by=lambda row: row[0]).map(
    lambda rows: {key: Object(key, identifier, fields) for key, identifier, fields in rows}
)
lives = st.builds(
    Live,
    st.builds(Instance, texts, texts),
    st.dictionaries(st.sampled_from(sorted(KINDS)), objects),
    st.dictionaries(texts, texts, max_size=2),
)
snapshots = st.builds(Snapshot, texts, st.just(AT), lives, st.frozensets(texts, max_size=2))
SMALL = Snapshot(
    "local",
    AT,
    Live(Instance("ins_1", "development"), {"thing": {"a": Object("a", "id-a", {"name": "a", "size": 1})}}),
    frozenset({"switch"}),
)


def document(snapshot: Snapshot = SMALL) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(encode_snapshot(snapshot, KINDS, tool_version="0")))
    return found


@given(snapshots)
def test_a_snapshot_survives_json(snapshot: Snapshot) -> None:
    assert decode_snapshot(document(snapshot)) == snapshot


def test_it_knows_the_kinds_that_it_says_something_about() -> None:
    missing = replace(SMALL, live=replace(SMALL.live, missing={"gone": "410"}))
    assert missing.kinds == {"thing", "switch", "gone"}


def test_what_a_kind_calls_secret_is_left_out_should_the_service_return_it() -> None:
    told = Object("a", "id-a", {"name": "a", "secret": "do not keep this", "unknown": 1})
    live = Live(Instance("ins_1", "development"), {"thing": {"a": told}})
    (row,) = document(Snapshot("local", AT, live))["objects"]["thing"]
    assert row["fields"] == {"name": "a", "unknown": 1}


@pytest.mark.parametrize(
    ("place", "value", "complaint"),
    [
        (["format_version"], "2", "its format is '2'"),
        (["environment"], 1, "int where a text belongs"),
        (["environment"], None, "NoneType where a text belongs"),
        (["taken_at"], "yesterday", "which is no time"),
        (["instance"], [], "wrong type"),
        (["instance", "id"], 7, "int where a text belongs"),
        (["objects"], [], "wrong type"),
        (["objects", "thing"], 5, "wrong type"),
        (["objects", "thing", 0], "a", "wrong type"),
        (["objects", "thing", 0, "fields"], 5, "wrong type"),
        (["objects", "thing", 0, "fields", "size"], 2, "its digest does not fit"),
        (["missing"], {"x": 1}, "int where a text belongs"),
        (["unreadable"], 5, "wrong type"),
        (["digest"], "sha256:0", "its digest does not fit"),
        (["added"], True, "its digest does not fit"),
    ],
)
def test_what_was_not_left_as_it_was_taken_is_no_snapshot(
    place: list[str | int], value: object, complaint: str
) -> None:
    found = document()
    inner: Any = found
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = value
    with pytest.raises(FilesError, match=complaint):
        decode_snapshot(found)


@pytest.mark.parametrize("name", document())
def test_a_member_that_is_missing_is_noticed(name: str) -> None:
    found = copy.deepcopy(document())
    del found[name]
    with pytest.raises(FilesError, match="this is not a snapshot"):
        decode_snapshot(found)


def test_an_object_that_stands_there_twice_is_noticed() -> None:
    found = document()
    found["objects"]["thing"] *= 2
    with pytest.raises(FilesError, match="thing a stands there twice"):
        decode_snapshot(found)
