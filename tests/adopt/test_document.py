"""The vendor's document: what a kind of ours covers is taken the right way round, and nothing is lost without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.adopt import read_document
from reconcile.adopt.table import NOT_OURS, Table
from reconcile.model import Desired, Origin, Section, Severity, Taken, Value, Why
from reconcile.validate import validate
from tests.adopt.papers import ACCOUNT, KEY, SECRET, account
from tests.lab import known
from tests.values import jsons

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.model import Json, Left


def read(document: dict[str, Any]) -> Taken:
    return read_document(known().kinds, known().schemas, document)


def fields(taken: Taken) -> dict[str, Json]:
    return {f"{one.kind}.{name}": value for one in taken.objects for name, value in one.fields.items()}


def left(taken: Taken) -> dict[str, Left]:
    return {one.name: one for one in taken.left}


def leaves(value: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every single value of a document."""
    if isinstance(value, dict) and value:
        for name, item in value.items():
            yield from leaves(item, (*path, name))
    elif path:
        yield path


# --- the document of an account ---


def test_switches_that_say_the_opposite_are_turned_round() -> None:
    taken = fields(read(ACCOUNT))

    assert taken["instance.hibp"] is True  # the document disables nothing
    assert taken["restrictions.allowlist_blocklist_disabled_on_sign_in"] is False  # it enforces them
    turned = account(
        auth_password={"disable_hibp": True},
        auth_access_control={"allowlist_blocklist_enforced_on_sign_in": False},
    )
    assert fields(read(turned))["instance.hibp"] is False
    assert fields(read(turned))["restrictions.allowlist_blocklist_disabled_on_sign_in"] is True


def test_the_document_of_an_account_becomes_what_our_kinds_cover() -> None:
    assert fields(read(ACCOUNT)) == {
        "instance.hibp": True,
        "organization_settings.enabled": True,
        "organization_settings.max_allowed_memberships": 5,
        "organization_settings.admin_delete_enabled": True,
        "organization_settings.domains_enabled": False,
        "organization_settings.slug_disabled": True,
        "organization_settings.domains_enrollment_modes": ["automatic_invitation"],
        "organization_settings.creator_role": "org:admin",
        "restrictions.allowlist": True,
        "restrictions.blocklist": False,
        "restrictions.allowlist_blocklist_disabled_on_sign_in": False,
        "restrictions.block_email_subaddresses": False,
        "restrictions.block_disposable_email_domains": True,
    }


def test_what_no_kind_covers_is_listed_with_its_reason() -> None:
    found = left(read(ACCOUNT))

    assert found["config_version"].why is Why.READ_ONLY
    assert found["auth_access_control.sign_up_mode"].why is Why.ELSEWHERE
    assert (found["auth_email"].why, found["auth_email"].values) == (Why.ELSEWHERE, 7)
    assert (found["auth_password"].why, found["auth_password"].values) == (Why.ELSEWHERE, 6)
    assert "session tokens" in found["session"].reason
    assert found["organization_settings.domains_default_role"].why is Why.UNSET
    assert found["organization_settings.max_allowed_roles"].why is Why.READ_ONLY
    assert found["organization_settings.force_organization_selection"].why is Why.ELSEWHERE
    assert found["organization_settings.organization_creation_defaults"].values == 2
    assert found["connection_oauth_enstall"].why is Why.ELSEWHERE
    assert {one.why for one in found.values()} == {Why.READ_ONLY, Why.ELSEWHERE, Why.UNSET, Why.SECRET}


def test_a_secret_is_named_and_never_told() -> None:
    taken = read(ACCOUNT)
    secrets = [one.name for one in taken.left if one.why is Why.SECRET]

    assert secrets == [
        "connection_oauth_google.client_secret",
        "connections_oauth_custom.oauth_custom_acme.client_secret",
    ]
    assert SECRET not in str(taken)


