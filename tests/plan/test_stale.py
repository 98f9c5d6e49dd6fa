from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from reconcile.diff import digest
from reconcile.model import (
    ABSENT,
    UNREADABLE,
    Action,
    Field,
    FieldChange,
    Live,
    Match,
    Memory,
    Object,
    Recall,
    Ref,
    Reference,
    Value,
)
from reconcile.plan import Staleness, Took, judge, remaining, stale_findings, took
from tests.lab import known
from tests.plan.things import INSTANCE, THING, change, live

if TYPE_CHECKING:
    from reconcile.model import Change
    from tests.lab import Lab

SEEN = digest(THING, {"name": "a", "size": 1})
UPDATE = change(id="id-a", live_digest=SEEN, body={"size": Value(2)})
CREATE = change(action=Action.CREATE, body={"name": Value("a"), "size": Value(2)})
DELETE = change(action=Action.DELETE, id="id-a", live_digest=SEEN)
KNOWN = {"name": Value("a"), "size": Value(1)}


def said(planned: Change, now: Live) -> list[str]:
    """What is said about a stale change, without the address that each of it names."""
    found = list(stale_findings(THING, planned, now))
    assert {item.address for item in found} == {planned.address}
    return [item.message for item in found]


@pytest.mark.parametrize(
    ("planned", "found", "verdict"),
    [
        (UPDATE, {"a": {"size": 1}}, Staleness.FRESH),
        (UPDATE, {"a": {"size": 3}}, Staleness.STALE),
        (UPDATE, {"a": {"size": 1, "undeclared": 1}}, Staleness.STALE),
        (UPDATE, {"a": {"size": 2}}, Staleness.DONE),
        (UPDATE, {"a": {"size": 2, "undeclared": 1}}, Staleness.DONE),
        (UPDATE, {}, Staleness.STALE),
        (CREATE, {}, Staleness.FRESH),
        (CREATE, {"b": {"size": 2}}, Staleness.FRESH),
        (CREATE, {"a": {"size": 2}}, Staleness.DONE),
        (CREATE, {"a": {"size": 1}}, Staleness.STALE),
        (DELETE, {"a": {"size": 1}}, Staleness.FRESH),
        (DELETE, {}, Staleness.DONE),
        (DELETE, {"a": {"size": 2}}, Staleness.STALE),
    ],
)
def test_each_change_is_held_against_the_instance(
    planned: Change, found: dict[str, Any], verdict: Staleness
) -> None:
    assert judge(THING, planned, live(found)) is verdict


def test_what_never_could_be_read_cannot_be_stale() -> None:
    assert judge(THING, change(body={"size": Value(2)}), Live(INSTANCE)) is Staleness.FRESH


def test_what_could_be_read_and_cannot_any_more_is_stale() -> None:
    assert judge(THING, UPDATE, Live(INSTANCE)) is Staleness.STALE
    assert said(UPDATE, Live(INSTANCE)) == ["could be read when this was planned, and cannot be read now"]


def test_a_rename_is_found_under_its_old_name_by_id() -> None:
    old = digest(THING, {"name": "old", "size": 1})
    rename = change("new", id="id-old", live_digest=old, body={"name": Value("new")})

    assert judge(THING, rename, live({"old": {"size": 1}})) is Staleness.FRESH
    assert judge(THING, rename, live({"old": {"size": 2}})) is Staleness.STALE
    assert judge(THING, rename, live({"new": {"size": 1}})) is Staleness.DONE
    assert judge(THING, rename, live({"other": {}})) is Staleness.STALE


def test_a_secret_that_cannot_be_compared_is_never_done() -> None:
    planned = change(id="id-a", live_digest=SEEN, body={"size": Value(2), "secret": Value("x")})

    assert judge(THING, planned, live({"a": {"size": 2}})) is Staleness.STALE


def test_a_secret_that_a_receipt_vouches_for_is_done() -> None:
    planned = change(id="id-a", live_digest=SEEN, body={"size": Value(2), "secret": Value("x")})
    sent = Memory(lambda *asked: Recall(Match.SAME if asked[1] == ("secret",) else Match.NONE))

    assert judge(THING, planned, live({"a": {"size": 2}}), sent) is Staleness.DONE


