"""What a run found, and the wishes that bring it back."""

from __future__ import annotations

from dataclasses import replace

from reconcile.model import (
    Action,
    Change,
    Declared,
    Desired,
    FieldChange,
    Instance,
    Live,
    Object,
    Origin,
    Plan,
    Secret,
    Section,
    Value,
)
from reconcile.rollback import Before, Was, keys_of, since, snapshot, undo, without
from tests.lab import known

KINDS = known().kinds
HERE = Instance("ins_1", "development")
NO_FILES = Desired()


def change(kind: str, key: str, action: Action, identity: str = "", **body: object) -> Change:
    return Change(
        KINDS[kind].address(key),
        kind,
        key,
        action,
        id=identity,
        body=dict(body),  # type: ignore[arg-type]
    )


def live(kind: str, *objects: Object) -> Live:
    return Live(HERE, {kind: {one.key: one for one in objects}})


def found(one: Change, state: Live) -> Before:
    (before,) = snapshot(KINDS, Plan("e", HERE, (one,)), state)
    return before


def test_what_was_there_is_kept_without_secrets() -> None:
    there = Object(
        "a", "1", {"name": "a", "lifetime": 60, "signing_key": "never returned", "claims": {"b": 1}}
    )

    before = found(change("jwt_template", "a", Action.UPDATE, "1"), live("jwt_template", there))

    assert (before.was, before.key, before.now) == (Was.THERE, "a", "a")
    assert before.fields == {"name": "a", "lifetime": 60, "claims": {"b": 1}}


def test_what_was_not_there_and_what_nobody_could_see_are_two_things() -> None:
    assert found(change("redirect_url", "a://b", Action.CREATE), live("redirect_url")).was is Was.ABSENT
    assert found(change("restrictions", "", Action.ASSERT), Live(HERE)).was is Was.UNSEEN


def test_a_renamed_object_is_found_by_its_id_and_gets_its_name_back() -> None:
    there = Object("old", "1", {"name": "old", "lifetime": 60})
    before = replace(
        found(change("jwt_template", "new", Action.UPDATE, "1"), live("jwt_template", there)),
        sent=("name", "lifetime"),
    )

    back = undo(KINDS, [before], NO_FILES)

    assert back.addresses == {"jwt_template/old", "jwt_template/new"}
    wanted = back.desired.sections["jwt_template"].objects["old"]
    assert (wanted.renamed_from, wanted.fields) == ("new", {"lifetime": Value(60)})


def test_what_was_not_there_has_to_go_and_nothing_is_lost() -> None:
    back = undo(
        KINDS,
        [Before("redirect_url/a://b", "redirect_url", Action.CREATE, Was.ABSENT, "a://b", "a://b")],
        NO_FILES,
    )

    section = back.desired.sections["redirect_url"]
    assert (section.prune, section.objects) == (True, {})
    assert back.added == ("redirect_url/a://b",)
    assert back.cannot == ()


def test_what_was_deleted_comes_back_with_another_id() -> None:
    gone = Before(
        "redirect_url/a://b", "redirect_url", Action.DELETE, Was.THERE, "a://b", "a://b", {"url": "a://b"}
    )

    back = undo(KINDS, [gone], NO_FILES)

    assert "a://b" in back.desired.sections["redirect_url"].objects
    assert back.cannot == ("redirect_url/a://b: comes back with another id",)


def test_messages_that_were_sent_stay_sent() -> None:
    told = found(
        change("allowlist", "a@b.example", Action.CREATE, notify=Value(value=True)), live("allowlist")
    )

    assert undo(KINDS, [told], NO_FILES).cannot == (
        "allowlist/a@b.example: the message that was sent because of it",
    )


def test_what_nobody_could_see_is_named_and_left_alone() -> None:
    back = undo(
        KINDS,
        [Before("restrictions", "restrictions", Action.ASSERT, Was.UNSEEN, sent=("allowlist",))],
        NO_FILES,
    )

    assert back.desired.sections == {}
    assert back.cannot == (
        "restrictions: nobody could read how it was before; set allowlist by hand if need be",
    )