@pytest.mark.parametrize(
    "value", ["sk_live_abcdefgh12345678", "••••••", "[REDACTED]", "********", "-----BEGIN PRIVATE KEY-----"]
)
def test_what_looks_like_a_secret_is_none_of_our_values(value: str) -> None:
    taken = read({"instance": {"support_email": value}, "auth_email": {"note": value}})

    assert taken.objects == ()
    assert [one.why for one in taken.left] == [Why.SECRET, Why.SECRET]
    assert value not in str(taken)


def test_a_secret_that_is_a_name_is_not_told_either() -> None:
    taken = read({"connections_oauth_custom": {"sk_live_abcdefgh12345678": {"client_secret": "x"}}})

    assert "abcdefgh12345678" not in str(taken)
    assert [one.why for one in taken.left] == [Why.SECRET]


# --- the document of a key ---


def test_the_document_of_a_key_becomes_everything_that_can_be_written() -> None:
    assert fields(read(KEY)) == {
        "instance.allowed_origins": ["capacitor://localhost", "chrome-extension://abc"],
        "communication.blocked_country_codes": ["ML", "ZW"],
        "organization_settings.enabled": True,
        "organization_settings.max_allowed_memberships": 5,
        "organization_settings.creator_role": "org:admin",
        "organization_settings.admin_delete_enabled": True,
        "organization_settings.domains_enabled": True,
        "organization_settings.domains_enrollment_modes": [],
        "organization_settings.domains_default_role": "org:member",
        "organization_settings.slug_disabled": False,
        "protect.rules_enabled": True,
        "protect.specter_enabled": False,
        "oauth_application_settings.dynamic_oauth_client_registration": False,
        "oauth_application_settings.default_scopes": ["email", "profile"],
        "oauth_application_settings.oauth_jwt_access_tokens": True,
        "oauth_application_settings.client_id_metadata_documents_advertised": False,
        "oauth_application_settings.client_id_metadata_documents_only_allow_pre_registered_clients": False,
        "oauth_application_settings.client_id_metadata_documents_block_implicitly_allowed_clients": False,
    }
    assert {one.why for one in read(KEY).left} == {Why.READ_ONLY}


def test_a_document_for_writing_holds_more_than_one_that_was_read() -> None:
    taken = fields(
        read({"instance": {"test_mode": True, "hibp": True}, "restrictions": {"allowlist": False}})
    )

    assert taken == {"instance.test_mode": True, "instance.hibp": True, "restrictions.allowlist": False}


def test_an_empty_list_of_origins_is_nothing_to_declare() -> None:
    taken = read({"instance": {"allowed_origins": []}})

    assert (taken.objects, taken.left[0].why) == ((), Why.UNSET)


def test_a_source_is_known_for_every_field() -> None:
    for document in (ACCOUNT, KEY):
        for one in read(document).objects:
            assert one.fields.keys() == one.sources.keys()
    assert next(one for one in read(ACCOUNT).objects if one.kind == "instance").sources == {
        "hibp": "not auth_password.disable_hibp"
    }


@pytest.mark.parametrize("document", [ACCOUNT, KEY])
def test_what_is_taken_is_right_by_our_own_rules(document: dict[str, Any]) -> None:
    from reconcile.model import Declared  # noqa: PLC0415 - a name that only this test needs

    place = Origin("clerk.json")
    sections = {
        one.kind: Section(
            place, {"": Declared("", place, {name: Value(value) for name, value in one.fields.items()})}
        )
        for one in read(document).objects
    }
    findings = validate(known().kinds, known().schemas, Desired(sections))
    assert [str(one) for one in findings if one.severity is Severity.ERROR] == []


# --- one switch under two names ---


def test_of_a_switch_under_two_names_one_is_enough() -> None:
    taken = read(
        {
            "restrictions": {"allowlist": True},
            "instance_settings": {"restricted_to_allowlist": True, "test_mode": True},
            "instance": {"test_mode": True},
            "auth_access_control": {"allowlist_enabled": True},
        }
    )

    assert fields(taken) == {"restrictions.allowlist": True, "instance.test_mode": True}
    assert {one.name: one.why for one in taken.left} == {
        "auth_access_control.allowlist_enabled": Why.TWIN,
        "instance_settings.test_mode": Why.TWIN,
        "instance_settings.restricted_to_allowlist": Why.TWIN,
    }


