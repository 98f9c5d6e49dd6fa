from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reconcile.diff import digest
from reconcile.model import Action, Live, Ref, Value
from reconcile.plan import Staleness, judge
from tests.lab import known
from tests.plan.things import INSTANCE, THING, change, live

if TYPE_CHECKING:
    from reconcile.model import Change
    from tests.lab import Lab

SEEN = digest(THING, {"name": "a", "size": 1})
UPDATE = change(id="id-a", live_digest=SEEN, body={"size": Value(2)})
CREATE = change(action=Action.CREATE, body={"name": Value("a"), "size": Value(2)})
DELETE = change(action=Action.DELETE, id="id-a", live_digest=SEEN)


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


def test_what_cannot_be_read_cannot_be_stale() -> None:
    assert judge(THING, UPDATE, Live(INSTANCE)) is Staleness.FRESH


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