def test_what_only_counts_while_creating_does_not_count_afterwards() -> None:
    field = Field("notify", write_only=True, create_only=True)
    kind = replace(THING, fields={**THING.fields, "notify": field})
    planned = change(action=Action.CREATE, body={"name": Value("a"), "notify": Value(value=True)})

    assert judge(kind, planned, live({"a": {}})) is Staleness.DONE


def test_a_key_in_another_letter_case_is_the_same_key() -> None:
    objects = {"a": Object("a", "id-a", {"name": "A", "size": 2})}

    assert judge(THING, CREATE, Live(INSTANCE, {"thing": objects})) is Staleness.DONE


def test_a_value_that_the_service_is_known_to_rewrite_is_as_wanted() -> None:
    memory = Memory(rewritten=lambda *asked: asked == ("thing/a", "size", 2, 20))

    assert judge(THING, CREATE, live({"a": {"size": 20}}), memory) is Staleness.DONE
    assert judge(THING, CREATE, live({"a": {"size": 20}})) is Staleness.STALE


def test_a_reference_is_compared_by_the_key_that_it_is_read_as() -> None:
    reference = Reference(kind="owner", path="/owners", key="name", written_as="owner_id")
    kind = replace(THING, references={"owner": reference}, fields={**THING.fields, "owner": Field("owner")})
    planned = change(id="id-a", live_digest=SEEN, body={"owner_id": Ref("owner/x/y")})

    assert judge(kind, planned, live({"a": {"owner": "x/y"}})) is Staleness.DONE
    assert judge(kind, planned, live({"a": {"owner": "z"}})) is Staleness.STALE


def test_a_reference_that_cannot_be_compared_is_never_done() -> None:
    planned = change(id="id-a", live_digest=SEEN, body={"owner_id": Ref("owner/x")})

    assert judge(THING, planned, live({"a": {"size": 2}})) is Staleness.STALE


def test_a_revert_is_done_once_the_override_is_gone(lab: Lab) -> None:
    lab.api.put("/templates/email/passkey_added", {"name": "N", "subject": "s", "body": "b"})
    planned = lab.plan(lab.want("email_templates: {passkey_added: {state: default}}")).changes[0]
    kind = known().kinds[planned.kind]

    assert judge(kind, planned, lab.live(kind.name)) is Staleness.FRESH
    lab.api.put("/templates/email/passkey_added", {"name": "N", "subject": "other", "body": "b"})
    assert judge(kind, planned, lab.live(kind.name)) is Staleness.STALE
    lab.api.post("/templates/email/passkey_added/revert")
    assert judge(kind, planned, lab.live(kind.name)) is Staleness.DONE


@pytest.mark.parametrize(
    ("planned", "found", "words"),
    [
        (UPDATE, {"a": {"size": 3}}, ["size was 1 when this was planned, and is 3"]),
        (UPDATE, {"a": {"size": 1, "shape": "b"}}, ['shape was not there when this was planned, and is "b"']),
        (UPDATE, {"a": {}}, ["size was 1 when this was planned, and is not there"]),
        (UPDATE, {}, ["was there when this was planned, and is gone"]),
        (
            UPDATE,
            {"a": {"size": 1, "later": 1}},
            ["changed since this was planned, in a field that this version does not know"],
        ),
        (
            replace(UPDATE, id="id-older"),
            {"a": {"size": 1}},
            ["was removed and made again: its id was id-older, and is id-a"],
        ),
        (
            CREATE,
            {"a": {"size": 1}},
            ["was not there when this was planned, and is there now", "size is planned as 2, and is 1"],
        ),
        (
            change(action=Action.CREATE, body={"name": Value("a"), "secret": Value("x")}),
            {"a": {}},
            ["was not there when this was planned, and is there now", "secret cannot be read back"],
        ),
        (
            replace(DELETE, live={}, fields=(FieldChange(("size",), Value(1), ABSENT),)),
            {"a": {"size": 2}},
            [
                'name was not there when this was planned, and is "a"',
                "size was 1 when this was planned, and is 2",
            ],
        ),
    ],
)
def test_what_has_changed_is_said_with_both_values(
    planned: Change, found: dict[str, Any], words: list[str]
) -> None:
    known = planned if planned.action is Action.DELETE else replace(planned, live=KNOWN)

    assert said(known, live(found)) == words