def test_a_template_that_was_the_services_own_becomes_that_again() -> None:
    kind = KINDS["email_template"]
    field, override = kind.overridden
    own = Before(
        "email_template/a", kind.name, Action.UPDATE, Was.THERE, "a", "a", {field: f"not {override}"}
    )
    mine = Before(
        "email_template/b",
        kind.name,
        Action.UPDATE,
        Was.THERE,
        "b",
        "b",
        {field: override, "subject": "s", "body": "other"},
        ("subject",),
    )

    objects = undo(KINDS, [own, mine], NO_FILES).desired.sections[kind.name].objects

    assert objects["a"].default
    assert not objects["b"].default
    assert objects["b"].fields == {"subject": Value("s")}


def test_secrets_come_from_the_files_and_others_are_named() -> None:
    secret = Secret("KEY", "x")
    files = Desired(
        {
            "jwt_template": Section(
                Origin("f"), {"a": Declared("a", Origin("f"), {"signing_key": secret, "lifetime": Value(1)})}
            )
        }
    )
    before = Before(
        "jwt_template/a",
        "jwt_template",
        Action.UPDATE,
        Was.THERE,
        "a",
        "a",
        {"lifetime": 60},
        ("lifetime", "signing_key"),
    )

    back = undo(KINDS, [before], files)

    assert back.desired.sections["jwt_template"].objects["a"].fields == {
        "lifetime": Value(60),
        "signing_key": secret,
    }
    assert back.cannot == (
        "jwt_template/a: signing_key: nobody could read what it was before, so it stays as it is",
    )


def test_what_named_nothing_cannot_be_sent_as_nothing() -> None:
    before = Before(
        "organization_settings",
        "organization_settings",
        Action.UPDATE,
        Was.THERE,
        fields={"creator_role": "", "enabled": False},
        sent=("creator_role", "enabled", "unknown"),
    )

    back = undo(KINDS, [before], NO_FILES)

    assert back.desired.sections["organization_settings"].objects[""].fields == {
        "enabled": Value(value=False)
    }
    assert back.cannot == (
        "organization_settings: creator_role: was empty before, and no call empties it, so it stays as it is",
    )


def test_what_was_deleted_since_comes_back_whole_and_what_is_there_only_as_far_as_it_was_set() -> None:
    kind = KINDS["jwt_template"]
    was = Before(
        "jwt_template/new", kind.name, Action.UPDATE, Was.THERE, "old", "new", {"lifetime": 60}, ("name",)
    )
    added = replace(was, was=Was.ABSENT)

    assert since(was, kind, live(kind.name)).action is Action.DELETE
    for key in ("old", "new"):
        assert since(was, kind, live(kind.name, Object(key, "1", {}))) == was
    assert since(was, kind, Live(HERE)) == was, "nobody can see whether it is there"
    assert since(added, kind, live(kind.name)) == added


def test_of_hundreds_of_new_ids_some_are_told_and_none_hides_what_is_lost() -> None:
    gone = [
        Before(
            f"redirect_url/a://{number}",
            "redirect_url",
            Action.DELETE,
            Was.THERE,
            f"a://{number}",
            "",
            {"url": "x"},
        )
        for number in range(300)
    ]
    unseen = Before("restrictions", "restrictions", Action.ASSERT, Was.UNSEEN, sent=("allowlist",))

    told = undo(KINDS, [*gone, unseen], NO_FILES).told

    assert len(told) == 22
    assert told[0].startswith("restrictions: nobody could read")
    assert told[-2:] == (
        "redirect_url/a://19: comes back with another id",
        "and 280 more, each of which comes back with another id",
    )


def test_a_renamed_object_is_known_by_both_of_its_names() -> None:
    renamed = replace(
        change("jwt_template", "new", Action.UPDATE, "1"),
        fields=(
            FieldChange(("name",), Value("old"), Value("new")),
            FieldChange(("lifetime",), Value(1), Value(2)),
        ),
    )

    assert keys_of(renamed, KINDS["jwt_template"]) == ("new", "old")
    assert keys_of(replace(renamed, action=Action.DELETE), KINDS["jwt_template"]) == ("new",)


def test_nothing_waits_for_wishes_that_cannot_be_fulfilled() -> None:
    wishes = {key: Declared(key, Origin("")) for key in ("a", "b")}
    desired = Desired({"jwt_template": Section(Origin(""), objects=wishes, prune=True)})

    left = without(desired, {"jwt_template/a"}, KINDS).sections["jwt_template"]
    assert (left.objects, left.prune) == ({"b": wishes["b"]}, True)