def test_where_a_document_contradicts_itself_nobody_is_believed() -> None:
    taken = read(
        {
            "restrictions": {"allowlist": True, "blocklist": True},
            "instance_settings": {"restricted_to_allowlist": False},
            "instance": {"hibp": True, "test_mode": True},
            "auth_password": {"disable_hibp": True},
        }
    )

    assert fields(taken) == {"restrictions.blocklist": True, "instance.test_mode": True}
    assert {one.name for one in taken.left if "two things" in one.reason} == {
        "restrictions.allowlist",
        "instance_settings.restricted_to_allowlist",
        "instance.hibp",
        "auth_password.disable_hibp",
    }


# --- what is not as it should be ---


@pytest.mark.parametrize(
    ("document", "name", "why", "reason"),
    [
        ({"auth_password": {"disable_hibp": "no"}}, "auth_password.disable_hibp", Why.UNFIT, "true or false"),
        ({"auth_password": {"disable_hibp": None}}, "auth_password.disable_hibp", Why.UNSET, "null"),
        ({"auth_password": {"disable_hibp": {"a": 1}}}, "auth_password.disable_hibp", Why.UNFIT, "true or"),
        ({"instance": {"hibp": "yes"}}, "instance.hibp", Why.UNFIT, "must be true or false, not text"),
        ({"instance": {"hibp": [1]}}, "instance.hibp", Why.UNFIT, "must be true or false, not a list"),
        ({"instance": {"support_email": "\ud83d"}}, "instance.support_email", Why.UNFIT, "half of a char"),
        ({"communication": {"blocked_country_codes": ["zw"]}}, "communication.blocked_country_codes", Why.UNFIT, "form"),
        ({"instance": None}, "instance", Why.UNSET, "empty"),
        ({"restrictions": {}}, "restrictions", Why.UNSET, "empty"),
        ({"auth_password": "on"}, "auth_password", Why.UNFIT, "a map of settings"),
        ({"instance": {"suport_email": "a@b.c"}}, "instance.suport_email", Why.UNKNOWN, "did you mean support_email?"),
        ({"auth_access_control": {"allow_list": True}}, "auth_access_control.allow_list", Why.UNKNOWN, "did you mean"),
        ({"new_thing": {"a": 1, "b": {"c": 2}}}, "new_thing", Why.UNKNOWN, "newer version"),
        ({"": 1}, "", Why.UNKNOWN, "unknown key"),
        ({"a\ud83db": 1}, "a\\ud83db", Why.UNKNOWN, "unknown key"),
        ({"organization_settings": {"creator_role_id": "role_1"}}, "organization_settings.creator_role_id", Why.UNKNOWN, "creator_role?"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_left_and_said(
    document: dict[str, Any], name: str, why: Why, reason: str
) -> None:
    taken = read(document)

    assert taken.objects == ()
    (one,) = taken.left
    assert (one.name, one.why) == (name, why)
    assert reason in one.reason


def test_whole_numbers_are_whole_whatever_a_program_writes() -> None:
    taken = read({"organization_settings": {"max_allowed_memberships": 5.0}})

    assert repr(taken.objects[0].fields["max_allowed_memberships"]) == "5"


def test_null_is_a_value_where_the_field_has_one() -> None:
    assert fields(read({"oauth_application_settings": {"default_scopes": None}})) == {
        "oauth_application_settings.default_scopes": None
    }


def test_a_document_of_brackets_is_left_as_one_value() -> None:
    deep: Json = {}
    for _ in range(900):
        deep = {"a": deep}
    (one,) = read({"deep": deep}).left

    assert (one.name, one.values) == ("deep", 1)


# --- nothing is lost ---

groups = st.dictionaries(
    st.sampled_from(sorted({*ACCOUNT, *KEY, "restrictions", "instance_settings", "news"})),
    jsons
    | st.dictionaries(
        st.sampled_from(
            ["allowlist", "hibp", "test_mode", "disable_hibp", "enabled", "client_secret", "a", "object"]
        ),
        jsons,
    ),
)


@given(groups)
def test_every_value_is_taken_or_left_with_a_reason(document: dict[str, Any]) -> None:
    taken = read(document)
    sources = [source.removeprefix("not ") for one in taken.objects for source in one.sources.values()]
    named = [*sources, *(one.name for one in taken.left)]

    for path in leaves(document):
        shown = ".".join(name.encode("utf-8", "backslashreplace").decode() for name in path)
        assert any(shown == name or shown.startswith(f"{name}.") for name in named), shown
    assert all(one.reason for one in taken.left)


@pytest.mark.parametrize("document", [ACCOUNT, KEY])
def test_the_counts_add_up(document: dict[str, Any]) -> None:
    taken = read(document)
    counted = len(fields(taken)) + sum(one.values for one in taken.left)

    assert counted == len(list(leaves(document)))


# --- the table ---

MAPPED = {
    "auth_access_control.allowlist_enabled": "restrictions.allowlist",
    "auth_access_control.blocklist_enabled": "restrictions.blocklist",
    "auth_access_control.allowlist_blocklist_enforced_on_sign_in": "not restrictions.allowlist_blocklist_disabled_on_sign_in",
    "auth_access_control.block_email_subaddresses": "restrictions.block_email_subaddresses",
    "auth_access_control.block_disposable_email_domains": "restrictions.block_disposable_email_domains",
    "auth_password.disable_hibp": "not instance.hibp",
    "organization_settings.creator_role": "organization_settings.creator_role",
    "organization_settings.domains_default_role": "organization_settings.domains_default_role",
}
"""The same setting under the names of the two APIs, as far as it is known."""

NOT_COVERED = [
    "auth_access_control.sign_up_mode",
    "auth_email.used_for_sign_up",
    "connection_oauth_google.enabled",
    "connections_oauth_custom.x.enabled",
    "session.lifetime",
    "session_settings.multi_session_enabled",
    "branding.logo",
    "paths.home",
    "billing.organizations.enabled",
]


def test_the_names_of_both_interfaces_are_held_together_in_the_schemas() -> None:
    table = Table.of(known().kinds, known().schemas)
    found = {
        ".".join(path): f"{'not ' if one.inverted else ''}{one.kind}.{one.field}"
        for path, one in table.targets.items()
    }

    assert {path: found[path] for path in MAPPED} == MAPPED
    others = {path for path, name in found.items() if path != name}
    assert others == {path for path, name in MAPPED.items() if path != name}


def test_every_target_is_a_field_that_can_be_written() -> None:
    for one in Table.of(known().kinds, known().schemas).targets.values():
        assert known().kinds[one.kind].writable(one.field)
        assert known().kinds[one.kind].singleton


def test_what_the_schemas_say_about_the_document_is_about_no_field() -> None:
    for name, schema in known().schemas.items():
        assert not schema.get("x-clerk-config-left", {}).keys() & schema["properties"].keys(), name


@pytest.mark.parametrize("path", NOT_COVERED)
def test_what_is_not_covered_is_known(path: str) -> None:
    row = Table.of(known().kinds, known().schemas).left(tuple(path.split(".")))

    assert row.why is Why.ELSEWHERE


def test_every_key_of_the_document_is_known() -> None:
    assert [one.name for one in read(ACCOUNT).left if one.why is Why.UNKNOWN] == []
    assert {row.path[0] for row in NOT_OURS} >= {name for name in ACCOUNT if name[:5] == "auth_"}


def test_the_groups_of_a_key_are_the_kinds_that_exist_once() -> None:
    writable = {"instance", "communication", "restrictions", "organization_settings", "protect"}
    writable |= {"oauth_application_settings", "instance_settings"}

    assert writable == {kind.name for kind in known().kinds.values() if kind.singleton}
    assert KEY.keys() < writable
