from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.conformance.exchange import CLIENT, SIMULATOR, Exchange, distinct, read

if TYPE_CHECKING:
    from pathlib import Path


def sent(body: Any = None, **words: Any) -> Exchange:
    common = {
        "method": "POST",
        "path": "/v1/redirect_urls",
        "query": (),
        "version": "2026-05-12",
        "headers": (),
    }
    return Exchange(speaker=CLIENT, body="" if body is None else json.dumps(body), **{**common, **words})


def forms(*exchanges: Exchange) -> int:
    return len(distinct(("POST /redirect_urls", one) for one in exchanges))


def test_what_was_recorded_is_read_once_and_in_one_order_whoever_wrote_it(tmp_path: Path) -> None:
    row = {
        "speaker": SIMULATOR,
        "method": "GET",
        "path": "/v1/instance",
        "query": [["limit", "1"]],
        "version": "",
        "headers": [["content-type", "application/json"]],
        "body": "{}",
        "status": 200,
    }
    later = {**row, "status": 401}
    (tmp_path / "2.jsonl").write_text(f"{json.dumps(later)}\n{json.dumps(row)}\n")
    (tmp_path / "1.jsonl").write_text(f"{json.dumps(row)}\n")
    said = read(tmp_path)
    assert [one.status for one in said] == [200, 401]
    assert (said[0].query, said[0].header("content-type")) == ((("limit", "1"),), "application/json")


def test_bodies_of_one_shape_count_once() -> None:
    assert forms(sent({"url": "https://a.example"}), sent({"url": "https://b.example"})) == 1
    assert forms(sent([{"n": 1}, {"n": 2}]), sent([{"n": 3}])) == 1


def test_other_names_types_and_nesting_are_other_shapes() -> None:
    assert (
        forms(sent({"a": 1}), sent({"b": 1}), sent({"a": 1.5}), sent({"a": None}), sent({"a": {"a": 1}})) == 5
    )


def test_a_text_that_may_be_a_choice_from_a_list_is_part_of_the_shape() -> None:
    assert forms(sent({"algorithm": "RS256"}), sent({"algorithm": "HS256"})) == 2


def test_statuses_versions_headers_and_names_in_the_query_tell_exchanges_apart() -> None:
    assert (
        forms(
            sent(),
            sent(status=200),
            sent(version="2021-02-05"),
            sent(headers=(("x", ""),)),
            sent(query=(("a", "1"),)),
            sent(query=(("a", "2"),)),
        )
        == 5
    )


def test_a_body_that_is_no_json_is_told_from_none() -> None:
    assert forms(sent(), Exchange(CLIENT, "POST", "/v1/redirect_urls", (), "2026-05-12", (), "<html>")) == 2
