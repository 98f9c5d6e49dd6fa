from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.simulator.client import Client

READABLE = ("protect", "communication", "oauth_application_settings", "organization_settings")
ORIGINS = ["chrome-extension://abc", "capacitor://localhost", "http://localhost:3000", "https://acme.example"]


def stored(api: Client, group: str) -> Any:
    return api.store.all("settings")[group]


@pytest.mark.parametrize("group", READABLE)
def test_a_group_reads_as_its_change_was_answered(api: Client, group: str) -> None:
    changed = api.patch(f"/instance/{group}", {})
    assert changed.status == 200
    assert api.get(f"/instance/{group}").json == changed.json


@pytest.mark.parametrize("path", ["/instance/restrictions", "/beta_features/instance_settings"])
def test_an_empty_change_echoes_a_group_that_cannot_be_read_and_changes_nothing(
    api: Client, path: str
) -> None:
    before = api.store.revision
    first, second = api.patch(path, {}), api.patch(path, {})
    assert (first.status, first.json) == (200, second.json)
    assert api.store.revision == before


@pytest.mark.parametrize(
    "path",
    [
        *(f"/instance/{group}" for group in READABLE),
        "/instance/restrictions",
        "/beta_features/instance_settings",
    ],
)
def test_unknown_names_vanish_from_a_settings_group_without_a_word(api: Client, path: str) -> None:
    reply = api.patch(path, {"alowlist": True, "nonsense": {"a": 1}})
    assert (reply.status, reply.json) == (200, api.patch(path, {}).json)


def test_unknown_names_vanish_from_the_instance_with_204(api: Client) -> None:
    reply = api.patch("/instance", {"suport_email": "a@x.example"})
    assert (reply.status, reply.text) == (204, "")


def test_null_changes_nothing_in_a_settings_group(api: Client) -> None:
    api.patch("/instance/restrictions", {"blocklist": True})
    assert api.patch("/instance/restrictions", {"blocklist": None}).json["blocklist"] is True
    api.patch("/instance/communication", {"blocked_country_codes": ["DE"]})
    assert api.patch("/instance/communication", {"blocked_country_codes": None}).json[
        "blocked_country_codes"
    ] == ["DE"]
    api.patch("/instance/organization_settings", {"domains_enrollment_modes": ["automatic_invitation"]})
    kept = api.patch("/instance/organization_settings", {"domains_enrollment_modes": None}).json
    assert "automatic_invitation" in kept["domains_enrollment_modes"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/instance", {"test_mode": "yes"}),
        ("/instance", {"preferred_sign_in_strategy_when_password_required": "fingerprint"}),
        ("/instance", {"allowed_origins": "https://acme.example"}),
        ("/instance/restrictions", {"allowlist": 1}),
        ("/instance/protect", {"rules_enabled": "true"}),
        ("/instance/organization_settings", {"max_allowed_memberships": True}),
    ],
)
def test_values_of_the_wrong_kind_are_refused_in_a_settings_group(
    api: Client, path: str, body: dict[str, object]
) -> None:
    reply = api.patch(path, body)
    assert (reply.status, reply.params) == (422, list(body))


# ---- the instance


def test_the_instance_answers_a_change_without_a_body_and_shows_only_its_origins(api: Client) -> None:
    reply = api.patch("/instance", {"support_email": "help@acme.example", "hibp": False})
    assert (reply.status, reply.text) == (204, "")
    assert api.get("/instance").json.keys() == {
        "object",
        "id",
        "environment_type",
        "allowed_origins",
        "workspace_id",
    }
    assert stored(api, "instance")["support_email"] == "help@acme.example"


def test_a_new_instance_has_null_for_its_origins(api: Client) -> None:
    assert api.get("/instance").json["allowed_origins"] is None


@pytest.mark.parametrize("empty", [[], None])
def test_clearing_the_origins_is_accepted_and_ignored(api: Client, empty: object) -> None:
    api.patch("/instance", {"allowed_origins": ["https://acme.example"]})
    assert api.patch("/instance", {"allowed_origins": empty}).status == 204
    assert api.get("/instance").json["allowed_origins"] == ["https://acme.example"]


def test_the_order_of_origins_is_not_kept(api: Client) -> None:
    api.patch("/instance", {"allowed_origins": [*ORIGINS, ORIGINS[0]]})
    seen = [api.get("/instance").json["allowed_origins"] for _ in range(20)]
    assert {tuple(sorted(one)) for one in seen} == {tuple(sorted(ORIGINS))}
    assert len({tuple(one) for one in seen}) > 1


@pytest.mark.parametrize(
    "origin", ["acme.example", "https://acme.example/", "https://*.acme.example", " https://x", ""]
)
def test_what_is_no_origin_is_refused(api: Client, origin: str) -> None:
    reply = api.patch("/instance", {"allowed_origins": ["https://acme.example", origin]})
    assert (reply.status, reply.codes, reply.params) == (422, ["form_invalid_origin"], ["allowed_origins"])


