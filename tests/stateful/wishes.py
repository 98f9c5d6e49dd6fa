"""What files may say, and what somebody may do by hand: a few values for each kind, so that they often meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Choices = Mapping[str, Sequence[Any]]

ENTRIES: Mapping[str, Sequence[str]] = {
    "allowlist": ("ada@a.example", "bob@a.example", "*@b.example", "+15555550100"),
    "blocklist": ("eve@a.example", "mallory@a.example", "*@c.example"),
    "redirect_urls": ("https://a.example/x", "https://a.example/y", "myapp://z"),
}
"""Sections that are lists, and what may stand in them."""

_SIGNED = {"custom_signing_key": True, "signing_algorithm": "HS256", "signing_key": "${env:SIGNING}"}
OBJECTS: Mapping[str, Choices] = {
    "jwt_templates": {
        "one": ({"claims": {"a": 1}}, {"claims": {"a": 2, "b": [1, {"c": None}]}, "lifetime": 90}),
        "two": ({"claims": {}, "lifetime": 60}, {"claims": {"value": 1}, "lifetime": 120}),
        "signed": ({"claims": {}, **_SIGNED}, {"claims": {}, "lifetime": 45, **_SIGNED}),
    },
    "email_templates": {
        "magic_link_sign_in": ({"subject": "Mine"}, {"subject": "Yours"}, {"state": "default"}),
        "invitation": ({"subject": "Come"}, {"subject": "Come, ä\u2028"}, {"state": "default"}),
    },
    "sms_templates": {
        "verification_code": (
            {"delivered_by_clerk": True},
            {"delivered_by_clerk": False},
            {"state": "default"},
        ),
        "new_device_sign_in": ({"delivered_by_clerk": False}, {"state": "default"}),
    },
}
"""Sections that are maps, the names in them, and what each may be."""

_SWITCH = (True, False)
SETTINGS: Mapping[str, Choices] = {
    "communication": {"blocked_country_codes": (["BI"], ["BI", "LK"])},
    "instance": {
        "support_email": ("a@a.example", "b@a.example"),
        "hibp": _SWITCH,
        "allowed_origins": (["a://b"],),
    },
    "instance_settings": {"from_email_address": ("acme", "ours")},
    "oauth_application_settings": {
        "default_scopes": (["profile"], ["profile", "email"]),
        "oauth_jwt_access_tokens": _SWITCH,
    },
    "organization_settings": {
        "enabled": _SWITCH,
        "max_allowed_memberships": (5, 7, 9),
        "admin_delete_enabled": _SWITCH,
    },
    "protect": {"rules_enabled": _SWITCH, "specter_enabled": _SWITCH},
    "restrictions": {
        "allowlist": _SWITCH,
        "block_email_subaddresses": _SWITCH,
        "block_disposable_email_domains": _SWITCH,
    },
}
"""Sections that are plain maps of settings."""

SECTIONS = (*ENTRIES, *OBJECTS, *SETTINGS)

NAMES: Mapping[str, str] = {"allowlist": "identifier", "blocklist": "identifier", "redirect_urls": "url"}
"""What entries of a list are known by."""
