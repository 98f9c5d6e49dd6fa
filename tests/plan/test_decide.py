from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import (
    ABSENT,
    Action,
    Declared,
    Desired,
    FieldChange,
    Live,
    Memory,
    Object,
    Secret,
    Section,
    Value,
)
from reconcile.plan import make_plan
from tests.lab import known
from tests.plan.things import HERE, INSTANCE, KINDS, declared, desired, live

if TYPE_CHECKING:
    from reconcile.model import Plan


def plan(wanted: Desired, found: Live) -> Plan:
    return make_plan(KINDS, wanted, found)


def test_what_is_missing_is_created_with_its_key_first() -> None:
    made = plan(desired(declared("a", size=1)), live({})).changes

    assert [(one.action, dict(one.body)) for one in made] == [
        (Action.CREATE, {"name": Value("a"), "size": Value(1)})
    ]
    assert made[0].fields == (
        FieldChange(("name",), ABSENT, Value("a")),
        FieldChange(("size",), ABSENT, Value(1)),
    )
    assert (made[0].id, made[0].live_digest, made[0].origin) == ("", "", HERE)


def test_what_differs_is_updated_and_only_what_differs_is_sent() -> None:
    made = plan(desired(declared("a", size=2, shape="round")), live({"a": {"size": 1, "shape": "round"}}))

    assert [(one.action, one.id, dict(one.body)) for one in made.changes] == [
        (Action.UPDATE, "id-a", {"size": Value(2)})
    ]
    assert made.changes[0].live_digest.startswith("sha256:")


def test_what_is_as_wanted_is_in_sync() -> None:
    made = plan(desired(declared("a", size=1)), live({"a": {"size": 1.0, "shape": "round"}}))

    assert (made.changes, made.in_sync) == ((), ("thing/a",))


def test_an_entry_without_fields_is_in_sync_once_it_exists() -> None:
    assert plan(desired(declared("a")), live({"a": {"size": 1}})).in_sync == ("thing/a",)


def test_a_field_that_can_only_be_given_when_creating_replaces_the_object() -> None:
    made = plan(desired(declared("a", size=1, shape="flat")), live({"a": {"size": 1, "shape": "round"}}))

    assert [(one.action, one.id, dict(one.body)) for one in made.changes] == [
        (Action.REPLACE, "id-a", {"name": Value("a"), "size": Value(1), "shape": Value("flat")})
    ]


def test_what_is_live_and_not_declared_is_only_reported() -> None:
    made = plan(desired(), live({"a": {"size": 1}}))

    assert (made.changes, made.unmanaged) == ((), ("thing/a",))


def test_in_an_authoritative_section_it_is_deleted_with_all_that_is_lost() -> None:
    made = plan(desired(prune=True), live({"a": {"size": 1, "internal": 5}})).changes

    assert [(one.action, one.key, one.id) for one in made] == [(Action.DELETE, "a", "id-a")]
    assert made[0].fields == (
        FieldChange(("name",), Value("a"), ABSENT),
        FieldChange(("size",), Value(1), ABSENT),
    )


def test_a_section_that_is_absent_means_hands_off() -> None:
    made = plan(Desired(), live({"a": {"size": 1}}))

    assert (made.changes, made.unmanaged, made.in_sync) == ((), (), ())


def test_a_kind_that_could_not_be_read_has_nothing_unmanaged() -> None:
    made = plan(desired(on=True), Live(INSTANCE, {"thing": {}}))

    assert [(one.action, dict(one.body)) for one in made.changes] == [
        (Action.ASSERT, {"on": Value(value=True)})
    ]


def test_an_empty_singleton_wants_nothing() -> None:
    wanted = Desired({"switch": Section(HERE, {"": Declared("", HERE)})})

    assert plan(wanted, Live(INSTANCE)).in_sync == ("switch",)
    assert plan(wanted, live({}, on=True)).in_sync == ("switch",)


def test_a_slug_in_a_catalogue_without_any_has_no_nearest() -> None:
    section = Section(HERE, {"a": Declared("a", HERE, {"subject": Value("x")})})
    found = make_plan(
        known().kinds, Desired({"email_template": section}), Live(INSTANCE, {"email_template": {}})
    ).findings

    assert [finding.message for finding in found] == [
        "the service has no template with this slug; the instance has none"
    ]


def test_a_secret_beside_a_change_is_sent_with_it() -> None:
    seal = Secret("KEY", "hmac-sha256:1")
    one = Declared("a", HERE, {"size": Value(2), "secret": seal})

    made = plan(desired(one), live({"a": {"size": 1}}))

    assert dict(made.changes[0].body) == {"size": Value(2), "secret": seal}


def test_of_two_that_are_the_same_to_us_one_is_matched() -> None:
    found = Live(INSTANCE, {"thing": {"a": Object("a", "id-1", {"name": "a"})}})

    assert plan(desired(declared("a"), prune=True), found).changes == ()


def test_a_value_in_the_form_that_the_service_is_known_to_give_it_is_in_sync() -> None:
    known = Memory(rewritten=lambda *words: words == ("thing/a", "size", "big", "BIG"))

    def plan_of(wanted: str, is_live: str) -> Plan:
        return make_plan(
            KINDS, desired(declared("a", size=wanted)), live({"a": {"size": is_live}}), memory=known
        )

    assert plan_of("big", "BIG").in_sync == ("thing/a",)
    assert len(plan_of("big", "Big").changes) == 1
    assert len(plan_of("small", "BIG").changes) == 1
