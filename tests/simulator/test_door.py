from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.simulator.client import Client


@pytest.mark.parametrize(
    "header", ["", "sk_test_abcdefgh12345678", "Basic abc", "Bearer", "Bearer ", "Bearer a b"]
)
def test_a_malformed_authorization_header_is_refused(api: Client, header: str) -> None:
    reply = api.send("GET", "/instance", headers={"authorization": header})
    assert (reply.status, reply.codes) == (401, ["authorization_header_format_invalid"])


@pytest.mark.parametrize(
    "key", ["sk_live_abcdefgh12345678", "sk_test_short", "pk_test_abcdefgh12345678", "sk_test_--------"]
)
def test_a_wrong_or_misfitting_key_is_refused(api: Client, key: str) -> None:
    api.key = key
    reply = api.get("/instance")
    assert (reply.status, reply.codes) == (401, ["clerk_key_invalid"])


def test_a_production_instance_refuses_a_development_key(production: Client) -> None:
    production.key = "sk_test_abcdefgh12345678"
    assert production.get("/instance").codes == ["clerk_key_invalid"]


def test_only_prescribed_keys_open_an_instance_that_prescribes_some(instance: Callable[..., Client]) -> None:
    api = instance(keys=frozenset({"sk_test_theonlyone"}))
    assert api.get("/instance").status == 401
    api.key = "sk_test_theonlyone"
    assert api.get("/instance").status == 200


def test_a_prescribed_key_of_the_wrong_environment_does_not_open_the_instance(
    instance: Callable[..., Client],
) -> None:
    api = instance(keys=frozenset({"sk_live_abcdefgh12345678"}))
    api.key = "sk_live_abcdefgh12345678"
    assert api.get("/instance").status == 401


def test_a_missing_version_header_is_accepted(api: Client) -> None:
    api.version = None
    assert api.get("/instance").status == 200


def test_without_a_version_the_oldest_one_answers_which_has_no_roles(api: Client) -> None:
    api.patch("/instance/organization_settings", {"enabled": True})
    assert api.get("/organization_roles").status == 200
    api.version = None
    assert api.get("/organization_roles").status == 404
    api.version = "2021-02-05"
    assert api.get("/organization_roles").status == 404


def test_an_unknown_version_is_refused(api: Client) -> None:
    api.version = "2031-01-01"
    reply = api.get("/instance")
    assert (reply.status, reply.codes) == (400, ["api_version_invalid"])


def test_the_version_may_stand_in_the_query_but_not_in_both_places(api: Client) -> None:
    assert api.get("/instance", __clerk_api_version="2026-05-12").codes == ["api_version_invalid"]
    api.version = None
    assert api.get("/instance", __clerk_api_version="2026-05-12").status == 200


def test_an_unknown_route_answers_with_a_page_for_people(api: Client) -> None:
    reply = api.get("/nothing/here")
    assert reply.status == 404
    assert reply.headers["content-type"].startswith("text/html")
    assert reply.text.startswith("<!DOCTYPE html>")


def test_a_path_outside_of_v1_or_with_a_trailing_slash_is_an_unknown_route(api: Client) -> None:
    assert api.get("/instance/").status == 404
    assert api.get("").status == 404


def test_a_method_that_a_path_does_not_know_is_answered_without_a_body(api: Client) -> None:
    reply = api.send("PUT", "/redirect_urls", {})
    assert (reply.status, reply.text, reply.headers["allow"]) == (405, "", "GET, POST")


def test_settings_groups_without_a_read_answer_405(api: Client) -> None:
    assert api.get("/instance/restrictions").status == 405
    assert api.get("/beta_features/instance_settings").status == 405


def test_every_error_names_a_trace(api: Client) -> None:
    reply = api.get("/jwt_templates/jtmp_none")
    assert len(reply.json["clerk_trace_id"]) == 32
    assert reply.headers["cf-ray"]
    assert reply.json["errors"][0].keys() == {"code", "message", "long_message"}


def test_an_empty_answer_still_carries_the_ray_header(api: Client) -> None:
    assert api.send("PUT", "/redirect_urls", {}).headers["cf-ray"]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"x"', b'{"url": NaN}', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(api: Client, raw: bytes) -> None:
    reply = api.send("POST", "/redirect_urls", raw)
    assert (reply.status, reply.codes) == (400, ["request_body_invalid"])


def test_another_content_type_is_refused(api: Client) -> None:
    reply = api.send("POST", "/redirect_urls", {"url": "a://b"}, headers={"content-type": "text/plain"})
    assert (reply.status, reply.codes) == (415, ["unsupported_content_type"])


def test_a_content_type_may_name_a_character_set(api: Client) -> None:
    kind = {"content-type": "application/json; charset=utf-8"}
    assert api.send("POST", "/redirect_urls", {"url": "a://b"}, headers=kind).status == 200


def test_operations_without_a_body_do_not_look_at_one(api: Client) -> None:
    assert api.send("GET", "/instance", b"{", headers={"content-type": "text/plain"}).status == 200


def test_several_mistakes_come_back_in_one_answer(api: Client) -> None:
    reply = api.post("/jwt_templates", {"lifetime": 1, "allowed_clock_skew": "x"})
    assert reply.status == 422
    assert set(reply.params) == {"name", "claims", "lifetime", "allowed_clock_skew"}


def test_the_log_holds_what_was_asked(api: Client) -> None:
    api.get("/redirect_urls", limit="3")
    assert list(api.simulator.log) == [("GET", "/v1/redirect_urls", {"limit": "3"}, 200)]


def test_the_instance_says_what_it_is(api: Client, production: Client) -> None:
    assert api.get("/instance").json["environment_type"] == "development"
    assert production.get("/instance").json["environment_type"] == "production"
    assert api.get("/instance").json["id"].startswith("ins_")
    assert len(api.get("/instance").json["id"]) == 31
