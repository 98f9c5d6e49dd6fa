"""What a pull does about each difference, on plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reconcile.model import (
    ABSENT,
    Baseline,
    Declared,
    Desired,
    Instance,
    Live,
    Object,
    Origin,
    Secret,
    Section,
    Tagged,
    Value,
)
from reconcile.plan import make_plan
from reconcile.pull import Pulled, Verdict, Wish, pulled
from tests.lab import known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Fields

HERE = Instance("ins_1", "development")
FILE = Origin("jwt.yml", 2)
TAKEN, ADDED, REMOVED, LEFT, CONFLICT = Verdict


def said(fields: Mapping[str, Any]) -> Fields:
    return {name: one if isinstance(one, Secret) else Value(one) for name, one in fields.items()}


def declared(key: str, fields: Mapping[str, Any], **words: Any) -> Declared:
    return Declared(key, FILE, said(fields), **words)


def wanting(kind: str, *objects: Declared, prune: bool = False) -> Desired:
    return Desired({kind: Section(FILE, {one.key: one for one in objects}, prune=prune)})


def holding(kind: str, **objects: Mapping[str, Any]) -> Live:
    return Live(HERE, {kind: {key: Object(key, f"id_{key}", fields) for key, fields in objects.items()}})


def decided(desired: Desired, live: Live, base: Desired | None = None) -> Pulled:
    kinds, schemas = known().kinds, known().schemas
    plan = make_plan(kinds, desired, live)
    return pulled(
        kinds, schemas, desired, live, Baseline(base, "2026-01-01T00:00:00Z") if base else None, plan
    )


def verdicts(found: Pulled) -> dict[tuple[object, ...], Verdict]:
    return {(item.address, *item.path): item.verdict for item in found.items}


def token(**fields: Any) -> Declared:
    return declared("a", fields)


def test_each_field_is_judged_and_what_is_taken_is_wished() -> None:
    file = token(lifetime=60, claims={"x": 1, "y": 1}, allowed_clock_skew=7)
    base = token(lifetime=60, claims={"x": 1, "y": 2}, allowed_clock_skew=5)
    live = holding(
        "jwt_template", a={"name": "a", "lifetime": 90, "claims": {"x": 2, "y": 2}, "allowed_clock_skew": 6}
    )

    found = decided(wanting("jwt_template", file), live, wanting("jwt_template", base))

    assert verdicts(found) == {
        ("jwt_template/a", "lifetime"): TAKEN,
        ("jwt_template/a", "claims", "x"): TAKEN,
        ("jwt_template/a", "claims", "y"): LEFT,
        ("jwt_template/a", "allowed_clock_skew"): CONFLICT,
    }
    assert found.wishes == (
        Wish("jwt_template", "a", {"lifetime": Value(90), "claims": Value({"x": 2, "y": 1})}),
    )
    assert found.items[0].origin == FILE


def test_a_field_that_was_not_declared_when_both_agreed_is_new_in_the_files() -> None:
    live = holding("jwt_template", a={"name": "a", "lifetime": 90, "claims": {}})

    found = decided(
        wanting("jwt_template", token(lifetime=60)), live, wanting("jwt_template", token(claims={}))
    )

    assert verdicts(found) == {("jwt_template/a", "lifetime"): LEFT}
    assert found.wishes == ()


def test_an_object_that_was_not_declared_when_both_agreed_is_new_in_the_files() -> None:
    desired = wanting("jwt_template", token(lifetime=60), declared("b", {"claims": {}}))
    live = holding("jwt_template", a={"name": "a", "lifetime": 90, "claims": {}})

    assert verdicts(decided(desired, live, Desired())) == {
        ("jwt_template/a", "lifetime"): LEFT,
        ("jwt_template/b",): LEFT,
    }


@pytest.mark.parametrize(
    ("base", "verdict"),
    [
        (None, REMOVED),
        ({"claims": {}, "lifetime": 60}, REMOVED),
        ({"claims": {}, "lifetime": 90}, CONFLICT),
        ({"claims": {}}, CONFLICT),
    ],
)
def test_what_is_gone_leaves_the_files_unless_they_have_changed(
    base: dict[str, Any] | None, verdict: Verdict
) -> None:
    file = wanting("jwt_template", token(claims={}, lifetime=60, signing_key=Secret("KEY")))
    agreed = None if base is None else wanting("jwt_template", declared("a", base))

    found = decided(file, holding("jwt_template"), agreed)

    assert verdicts(found) == {("jwt_template/a",): verdict}
    assert found.wishes == ((Wish("jwt_template", "a", gone=True),) if verdict is REMOVED else ())


@pytest.mark.parametrize(
    ("base", "verdict"),
    [(None, ADDED), (Desired(), ADDED), ({"lifetime": 90}, LEFT), ({"lifetime": 60}, CONFLICT)],
)
def test_what_is_not_declared_in_a_complete_section_is_new_or_was_taken_out(
    base: Any, verdict: Verdict
) -> None:
    live = holding(
        "jwt_template", b={"name": "b", "lifetime": 90, "claims": {"x": 1}, "allowed_clock_skew": 5}
    )
    agreed = wanting("jwt_template", declared("b", base)) if isinstance(base, dict) else base

    found = decided(wanting("jwt_template", prune=True), live, agreed)

    assert verdicts(found) == {("jwt_template/b",): verdict}
    added = Wish("jwt_template", "b", {"claims": Value({"x": 1}), "lifetime": Value(90)}, new=True)
    assert found.wishes == ((added,) if verdict is ADDED else ())


def test_what_is_not_declared_otherwise_is_unmanaged() -> None:
    found = decided(wanting("jwt_template"), holding("jwt_template", b={"name": "b"}))

    assert (found.items, found.unmanaged) == ((), ("jwt_template/b",))


def test_a_rename_waits_to_be_applied() -> None:
    file = wanting("jwt_template", Declared("new", FILE, {"lifetime": Value(60)}, renamed_from="old"))

    found = decided(file, holding("jwt_template", old={"name": "old", "lifetime": 60}))

    assert verdicts(found) == {("jwt_template/new",): LEFT}


OURS: dict[str, Any] = {
    "slug": "a",
    "resource_type": "user",
    "subject": "s",
    "body": "b",
    "delivered_by_clerk": True,
}
THEIRS = {**OURS, "resource_type": "system", "subject": "t"}


def test_a_template_that_is_the_service_s_own_again_leaves_the_files() -> None:
    found = decided(
        wanting("email_template", declared("a", {"subject": "s"})), holding("email_template", a=THEIRS)
    )

    assert found.wishes == (Wish("email_template", "a", gone=True),)


def test_a_switch_of_a_template_alone_is_a_value_like_any_other() -> None:
    file = wanting("sms_template", declared("a", {"delivered_by_clerk": False}))

    found = decided(file, holding("sms_template", a=THEIRS))

    assert found.wishes == (Wish("sms_template", "a", {"delivered_by_clerk": Value(value=True)}),)


@pytest.mark.parametrize(
    ("base", "verdict"),
    [
        (None, TAKEN),
        (declared("a", {}, default=True), TAKEN),
        (declared("a", {"subject": "s"}), LEFT),
        (declared("a", {"subject": "other"}), CONFLICT),
    ],
)
def test_a_template_that_is_to_be_the_service_s_own_and_is_not(
    base: Declared | None, verdict: Verdict
) -> None:
    file = wanting("email_template", declared("a", {}, default=True))

    found = decided(
        file, holding("email_template", a=OURS), wanting("email_template", base) if base else None
    )

    assert verdicts(found) == {("email_template/a",): verdict}
    fields = said({"subject": "s", "body": "b"})
    assert found.wishes == ((Wish("email_template", "a", fields),) if verdict is TAKEN else ())


@pytest.mark.parametrize(
    ("file", "base", "live", "verdict"),
    [("s\r\n", "s", "t ", TAKEN), ("s", " t", "t\n", LEFT), ("s", "x", "t", CONFLICT)],
)
def test_texts_are_compared_as_they_count_and_taken_as_they_are(
    file: str, base: str, live: str, verdict: Verdict
) -> None:
    found = decided(
        wanting("email_template", declared("a", {"subject": file})),
        holding("email_template", a={**OURS, "subject": live}),
        wanting("email_template", declared("a", {"subject": base})),
    )

    assert verdicts(found) == {("email_template/a", "subject"): verdict}
    taken = Wish("email_template", "a", {"subject": Value(live)})
    assert found.wishes == ((taken,) if verdict is TAKEN else ())


@pytest.mark.parametrize("live", [{}, {"reply_to_email_name": None}])
def test_what_is_not_there_any_more_is_not_declared_any_more(live: dict[str, Any]) -> None:
    file = wanting("email_template", declared("a", {"reply_to_email_name": "x"}))

    found = decided(file, holding("email_template", a={**OURS, **live}))

    assert found.wishes == (Wish("email_template", "a", {"reply_to_email_name": ABSENT}),)


def test_members_of_sets_come_and_go_and_an_empty_one_is_not_declared() -> None:
    file = wanting("instance", declared("", {"allowed_origins": ["a://x", "b://x"]}))

    def wished(*origins: str) -> dict[str, Tagged]:
        live = Live(HERE, {"instance": {"": Object("", "", {"allowed_origins": list(origins)})}})
        return dict(decided(file, live, file).wishes[0].fields)

    assert wished("b://x", "c://x") == {"allowed_origins": Value(["b://x", "c://x"])}
    assert wished() == {"allowed_origins": ABSENT}


def test_what_cannot_be_read_is_told_and_left() -> None:
    file = wanting("instance", declared("", {"hibp": True, "allowed_origins": ["a://x"]}))
    live = Live(HERE, {"instance": {"": Object("", "", {"allowed_origins": ["a://x"]})}})

    found = decided(file, live)

    assert (found.items, found.wishes, found.unread) == ((), (), {"instance": (("hibp",),)})


def test_values_that_only_apply_changes_are_not_the_files() -> None:
    file = wanting("email_template", declared("a", {"body": "x"}))

    found = decided(file, holding("email_template", a={**OURS, "markup": "<x>"}))

    assert [item.path for item in found.items] == [("body",)]
