from __future__ import annotations

from typing import Any

from tests.conformance import effects
from tests.conformance.relay import Message

FILE = {
    "jwt_templates": {"hasura": {"lifetime": 60, "claims": {"role": "user", "teams": ["blue", "green"]}}},
    "email_templates": {"invitation": {"subject": "Come"}},
    "allowlist": {"prune": True, "identifiers": ["*@acme.example"]},
    "restrictions": {"allowlist": True},
    "organization_settings": {"creator_role": "org:admin"},
}
START = effects.declared(FILE)
EMPTY: dict[str, Any] = {"changes": [], "unmanaged": ["jwt_template/session"], "unverified": []}


def message(method: str, path: str, body: Any = None, answer: Any = None, status: int = 200) -> Message:
    return Message(method, f"/v1{path}", {}, {}, body, status, {}, answer)


def after(*messages: Message) -> effects.State:
    return effects.Wire().after(START, messages)


def changed(address: str, *fields: tuple[list[str | int], dict[str, Any]], action: str = "update") -> Any:
    shown = [{"path": path, "before": before, "after": {"value": "declared"}} for path, before in fields]
    return {"address": address, "action": action, "fields": shown}


def planned(*changes: Any, unmanaged: tuple[str, ...] = ()) -> effects.State:
    plan = {**EMPTY, "changes": changes, "unmanaged": [*EMPTY["unmanaged"], *unmanaged]}
    return effects.planned(START, EMPTY, plan)


def test_a_resource_file_is_read_into_addresses_and_fields() -> None:
    assert START.keys() == {
        "jwt_template/hasura",
        "email_template/invitation",
        "allowlist/*@acme.example",
        "restrictions",
        "organization_settings",
    }
    assert START["allowlist/*@acme.example"] == {"identifier": "*@acme.example"}


def test_what_is_made_is_known_by_the_key_that_the_service_answers() -> None:
    made = message(
        "POST", "/allowlist_identifiers", {"identifier": "EVE@x.example"}, {"identifier": "eve@x.example"}
    )
    assert after(made) == START | {"allowlist/eve@x.example": {}}


def test_an_id_is_known_once_a_list_showed_it_in_either_shape() -> None:
    entry = {"id": "jtmp_1", "name": "hasura"}
    delete = message("DELETE", "/jwt_templates/jtmp_1")
    for answer in ([entry], {"data": [entry], "total_count": 1}):
        left = after(message("GET", "/jwt_templates", answer=answer), delete)
        assert left.keys() == START.keys() - {"jwt_template/hasura"}
    assert after(delete) == START


def test_a_write_that_was_refused_changes_nothing() -> None:
    assert after(message("PATCH", "/instance/restrictions", {"allowlist": False}, status=402)) == START


def test_a_field_that_nobody_declared_does_not_count() -> None:
    assert after(message("PATCH", "/instance/restrictions", {"blocklist": True})) == START


def test_a_switch_with_two_names_is_switched_under_both() -> None:
    sent = message("PATCH", "/beta_features/instance_settings", {"restricted_to_allowlist": False})
    assert after(sent)["restrictions"] == {"allowlist": False}


def test_a_role_is_sent_by_id_and_shown_by_key() -> None:
    sent = message(
        "PATCH",
        "/instance/organization_settings",
        {"creator_role_id": "role_1"},
        {"creator_role": "org:member"},
    )
    assert after(sent)["organization_settings"] == {"creator_role": "org:member"}


def test_what_a_revert_sets_is_known_from_its_answer() -> None:
    sent = message("POST", "/templates/email/invitation/revert", None, {"subject": "Clerk's own"})
    assert after(sent)["email_template/invitation"] == {"subject": "Clerk's own"}


def test_a_plan_tells_what_is_live_by_what_it_would_undo() -> None:
    shown = planned(
        changed("jwt_template/hasura", (["lifetime"], {"value": 5}), (["claims", "role"], {"absent": True})),
        changed("allowlist/*@acme.example", action="create"),
        changed("allowlist/eve@x.example", action="delete"),
        unmanaged=("jwt_template/exports",),
    )
    assert shown["jwt_template/hasura"] == {"lifetime": 5, "claims": {"teams": ["blue", "green"]}}
    assert shown.keys() - START.keys() == {"allowlist/eve@x.example", "jwt_template/exports"}
    assert START.keys() - shown.keys() == {"allowlist/*@acme.example"}


def test_a_list_in_a_plan_may_have_been_shorter_or_longer() -> None:
    none = planned(
        changed(
            "jwt_template/hasura",
            (["claims", "teams", 0], {"absent": True}),
            (["claims", "teams", 1], {"absent": True}),
        )
    )
    more = planned(changed("jwt_template/hasura", (["claims", "teams", 2], {"value": "red"})))

    assert none["jwt_template/hasura"]["claims"]["teams"] == []
    assert more["jwt_template/hasura"]["claims"]["teams"] == ["blue", "green", "red"]


def test_a_plan_that_shows_what_was_sent_leaves_no_difference() -> None:
    entry = message("GET", "/jwt_templates", answer=[{"id": "jtmp_1", "name": "hasura"}])
    done = after(entry, message("PATCH", "/jwt_templates/jtmp_1", {"name": "hasura", "lifetime": 5}))

    assert not list(
        effects.differences(planned(changed("jwt_template/hasura", (["lifetime"], {"value": 5}))), done)
    )
    assert list(effects.differences(planned(), done)) == [("jwt_template/hasura lifetime", "60 against 5")]


def test_a_plan_that_shows_too_much_or_too_little_is_told_by_address() -> None:
    shown = planned(changed("allowlist/*@acme.example", action="create"))
    assert list(effects.differences(shown, START)) == [
        ("allowlist/*@acme.example", "not there against there")
    ]


def test_values_are_compared_without_the_order_of_lists_of_texts_and_without_outer_space() -> None:
    assert effects.text(["b", "a"]) == effects.text(["a", "b"])
    assert effects.text("a\n") == effects.text("a")
    assert effects.text([2, 1]) != effects.text([1, 2])
    assert effects.text(True) != effects.text(1)


def test_what_no_call_returns_is_taken_from_the_plan() -> None:
    plan = {**EMPTY, "unverified": [{"address": "instance", "path": ["support_email"]}]}
    assert effects.unseen(plan) == {"instance support_email"}