def test_the_support_address_is_an_address_or_empty(api: Client) -> None:
    assert api.patch("/instance", {"support_email": "help"}).codes == ["form_param_format_invalid"]
    assert api.patch("/instance", {"support_email": ""}).status == 204


@pytest.mark.parametrize("name", ["development_origin", "url_based_session_syncing", "cookieless_dev"])
def test_what_only_development_has_is_refused_in_production(
    api: Client, production: Client, name: str
) -> None:
    body = {name: "http://localhost:3000" if name == "development_origin" else False}
    assert api.patch("/instance", body).status == 204
    reply = production.patch("/instance", body)
    assert (reply.status, reply.codes, reply.params) == (400, ["request_invalid_for_environment"], [name])


def test_the_development_origin_is_an_origin_or_empty(api: Client) -> None:
    assert api.patch("/instance", {"development_origin": "localhost:3000"}).codes == ["form_invalid_origin"]
    assert api.patch("/instance", {"development_origin": ""}).status == 204


def test_test_mode_starts_on_in_development_and_off_in_production(api: Client, production: Client) -> None:
    assert stored(api, "instance")["test_mode"] is True
    assert stored(production, "instance")["test_mode"] is False


# ---- one switch, two groups


def test_the_allowlist_is_one_switch_in_two_groups(api: Client) -> None:
    assert api.patch("/instance/restrictions", {"allowlist": True}).json["allowlist"] is True
    assert api.patch("/beta_features/instance_settings", {}).json["restricted_to_allowlist"] is True
    api.patch("/beta_features/instance_settings", {"restricted_to_allowlist": False})
    assert api.patch("/instance/restrictions", {}).json["allowlist"] is False


def test_test_mode_is_one_switch_in_two_groups_and_missing_from_the_echo(api: Client) -> None:
    reply = api.patch("/beta_features/instance_settings", {"test_mode": False})
    assert "test_mode" not in reply.json
    assert stored(api, "instance")["test_mode"] is False


def test_session_syncing_has_two_names(api: Client) -> None:
    api.patch("/instance", {"cookieless_dev": False})
    assert stored(api, "instance")["url_based_session_syncing"] is False


# ---- restrictions and the beta group


def test_lists_cannot_be_made_to_apply_at_sign_in_again(api: Client) -> None:
    name = "allowlist_blocklist_disabled_on_sign_in"
    assert api.patch("/instance/restrictions", {name: True}).json[name] is True
    reply = api.patch("/instance/restrictions", {name: False})
    assert (reply.status, reply.codes, reply.params) == (422, ["disabled_instance_restriction"], [name])


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/instance/restrictions", "allowlist"),
        ("/beta_features/instance_settings", "restricted_to_allowlist"),
    ],
)
def test_an_allowlist_needs_public_sign_up(api: Client, path: str, name: str) -> None:
    api.store.instance["sign_up_mode"] = "restricted"
    reply = api.patch(path, {name: True})
    assert (reply.status, reply.codes) == (422, ["sign_up_mode_restricted_invalid_value"])
    assert api.patch(path, {name: False}).status == 200


@pytest.mark.parametrize("name", ["", "no-reply", "a b", "a@b", "ü"])
def test_the_sender_takes_letters_and_digits_only(api: Client, name: str) -> None:
    reply = api.patch("/beta_features/instance_settings", {"from_email_address": name})
    assert (reply.status, reply.codes) == (422, ["form_param_format_invalid"])


def test_the_beta_group_answers_with_the_id_of_the_instance(api: Client) -> None:
    reply = api.patch("/beta_features/instance_settings", {"from_email_address": "hello"})
    assert reply.json["id"] == api.get("/instance").json["id"]
    assert reply.json["from_email_address"] == "hello"


# ---- communication


def test_unknown_countries_vanish(api: Client) -> None:
    reply = api.patch("/instance/communication", {"blocked_country_codes": ["RU", "XX", "DE", "KP"]})
    assert (reply.status, reply.json["blocked_country_codes"]) == (200, ["DE", "RU"])


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        (["DE", "DE"], "form_param_duplicate"),
        (["de"], "form_param_format_invalid"),
        (["DEU"], "form_param_format_invalid"),
        (["AA"] * 251, "form_param_array_size_exceeded"),
    ],
)
def test_country_codes_are_unique_upper_case_and_not_too_many(
    api: Client, codes: list[str], code: str
) -> None:
    reply = api.patch("/instance/communication", {"blocked_country_codes": codes})
    assert reply.status == 422
    assert code in reply.codes
    assert set(reply.params) == {"blocked_country_codes"}