def test_a_difference_deep_inside_a_map_is_named_by_its_path() -> None:
    planned = replace(UPDATE, live={**KNOWN, "size": Value({"x": {"y": 1}, "z": 2})})

    assert said(planned, live({"a": {"size": {"x": {"y": 2}, "z": 2}}})) == [
        "size.x.y was 1 when this was planned, and is 2"
    ]


def test_of_long_texts_the_part_is_shown_where_they_begin_to_differ() -> None:
    planned = replace(UPDATE, live={**KNOWN, "size": Value("=" * 500 + "one" + "-" * 500)})
    (message,) = said(planned, live({"a": {"size": "=" * 500 + "two" + "-" * 500}}))

    assert len(message) < 200
    assert "…====================one-----" in message
    assert "…====================two-----" in message


def test_what_remains_of_a_change_is_what_the_instance_does_not_show() -> None:
    two = replace(UPDATE, body={"size": Value(2), "shape": Value("b"), "secret": Value("x")})
    half = remaining(THING, two, live({"a": {"size": 2, "shape": "c"}}))

    assert half
    assert [item.path for item in half.fields] == [("shape",), ("secret",)]
    assert remaining(THING, UPDATE, live({"a": {"size": 2}})) is None
    assert remaining(THING, DELETE, live({"a": {"size": 1}})) == DELETE
    assert remaining(THING, DELETE, live({})) is None
    assert remaining(THING, CREATE, live({})) == CREATE


def test_of_what_cannot_be_read_that_remains_which_no_receipt_vouches_for() -> None:
    sent = Memory(lambda *_: Recall(Match.SAME))

    assert remaining(THING, UPDATE, Live(INSTANCE))
    assert remaining(THING, UPDATE, Live(INSTANCE), sent) is None


def test_nothing_remains_to_be_seen_of_what_the_service_has_taken_away() -> None:
    assert remaining(THING, UPDATE, Live(INSTANCE, missing={"thing": "gone"})) is None


def test_an_undeclared_field_of_a_template_is_named_with_both_values(lab: Lab) -> None:
    lab.api.put("/templates/email/passkey_added", {"name": "N", "subject": "before", "body": "b"})
    planned = lab.plan(lab.want("email_templates: {passkey_added: {reply_to_email_name: x}}")).changes[0]
    lab.api.put("/templates/email/passkey_added", {"name": "N", "subject": "after", "body": "b"})
    kind = known().kinds[planned.kind]
    messages = [item.message for item in stale_findings(kind, planned, lab.live(kind.name))]

    assert messages == ['subject was "before" when this was planned, and is "after"']


# --- what became of a change of which nobody knows ---


@pytest.mark.parametrize(
    ("planned", "objects", "found"),
    [
        (UPDATE, {"a": {"size": 2}}, Took.YES),
        (UPDATE, {"a": {"size": 1}}, Took.NO),
        (UPDATE, {}, Took.NO),
        (CREATE, {}, Took.NO),
        (DELETE, {}, Took.YES),
        (DELETE, {"a": {"size": 1}}, Took.NO),
    ],
)
def test_whether_a_change_took_is_read_from_the_instance(
    planned: Change, objects: dict[str, dict[str, Any]], found: Took
) -> None:
    assert took(THING, planned, live(objects)) is found


def test_nobody_can_tell_whether_it_took_what_cannot_be_read() -> None:
    rotated = FieldChange(("secret",), UNREADABLE, Value("new"))
    resized = FieldChange(("size",), Value(1), Value(2))
    body = {"name": Value("a"), "size": Value(2), "secret": Value("new")}
    now = live({"a": {"size": 2}})
    alone = change(id="id-a", body=body, fields=(rotated,))

    assert took(THING, alone, now) is Took.UNSEEN, "what went along was the same before"
    assert took(THING, change(id="id-a", body=body, fields=(rotated, resized)), now) is Took.YES
    assert took(THING, alone, Live(INSTANCE)) is Took.UNSEEN
    assert took(THING, alone, Live(INSTANCE, missing={"thing": "gone"})) is Took.UNSEEN
