"""What is live and declared nowhere, as files would say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.adopt import from_live, unmanaged, unread
from reconcile.model import Desired, Instance, Live, Memory, Object, Origin, Section, Taken, Why
from tests.lab import known

if TYPE_CHECKING:
    from reconcile.model import Json

HERE = Origin("clerk.yml", 1)


def live(**objects: dict[str, dict[str, Json]]) -> Live:
    return Live(
        Instance("ins_1", "development"),
        {
            kind: {key: Object(key, f"id_{key}", fields) for key, fields in found.items()}
            for kind, found in objects.items()
        },
    )


def found(side: Live, desired: Desired | None = None, **memory: Any) -> Taken:
    return from_live(
        known().kinds,
        known().schemas,
        unmanaged(known().kinds, desired or Desired(), side, Memory(**memory)),
    )


def named(taken: Taken) -> list[str]:
    return [known().kinds[one.kind].address(one.key) for one in taken.objects]


TEMPLATE: dict[str, Json] = {
    "id": "jtmp_1",
    "object": "jwt_template",
    "name": "hasura",
    "claims": {"a": 1, "token": "{{user.id}}"},
    "lifetime": 60,
    "allowed_clock_skew": 5,
    "custom_signing_key": False,
    "signing_algorithm": "RS256",
}


def test_only_what_can_be_written_is_declared() -> None:
    taken = found(live(jwt_template={"hasura": TEMPLATE}))

    assert taken.objects[0].fields == {
        "claims": {"a": 1, "token": "{{user.id}}"},
        "lifetime": 60,
        "allowed_clock_skew": 5,
        "custom_signing_key": False,
        "signing_algorithm": "RS256",
    }
    assert taken.left == ()


def test_a_secret_that_no_call_returns_gets_the_name_of_a_variable() -> None:
    taken = found(live(jwt_template={"my app": {**TEMPLATE, "custom_signing_key": True}}))

    (one,) = taken.left
    assert one.path == ("jwt_template/my app", "signing_key")
    assert one.why is Why.SECRET
    assert taken.objects[0].notes[-1] == 'signing_key: "${env:MY_APP_SIGNING_KEY}"'


def test_a_claim_that_looks_like_a_secret_is_not_written_into_a_file() -> None:
    taken = found(live(jwt_template={"a": {**TEMPLATE, "claims": {"k": "sk_live_abcdefgh12345678"}}}))

    assert [(one.path, one.why) for one in taken.left] == [(("jwt_template/a", "claims"), Why.SECRET)]
    assert "abcdefgh" not in str(taken)


def test_templates_that_are_the_vendors_own_are_not_anybodys() -> None:
    side = live(
        email_template={
            "verification_code": {"resource_type": "user", "subject": "Hi", "markup": None},
            "invitation": {"resource_type": "system", "subject": "Hi"},
        }
    )

    assert named(found(side)) == ["email_template/verification_code"]
    assert found(side).objects[0].fields == {"subject": "Hi"}


def test_what_is_declared_or_belongs_to_the_service_is_left_alone() -> None:
    side = live(
        redirect_url={"a://b": {"url": "a://b"}, "c://d": {"url": "c://d"}, "e://f": {"url": "e://f"}}
    )
    desired = Desired({"redirect_url": Section(HERE, {"a://b": _declared("a://b")}, prune=True)})

    assert named(found(side, desired, foreign=frozenset({"id_c://d"}))) == ["redirect_url/e://f"]


def test_groups_of_settings_are_unmanaged_where_no_section_is() -> None:
    side = live(
        protect={"": {"rules_enabled": True, "specter_enabled": False, "checks_bypassed": False}},
        organization_settings={
            "": {
                "enabled": True,
                "max_allowed_roles": 10,
                "domains_default_role": "",
                "domains_enrollment_modes": ["manual_invitation"],
            }
        },
    )
    taken = found(side, Desired({"protect": Section(HERE, {"": _declared("")})}))

    assert named(taken) == ["organization_settings"]
    assert taken.objects[0].fields == {"enabled": True}


def test_what_cannot_be_read_of_a_group_is_said() -> None:
    taken = found(live(instance={"": {"id": "ins_1", "allowed_origins": ["capacitor://localhost"]}}))

    assert taken.objects[0].fields == {"allowed_origins": ["capacitor://localhost"]}
    assert {one.path[0] for one in taken.left} == {"instance"}
    assert ("instance", "hibp") in {one.path for one in taken.left}
    assert {one.why for one in taken.left} == {Why.UNREADABLE}


def test_a_group_without_anything_to_declare_is_none() -> None:
    assert found(live(instance={"": {"id": "ins_1", "allowed_origins": []}})).objects == ()


def test_of_a_switch_under_two_names_the_better_one_is_declared() -> None:
    taken = found(
        live(
            restrictions={"": {"allowlist": True}},
            instance_settings={"": {"restricted_to_allowlist": True, "from_email_address": "hello"}},
        )
    )

    assert [one.fields for one in taken.objects] == [{"from_email_address": "hello"}, {"allowlist": True}]
    assert [one.why for one in taken.left] == [Why.UNREADABLE, Why.TWIN]


def test_a_value_that_our_rules_refuse_is_not_written() -> None:
    taken = found(live(communication={"": {"blocked_country_codes": ["zw"]}}))

    assert (taken.objects, taken.left[0].why) == ((), Why.UNFIT)


def test_a_name_that_files_take_for_an_option_is_left() -> None:
    taken = found(live(jwt_template={".prune": TEMPLATE, "a.b": TEMPLATE}))

    assert named(taken) == ["jwt_template/a.b"]
    assert [(one.path, one.why) for one in taken.left] == [(("jwt_template/.prune",), Why.UNFIT)]


def test_an_entry_of_a_list_is_its_key() -> None:
    taken = found(live(allowlist={"ada@acme.example": {"identifier": "ada@acme.example", "notify": True}}))

    assert (taken.objects[0].key, taken.objects[0].fields, taken.left) == ("ada@acme.example", {}, ())


def test_kinds_that_could_not_be_read_are_said() -> None:
    side = Live(Instance("ins_1", "development"), {"protect": {}}, {"email_template": "it is gone"})
    names = ["protect", "email_template", "restrictions", "instance_settings"]
    left = list(unread(known().kinds, side, names, lambda address: address != "instance_settings"))

    assert [(one.path, one.why) for one in left] == [
        (("email_template",), Why.UNREADABLE),
        (("restrictions",), Why.UNREADABLE),
    ]
    assert "reads: probe" in left[1].reason


def _declared(key: str) -> Any:
    from reconcile.model import Declared  # noqa: PLC0415 - a name that only this needs

    return Declared(key, HERE)
