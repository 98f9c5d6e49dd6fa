from __future__ import annotations

from reconcile.calls import calls, count
from reconcile.model import Action, Call, Change, Plan, Ref, Value
from tests.lab import known
from tests.plan.things import INSTANCE, KINDS, SWITCH, THING, change

BODY = {"name": Value("a")}
ON = Value(value=True)


def test_creating_posts_to_the_list() -> None:
    assert calls(THING, change(action=Action.CREATE, body=BODY)) == (Call("POST", "/things", BODY),)


def test_updating_patches_the_member() -> None:
    assert calls(THING, change(id="id-a", body=BODY)) == (Call("PATCH", "/things/id-a", BODY),)


def test_asserting_is_an_update() -> None:
    assert calls(THING, change(action=Action.ASSERT, id="x", body=BODY)) == (
        Call("PATCH", "/things/x", BODY),
    )


def test_deleting_has_no_body() -> None:
    assert calls(THING, change(action=Action.DELETE, id="id-a")) == (Call("DELETE", "/things/id-a"),)


def test_replacing_is_deleting_and_creating() -> None:
    assert calls(THING, change(action=Action.REPLACE, id="id-a", body=BODY)) == (
        Call("DELETE", "/things/id-a"),
        Call("POST", "/things", BODY),
    )


def test_reverting_posts_below_the_member() -> None:
    kind = known().kinds["email_template"]
    revert = Change("email_template/a", kind.name, "a", Action.REVERT, id="a")

    assert calls(kind, revert) == (Call("POST", "/templates/email/a/revert", repeatable=True),)


def test_a_shortcut_sets_one_field_and_may_be_taken_twice() -> None:
    kind = known().kinds["email_template"]
    body = {"delivered_by_clerk": Value(value=False)}
    toggle = Change("email_template/a", kind.name, "a", Action.UPDATE, id="a", body=body)

    assert calls(kind, toggle) == (Call("POST", "/templates/email/a/toggle_delivery", body, repeatable=True),)


def test_a_singleton_has_no_id_in_its_path() -> None:
    change = Change("switch", "switch", "", Action.UPDATE, body={"on": ON})

    assert calls(SWITCH, change) == (Call("PATCH", "/switch", {"on": ON}),)


def test_whatever_stands_in_an_id_is_one_part_of_the_path() -> None:
    assert (
        calls(THING, change(action=Action.DELETE, id="../a?b#c/ü"))[0].path
        == "/things/..%2Fa%3Fb%23c%2F%C3%BC"
    )


def test_a_switch_and_what_needs_it_are_two_calls() -> None:
    kind = known().kinds["organization_settings"]
    role = Ref("organization_role/org:admin")
    both = Change(kind.name, kind.name, "", Action.UPDATE, body={"enabled": ON, "creator_role_id": role})
    alone = Change(kind.name, kind.name, "", Action.UPDATE, body={"enabled": ON})
    off = Change(kind.name, kind.name, "", Action.UPDATE, body={"enabled": Value(value=False), "x": role})

    assert [call.body for call in calls(kind, both)] == [{"enabled": ON}, {"creator_role_id": role}]
    assert [call.body for call in calls(kind, alone)] == [{"enabled": ON}]
    assert len(calls(kind, off)) == 1


def test_the_writes_of_a_plan_are_counted() -> None:
    changes = (change("a", Action.REPLACE, body=BODY), change("b", Action.DELETE))

    assert count(KINDS, Plan("local", INSTANCE, changes=changes)) == 3
