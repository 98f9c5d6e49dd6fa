from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reconcile.simulator.jwt import fingerprint

if TYPE_CHECKING:
    from reconcile.simulator.client import Client

FULL = {"name": "hasura", "claims": {"aud": "hasura"}}
CUSTOM = {**FULL, "custom_signing_key": True, "signing_algorithm": "HS256", "signing_key": "s3cret"}


@pytest.fixture
def made(api: Client) -> Any:
    return api.post("/jwt_templates", FULL).json


def test_defaults_fill_what_was_not_sent(made: dict[str, Any]) -> None:
    assert (made["lifetime"], made["allowed_clock_skew"]) == (60, 5)
    assert (made["custom_signing_key"], made["signing_algorithm"]) == (False, "RS256")
    assert made["id"].startswith("jtmp_")


def test_the_template_of_the_session_token_is_listed_without_a_mark(api: Client) -> None:
    api.post("/jwt_templates", FULL)
    session, other = sorted(api.everything("/jwt_templates"), key=lambda one: one["name"] != "session")
    assert session.keys() == other.keys()
    assert other["name"] == "hasura"


def test_the_template_of_the_session_token_cannot_be_deleted(api: Client) -> None:
    [session] = api.everything("/jwt_templates")
    reply = api.delete(f"/jwt_templates/{session['id']}")
    assert (reply.status, reply.codes) == (403, ["session_token_jwt_template"])


@pytest.mark.parametrize("missing", ["name", "claims"])
def test_a_change_needs_name_and_claims(api: Client, made: dict[str, Any], missing: str) -> None:
    body = {name: value for name, value in FULL.items() if name != missing}
    reply = api.patch(f"/jwt_templates/{made['id']}", {**body, "lifetime": 90})
    assert (reply.status, reply.codes, reply.params) == (422, ["form_param_missing"], [missing])


def test_a_change_replaces_the_claims_and_keeps_what_is_not_sent(api: Client, made: dict[str, Any]) -> None:
    path = f"/jwt_templates/{made['id']}"
    api.patch(path, {**FULL, "lifetime": 90})
    changed = api.patch(path, {"name": "renamed", "claims": {"role": "x"}}).json
    assert (changed["id"], changed["name"], changed["claims"]) == (made["id"], "renamed", {"role": "x"})
    assert changed["lifetime"] == 90


def test_null_puts_lifetime_and_skew_back_to_their_defaults(api: Client, made: dict[str, Any]) -> None:
    path = f"/jwt_templates/{made['id']}"
    api.patch(path, {**FULL, "lifetime": 90, "allowed_clock_skew": 9})
    changed = api.patch(path, {**FULL, "lifetime": None, "allowed_clock_skew": None}).json
    assert (changed["lifetime"], changed["allowed_clock_skew"]) == (60, 5)


@pytest.mark.parametrize(
    ("field", "value"),
    [("lifetime", 29), ("lifetime", 315_360_001), ("allowed_clock_skew", -1), ("allowed_clock_skew", 301),
     ("lifetime", "60"), ("lifetime", 60.0), ("lifetime", True), ("name", 5), ("claims", []), ("claims", None)],
)  # fmt: skip
def test_values_beyond_the_contract_are_refused(api: Client, field: str, value: object) -> None:
    reply = api.post("/jwt_templates", {**FULL, field: value})
    assert (reply.status, reply.params) == (422, [field])


@pytest.mark.parametrize("claim", ["azp", "exp", "iat", "iss", "jti", "nbf", "sub", "sid", "v", "pla", "fea"])
def test_reserved_claims_are_refused(api: Client, claim: str) -> None:
    reply = api.post("/jwt_templates", {**FULL, "claims": {claim: 1}})
    assert (reply.status, reply.codes, reply.params) == (400, ["jwt_template_reserved_claim"], ["claims"])


def test_reserved_names_are_free_further_down_and_the_audience_is_free_everywhere(api: Client) -> None:
    assert api.post("/jwt_templates", {**FULL, "claims": {"aud": "x", "deep": {"sub": 1}}}).status == 200


def test_a_name_that_is_taken_is_refused(api: Client, made: dict[str, Any]) -> None:
    reply = api.post("/jwt_templates", FULL)
    assert (reply.status, reply.codes, reply.params) == (422, ["form_identifier_exists"], ["name"])
    other = api.post("/jwt_templates", {**FULL, "name": "other"}).json
    assert api.patch(f"/jwt_templates/{other['id']}", FULL).codes == ["form_identifier_exists"]
    assert api.patch(f"/jwt_templates/{made['id']}", FULL).status == 200


