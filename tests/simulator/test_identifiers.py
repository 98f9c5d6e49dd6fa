from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.simulator.client import Client

LISTS = ("allowlist_identifiers", "blocklist_identifiers")
EVM = "0x52908400098527886E0F7030069857D2E4169EE7"
SOLANA = "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV"


@pytest.fixture(params=LISTS)
def path(request: pytest.FixtureRequest) -> Any:
    return f"/{request.param}"


@pytest.mark.parametrize(
    ("sent", "stored", "kind"),
    [
        ("Ada@X.Example", "ada@x.example", "email_address"),
        ("*@ACME.example", "*@acme.example", "email_address"),
        ("*@*.acme.example", "*@*.acme.example", "email_address"),
        ("john*@x.example", "john*@x.example", "email_address"),
        ("+15555550100", "+15555550100", "phone_number"),
        (EVM, EVM.lower(), "web3_wallet"),
        (SOLANA, SOLANA, "web3_wallet"),
    ],
)
def test_identifiers_are_recognised_and_written_down_in_lower_case(
    api: Client, path: str, sent: Any, stored: Any, kind: str
) -> None:
    made = api.post(path, {"identifier": sent}).json
    assert (made["identifier"], made["identifier_type"]) == (stored, kind)


@pytest.mark.parametrize(
    "text",
    ["example.com", "@example.com", " a@x.example", "a@x.example ", "a@x.example\n", "\u00a0a@x.example", "a@x", "a@@x.example",
     "+1 555 555 0100", "+1-555-555-0100", "15555550100", "+05555550100", "0x52", EVM[:-1], "ada", "", "a@*.x.*"],
)  # fmt: skip
def test_what_is_no_identifier_is_refused_and_white_space_is_not_trimmed(
    api: Client, path: str, text: str
) -> None:
    reply = api.post(path, {"identifier": text})
    assert (reply.status, reply.codes, reply.params) == (422, ["form_param_format_invalid"], ["identifier"])


def test_an_identifier_is_needed(api: Client, path: str) -> None:
    assert api.post(path, {}).codes == ["form_param_missing"]


def test_a_duplicate_is_refused_with_400_also_in_other_letter_case(api: Client, path: str) -> None:
    api.post(path, {"identifier": "a@x.example"})
    reply = api.post(path, {"identifier": "A@x.example"})
    assert (reply.status, reply.codes) == (400, ["duplicate_record"])
    assert len(api.get(path, limit="500").json) in {1, 2}


def test_an_identifier_may_stand_on_both_lists(api: Client) -> None:
    assert {api.post(f"/{one}", {"identifier": "a@x.example"}).status for one in LISTS} == {200}


def test_an_entry_can_be_deleted_and_added_again(api: Client, path: str) -> None:
    made = api.post(path, {"identifier": "a@x.example"}).json
    assert api.delete(f"{path}/{made['id']}").json["deleted"] is True
    assert api.delete(f"{path}/{made['id']}").codes == ["resource_not_found"]
    assert api.post(path, {"identifier": "a@x.example"}).status == 200


def test_an_entry_can_neither_be_read_alone_nor_changed(api: Client, path: str) -> None:
    made = api.post(path, {"identifier": "a@x.example"}).json
    assert api.get(f"{path}/{made['id']}").status == 405
    assert api.patch(f"{path}/{made['id']}", {"identifier": "b@x.example"}).status == 405


def test_notify_invites_people_who_can_be_reached(api: Client) -> None:
    made = api.post("/allowlist_identifiers", {"identifier": "a@x.example", "notify": True}).json
    assert made["invitation_id"].startswith("inv_")
    assert "notify" not in made
    assert [one["identifier"] for one in api.store.data["invitations"]] == ["a@x.example"]


@pytest.mark.parametrize("body", [{"identifier": "*@x.example", "notify": True}, {"identifier": EVM, "notify": True},
                                  {"identifier": "a@x.example"}, {"identifier": "a@x.example", "notify": False}])  # fmt: skip
def test_nobody_is_invited_by_a_pattern_or_a_wallet_or_unasked(api: Client, body: Any) -> None:
    assert "invitation_id" not in api.post("/allowlist_identifiers", body).json
    assert api.store.data["invitations"] == []


def test_unknown_names_are_refused_in_an_entry(api: Client, path: str) -> None:
    reply = api.post(path, {"identifier": "a@x.example", "comment": "Ada"})
    assert (reply.status, reply.codes) == (422, ["form_param_unknown"])


def test_without_the_feature_a_list_can_neither_be_read_nor_written_nor_emptied(
    production: Client, path: str
) -> None:
    replies = [
        production.get(path),
        production.post(path, {"identifier": "a@x.example"}),
        production.delete(path + "/x"),
    ]
    assert {(one.status, *one.codes) for one in replies} == {(402, "unsupported_subscription_plan_features")}


def test_each_list_has_a_feature_of_its_own(instance: Callable[..., Client]) -> None:
    api = instance(type="production", features=frozenset({"blocklist"}))
    assert api.get("/blocklist_identifiers").status == 200
    reply = api.get("/allowlist_identifiers")
    assert reply.json["errors"][0]["meta"]["unsupported_features"] == ["allowlist"]
