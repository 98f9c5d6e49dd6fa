"""What a first pull writes down of a live object."""

from __future__ import annotations

from typing import Any

from reconcile.model import Instance, Live, Object, Value
from reconcile.pull import everything
from reconcile.pull.declarable import NEVER_SHOWN
from tests.lab import known

HERE = Instance("ins_1", "development")


def found(
    name: str, fields: dict[str, Any], key: str = "a", *, defaults: bool = False
) -> tuple[dict[str, object], tuple[str, ...]]:
    live = Live(HERE, {name: {key: Object(key, "id", fields)}})
    sections = {
        one.kind.name: one for one in everything(known().kinds, known().schemas, live, defaults=defaults)
    }
    objects = sections[name].objects if name in sections else ()
    assert objects is not None
    return next(
        (
            ({field: getattr(value, "value", None) for field, value in one.fields.items()}, one.notes)
            for one in objects
        ),
        ({}, ()),
    )


TOKEN: dict[str, Any] = {
    "name": "a",
    "claims": {"x": 1},
    "lifetime": 60,
    "allowed_clock_skew": 6,
    "custom_signing_key": False,
    "signing_algorithm": "RS256",
    "created_at": 1,
}


def test_what_is_so_anyway_stays_out_unless_it_is_asked_for() -> None:
    assert found("jwt_template", TOKEN) == ({"claims": {"x": 1}, "allowed_clock_skew": 6}, ())
    assert found("jwt_template", TOKEN, defaults=True)[0] == {
        "claims": {"x": 1},
        "lifetime": 60,
        "allowed_clock_skew": 6,
        "custom_signing_key": False,
        "signing_algorithm": "RS256",
    }


def test_a_secret_is_a_comment_that_names_a_variable() -> None:
    fields, notes = found("jwt_template", {**TOKEN, "custom_signing_key": True}, "my token")

    assert fields["signing_algorithm"] == "RS256"
    assert notes == (NEVER_SHOWN, 'signing_key: "${env:MY_TOKEN_SIGNING_KEY}"')


def test_of_templates_only_overrides_count_and_neither_empty_texts_nor_delivery_as_usual() -> None:
    ours = {"slug": "a", "resource_type": "user", "subject": " s ", "markup": "", "delivered_by_clerk": True}

    assert found("email_template", ours)[0] == {"subject": "s"}
    assert found("email_template", {**ours, "delivered_by_clerk": False})[0] == {
        "subject": "s",
        "delivered_by_clerk": False,
    }
    assert found("email_template", {**ours, "resource_type": "system"})[0] == {}


def test_what_cannot_be_declared_stays_out() -> None:
    fields, _ = found(
        "organization_settings",
        {
            "domains_enrollment_modes": ["manual_invitation"],
            "creator_role": "",
            "max_allowed_memberships": None,
            "enabled": True,
        },
        "",
    )

    assert fields == {"enabled": True}


def test_entries_are_their_keys() -> None:
    assert found("redirect_url", {"url": "a://b"}, "a://b") == ({}, ())


def test_of_settings_that_nobody_can_read_there_are_remarks_without_those_that_others_have() -> None:
    sections = {
        one.kind.name: one
        for one in everything(
            known().kinds, known().schemas, Live(HERE, missing={"protect": "gone"}), defaults=False
        )
    }

    assert "protect" not in sections
    assert sections["instance_settings"].objects is None
    assert sections["instance_settings"].notes == (
        NEVER_SHOWN,
        "instance_settings:",
        "  from_email_address:",
        "  progressive_sign_up:",
    )


def test_a_switch_that_two_kinds_show_is_written_once() -> None:
    live = Live(
        HERE,
        {
            "restrictions": {"": Object("", "", {"allowlist": True})},
            "instance_settings": {
                "": Object("", "", {"restricted_to_allowlist": True, "progressive_sign_up": True})
            },
        },
    )
    sections = {
        one.kind.name: one.objects for one in everything(known().kinds, known().schemas, live, defaults=False)
    }

    assert [one.fields for one in sections["instance_settings"] or ()] == [
        {"progressive_sign_up": Value(value=True)}
    ]


def test_a_group_with_nothing_to_say_has_no_section() -> None:
    live = Live(HERE, {"communication": {"": Object("", "", {"blocked_country_codes": []})}})

    assert "communication" not in {
        one.kind.name for one in everything(known().kinds, known().schemas, live, defaults=False)
    }
