from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from reconcile.simulator.client import Client

PATH = "/instance/organization_settings"


@pytest.fixture
def enabled(api: Client) -> Client:
    api.patch(PATH, {"enabled": True})
    return api


def roles(api: Client) -> dict[str, str]:
    return {one["key"]: one["id"] for one in api.get("/organization_roles", limit="500").json["data"]}


def test_roles_are_closed_until_organizations_are_enabled(api: Client) -> None:
    reply = api.get("/organization_roles")
    assert (reply.status, reply.codes) == (403, ["organization_not_enabled_in_instance"])
    assert api.get(PATH).json["creator_role"] == ""
    assert api.get(PATH).json["initial_role_set_key"] is None


def test_enabling_organizations_brings_the_default_roles(enabled: Client) -> None:
    assert roles(enabled).keys() == {"org:admin", "org:member"}
    found = enabled.get(PATH).json
    assert (found["creator_role"], found["domains_default_role"]) == ("org:admin", "")
    assert found["initial_role_set_key"] == "role_set:default"


def test_roles_come_newest_first_unless_asked_otherwise(enabled: Client) -> None:
    assert list(roles(enabled)) == ["org:admin", "org:member"]
    for order, first in (("-name", "Member"), ("+key", "Admin"), ("created_at", "Member")):
        assert enabled.get("/organization_roles", order_by=order).json["data"][0]["name"] == first
    assert enabled.get("/organization_roles", order_by="size").status == 422


def test_roles_are_found_by_id_name_or_key(enabled: Client) -> None:
    admin = roles(enabled)["org:admin"]
    for text in (admin, "adm", "org:admin"):
        [found] = enabled.get("/organization_roles", query=text).json["data"]
        assert found["id"] == admin
    assert enabled.get("/organization_roles", query=admin[:-1]).json["total_count"] == 0


def test_roles_go_in_as_ids_and_come_out_as_keys(enabled: Client) -> None:
    found = roles(enabled)
    body = {"creator_role_id": found["org:admin"], "domains_default_role_id": found["org:member"]}
    changed = enabled.patch(PATH, body).json
    assert (changed["creator_role"], changed["domains_default_role"]) == ("org:admin", "org:member")
    assert not changed.keys() & body.keys()


def test_the_default_role_of_domains_can_be_unset_with_an_empty_text(enabled: Client) -> None:
    enabled.patch(PATH, {"domains_default_role_id": roles(enabled)["org:member"]})
    assert enabled.patch(PATH, {"domains_default_role_id": ""}).json["domains_default_role"] == ""


@pytest.mark.parametrize("name", ["creator_role_id", "domains_default_role_id"])
def test_a_role_that_does_not_exist_is_not_found(enabled: Client, name: str) -> None:
    reply = enabled.patch(PATH, {name: "role_none"})
    assert (reply.status, reply.codes, reply.params) == (404, ["resource_not_found"], [name])


def test_the_creator_role_must_hold_certain_permissions(enabled: Client) -> None:
    reply = enabled.patch(PATH, {"creator_role_id": roles(enabled)["org:member"]})
    assert (reply.status, reply.codes) == (422, ["organization_missing_creator_role_permissions"])


def test_a_role_cannot_be_given_while_organizations_are_off_nor_in_the_call_that_enables_them(
    api: Client,
) -> None:
    for body in ({"creator_role_id": "role_x"}, {"enabled": True, "creator_role_id": "role_x"}):
        reply = api.patch(PATH, body)
        assert (reply.status, reply.codes) == (403, ["organization_not_enabled_in_instance"])
    assert api.get(PATH).json["enabled"] is False


def test_roles_survive_disabling_and_enabling_again_and_must_wait_for_it(enabled: Client) -> None:
    before = roles(enabled)
    enabled.patch(PATH, {"enabled": False})
    assert enabled.get("/organization_roles").status == 403
    assert enabled.patch(PATH, {"enabled": True, "creator_role_id": before["org:admin"]}).status == 403
    enabled.patch(PATH, {"enabled": True})
    assert roles(enabled) == before


def test_manual_invitation_is_added_to_the_enrollment_modes(enabled: Client) -> None:
    assert enabled.get(PATH).json["domains_enrollment_modes"] == ["manual_invitation"]
    changed = enabled.patch(PATH, {"domains_enrollment_modes": ["automatic_suggestion"]}).json
    assert changed["domains_enrollment_modes"] == ["manual_invitation", "automatic_suggestion"]
    assert enabled.get(PATH).json == changed


@pytest.mark.parametrize("mode", ["manual_invitation", "telepathy"])
def test_a_mode_that_is_not_ours_to_send_is_refused(enabled: Client, mode: str) -> None:
    reply = enabled.patch(PATH, {"domains_enrollment_modes": [mode]})
    assert (reply.status, reply.params) == (422, ["domains_enrollment_modes"])


def test_a_negative_limit_is_refused_and_zero_means_none(enabled: Client) -> None:
    assert enabled.patch(PATH, {"max_allowed_memberships": -1}).status == 422
    assert enabled.patch(PATH, {"max_allowed_memberships": 0}).json["max_allowed_memberships"] == 0