def test_leaving_the_countries_out_changes_nothing_and_an_empty_list_clears(api: Client) -> None:
    api.patch("/instance/communication", {"blocked_country_codes": ["DE"]})
    assert api.patch("/instance/communication", {}).json["blocked_country_codes"] == ["DE"]
    assert (
        api.patch("/instance/communication", {"blocked_country_codes": []}).json["blocked_country_codes"]
        == []
    )


def test_a_country_of_a_paid_tier_cannot_be_unblocked_in_development(api: Client) -> None:
    api.patch("/instance/communication", {"blocked_country_codes": ["DE", "UZ"]})
    reply = api.patch("/instance/communication", {"blocked_country_codes": []})
    assert (reply.status, reply.codes) == (422, ["sms_country_removal_restricted"])
    assert reply.json["errors"][0]["meta"]["countries"] == ["UZ"]
    assert api.patch("/instance/communication", {"blocked_country_codes": ["UZ"]}).status == 200


def test_a_country_of_a_paid_tier_can_be_unblocked_in_production_by_the_right_plan(
    instance: Callable[..., Client],
) -> None:
    for features, status in ((None, 200), (frozenset(), 422)):
        api = instance(type="production", features=features)
        api.patch("/instance/communication", {"blocked_country_codes": ["UZ"]})
        assert api.patch("/instance/communication", {"blocked_country_codes": []}).status == status


# ---- OAuth applications


def test_null_scopes_become_the_scopes_of_clerk(api: Client) -> None:
    path = "/instance/oauth_application_settings"
    assert api.patch(path, {"default_scopes": ["openid"]}).json["default_scopes"] == ["openid"]
    assert api.patch(path, {"default_scopes": None}).json["default_scopes"] == ["profile", "email"]


@pytest.mark.parametrize("scopes", [[], ["openid", "openid"], ["teleport"], [""]])
def test_scopes_are_known_unique_and_at_least_one(api: Client, scopes: list[str]) -> None:
    reply = api.patch("/instance/oauth_application_settings", {"default_scopes": scopes})
    assert (reply.status, set(reply.params)) == (422, {"default_scopes"})


def test_advertising_client_metadata_brings_offline_access_along(api: Client) -> None:
    path = "/instance/oauth_application_settings"
    assert "offline_access" not in api.get(path).json["default_scopes"]
    advertised = api.patch(path, {"client_id_metadata_documents_advertised": True}).json
    assert advertised["default_scopes"] == ["profile", "email", "offline_access"]
    assert api.patch(path, {"default_scopes": ["email"]}).json["default_scopes"] == [
        "email",
        "offline_access",
    ]


# ---- plans


@pytest.mark.parametrize(
    "name", ["allowlist", "blocklist", "block_email_subaddresses", "block_disposable_email_domains"]
)
@pytest.mark.parametrize("value", [True, False])
def test_naming_a_paid_restriction_in_production_needs_the_plan_whatever_its_value(
    production: Client,
    name: str,
    value: bool,  # noqa: FBT001 - a value under test
) -> None:
    reply = production.patch("/instance/restrictions", {name: value})
    assert (reply.status, reply.codes) == (402, ["unsupported_subscription_plan_features"])
    assert reply.json["errors"][0]["meta"]["unsupported_features"] == [name]


def test_all_missing_features_are_named_at_once(production: Client) -> None:
    reply = production.patch("/instance/restrictions", {"blocklist": True, "allowlist": True})
    assert reply.json["errors"][0]["meta"]["unsupported_features"] == ["allowlist", "blocklist"]


def test_an_empty_change_needs_no_plan(production: Client) -> None:
    assert production.patch("/instance/restrictions", {}).status == 200
    assert production.patch("/instance/restrictions", {"allowlist": None}).status == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/beta_features/instance_settings", {"restricted_to_allowlist": False}),
        ("/instance/organization_settings", {"domains_enabled": True}),
        ("/instance/organization_settings", {"max_allowed_memberships": 0}),
        ("/instance/organization_settings", {"max_allowed_memberships": 6}),
    ],
)
def test_other_paid_settings_need_the_plan_as_well(
    production: Client, path: str, body: dict[str, object]
) -> None:
    assert production.patch(path, body).status == 402


def test_free_settings_work_in_production_without_a_plan(production: Client) -> None:
    body = {"enabled": True, "max_allowed_memberships": 5, "domains_enabled": False}
    assert production.patch("/instance/organization_settings", body).status == 200
    assert production.patch("/instance/protect", {"rules_enabled": True}).json["rules_enabled"] is True


def test_protect_keeps_its_flags_apart(api: Client) -> None:
    changed = api.patch("/instance/protect", {"specter_enabled": True}).json
    assert changed == {
        "object": "instance_protect",
        "rules_enabled": False,
        "specter_enabled": True,
        "checks_bypassed": False,
    }
