from __future__ import annotations

import json
from typing import Any

from tests.conformance import install
from tests.conformance.clients import CLIENTS, Story
from tests.conformance.relay import Message

PHASES = json.loads((install.PINS / "steps.json").read_text("utf-8"))
STATE = {"jwt_template/hasura": {"lifetime": 60}}


def sent(body: Any, status: int = 200, answer: Any = None) -> Message:
    headers = {"clerk-api-version": "2025-11-10"}
    return Message("PATCH", "/v1/instance/protect", {}, headers, body, status, {}, answer)


def heard(*messages: Message, lines: tuple[Any, ...] = (), phase: str = "update") -> list[str]:
    """What a story objects to after one phase."""
    story = Story(CLIENTS[0])
    story.messages += messages
    story.hear(phase, lines, messages, STATE)
    return [f"{one.operation}: {one.about}: {one.message}" for one in story.verdict().violations]


def line(fields: Any, **more: Any) -> Any:
    return {
        "verb": "update",
        "kind": "protect",
        "key": "",
        "call": "protect.update",
        "fields": fields,
        **more,
    }


def test_a_client_that_sends_what_it_is_given_is_not_objected_to() -> None:
    assert heard(sent({"specter_enabled": False}), lines=(line({"specter_enabled": False}),)) == []


def test_a_field_that_is_lost_or_made_up_on_the_way_is_named() -> None:
    found = heard(sent({"claims": {}, "extra": 1}), lines=(line({"claims": {"a": 1}}),))
    assert found == [
        'protect.update: request body.claims: given {"a": 1}, and sent {}',
        "protect.update: request body.extra: given nothing, and sent 1",
    ]


def test_a_refused_write_and_an_error_of_the_client_are_objections() -> None:
    found = heard(sent({}, 402, {"errors": []}), lines=(line({}, error="ClerkError: no"),))
    assert found == ["protect.update: error: ClerkError: no", 'protect.update: status 402: {"errors": []}']


def test_a_write_that_was_never_sent_and_one_that_nobody_asked_for_are_objections() -> None:
    assert heard(lines=(line({"a": 1}),)) == ["protect.update: request protect: was not sent"]
    assert heard(sent({"a": 1})) == ["protect: request protect: was sent, and nobody asked for it"]


def test_a_rehearsal_must_send_nothing() -> None:
    asked = (line({"a": 1}, verb="rehearse"),)
    assert heard(lines=asked, phase="rehearse") == []
    assert heard(sent({"a": 1}), lines=asked, phase="rehearse") != []


def test_a_list_that_misses_an_object_or_shows_another_value_is_objected_to() -> None:
    look = {"verb": "look", "kind": "jwt_template", "call": "list"}
    assert heard(lines=({**look, "items": {"hasura": {"lifetime": 60, "more": 1}}},), phase="look") == []
    assert heard(lines=({**look, "items": {}},), phase="look") == [
        "list: list jwt_template: does not show hasura"
    ]
    wrong = ({**look, "items": {"hasura": {"lifetime": 5}}},)
    assert heard(lines=wrong, phase="look") == ["list: response lifetime: shows 5, and 60 is there"]


def test_the_version_is_what_the_headers_say() -> None:
    story = Story(CLIENTS[0])
    assert story.version() == "none"
    story.messages.append(sent({}))
    assert story.version() == "2025-11-10"


def test_transcripts_name_the_package_and_no_ids() -> None:
    story = Story(CLIENTS[0])
    story.said.append("  > DELETE /v1/jwt_templates/jtmp_0M6cMJcYwwpvW9G1O7CNRw4AqVx 200")
    assert story.transcript().splitlines() == [
        f"clerk-backend-api {install.versions()['clerk-backend-api']}; the version of the API that it names: none",
        "  > DELETE /v1/jwt_templates/ID 200",
    ]


def test_what_the_clients_make_and_delete_is_the_same_in_the_end() -> None:
    made = {(step["kind"], step["key"]) for step in PHASES["create"]}
    deleted = {(step["kind"], step["key"]) for step in PHASES["delete"]}
    pruned = {("allowlist", "eve@elsewhere.example"), ("redirect_url", "https://elsewhere.example/callback")}
    assert made - deleted == pruned