def test_a_name_is_free_again_after_a_rename_or_a_delete(api: Client, made: dict[str, Any]) -> None:
    api.patch(f"/jwt_templates/{made['id']}", {**FULL, "name": "renamed"})
    second = api.post("/jwt_templates", FULL).json
    api.delete(f"/jwt_templates/{second['id']}")
    assert api.post("/jwt_templates", FULL).status == 200


def test_a_blank_name_is_refused(api: Client) -> None:
    assert api.post("/jwt_templates", {**FULL, "name": " "}).params == ["name"]


def test_claims_come_back_with_their_keys_in_another_order_and_whole_numbers_without_a_point(
    api: Client,
) -> None:
    sent = {"zebra": 1.0, "b": {"yy": [1.0, {"d": 1, "c": 2.5}], "x": None}, "a": True}
    text = json.dumps(
        api.post("/jwt_templates", {**FULL, "claims": sent}).json["claims"], separators=(",", ":")
    )
    assert text == '{"a":true,"b":{"x":null,"yy":[1,{"c":2.5,"d":1}]},"zebra":1}'


@pytest.mark.parametrize("missing", ["signing_algorithm", "signing_key"])
def test_a_custom_key_must_be_complete_when_a_template_is_made(api: Client, missing: str) -> None:
    body = {name: value for name, value in CUSTOM.items() if name != missing}
    reply = api.post("/jwt_templates", body)
    assert (reply.status, reply.codes, reply.params) == (422, ["form_conditional_param_missing"], [missing])


def test_every_change_of_a_template_with_a_custom_key_needs_the_key(api: Client) -> None:
    path = f"/jwt_templates/{api.post('/jwt_templates', CUSTOM).json['id']}"
    assert api.patch(path, FULL).params == ["signing_algorithm", "signing_key"]
    assert api.patch(path, {**FULL, "custom_signing_key": True, "signing_algorithm": "HS256"}).params == [
        "signing_key"
    ]
    assert api.patch(path, CUSTOM).status == 200


def test_a_signing_key_is_kept_but_never_shown(api: Client) -> None:
    made = api.post("/jwt_templates", CUSTOM).json
    assert "signing_key" not in made
    assert "s3cret" not in api.get("/jwt_templates", limit="500").text
    assert api.store.all("jwt_templates")[made["id"]]["signing_key"] == fingerprint("s3cret")


def test_giving_up_a_custom_key_forgets_it_and_its_algorithm(api: Client) -> None:
    made = api.post("/jwt_templates", CUSTOM).json
    plain = api.patch(f"/jwt_templates/{made['id']}", {**CUSTOM, "custom_signing_key": False}).json
    assert plain["signing_algorithm"] == "RS256"
    assert api.store.all("jwt_templates")[made["id"]]["signing_key"] is None


def test_unknown_names_vanish_from_a_jwt_template(api: Client) -> None:
    made = api.post("/jwt_templates", {**FULL, "liftime": 90})
    assert made.status == 200
    assert "liftime" not in made.json


def test_what_is_not_there_is_not_found(api: Client) -> None:
    for reply in (
        api.get("/jwt_templates/jtmp_x"),
        api.patch("/jwt_templates/jtmp_x", FULL),
        api.delete("/jwt_templates/jtmp_x"),
    ):
        assert (reply.status, reply.codes) == (404, ["resource_not_found"])


def test_a_deleted_template_is_named_and_gone(api: Client, made: dict[str, Any]) -> None:
    reply = api.delete(f"/jwt_templates/{made['id']}")
    assert reply.json == {"object": "jwt_template", "id": made["id"], "deleted": True}
    assert api.get(f"/jwt_templates/{made['id']}").status == 404


def test_production_without_the_feature_refuses_custom_keys_only(production: Client) -> None:
    assert production.post("/jwt_templates", FULL).status == 200
    reply = production.post("/jwt_templates", {**CUSTOM, "name": "other"})
    assert (reply.status, reply.json["errors"][0]["meta"]) == (
        402,
        {"unsupported_features": ["custom_jwt_signing_key"]},
    )
