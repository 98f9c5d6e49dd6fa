"""Documents as the vendor's command line tool writes them, made from what is published: nobody here has a real one."""

from __future__ import annotations

import copy
from typing import Any

_SECRET = "made up and never printed"
_SIGN = {"used_for_sign_up": True, "used_for_sign_in": True, "required_for_sign_up": False}
_HOW = {"sign_in_strategies": ["email_code"], "verification_strategies": ["email_code", "email_link"]}

ACCOUNT: dict[str, Any] = {
    "config_version": "v1_0a1b2c3d",
    "auth_access_control": {
        "allowlist_enabled": True,
        "blocklist_enabled": False,
        "allowlist_blocklist_enforced_on_sign_in": True,
        "block_disposable_email_domains": True,
        "block_email_subaddresses": False,
        "sign_up_mode": "public",
    },
    "auth_attack_protection": {
        "bot_protection": {"captcha_enabled": True, "captcha_widget_type": "smart"},
        "email_link_require_same_client": True,
        "enumeration_protection": "bulk",
        "pii_protection_enabled": True,
        "user_lockout": {"enabled": True, "max_attempts": 10, "duration_in_minutes": 60},
    },
    "auth_email": {**_SIGN, "verify_at_sign_up": True, "immutable": False, **_HOW},
    "auth_phone": {**_SIGN, "used_for_second_factor": False, "second_factor_strategies": [], **_HOW},
    "auth_username": {**_SIGN, "min_length": 4, "max_length": 64},
    "auth_password": {
        "enabled": True,
        "required": True,
        "min_length": 0,
        "min_zxcvbn_strength": 2,
        "disable_hibp": False,
        "enforce_hibp_on_sign_in": True,
        "device_trust": {"enabled": False},
    },
    "auth_passkey": {"used_for_sign_in": False, "allow_autofill": True},
    "auth_multi_factor": {"authenticator_app": {"enabled": False}, "required_for_sign_in": False},
    "auth_web3": {**_SIGN, **_HOW},
    "connection_oauth_google": {
        "enabled": True,
        "authenticatable": True,
        "client_id": "1234.apps.example.com",
        "client_secret": _SECRET,
    },
    "connection_oauth_apple": {"enabled": False, "client_id": "", "client_secret": "", "key_id": ""},
    "connection_oauth_enstall": None,
    "connections_oauth_custom": {"oauth_custom_acme": {"client_id": "acme", "client_secret": "••••••••"}},
    "user_model": {"first_name": {"enabled": True, "required": False}},
    "session": {"claims": {"role": "{{user.public_metadata.role}}"}, "lifetime": 60},
    "session_settings": {"inactivity_timeout": {"enabled": False, "duration_seconds": 600}},
    "organization_settings": {
        "enabled": True,
        "max_allowed_memberships": 5,
        "admin_delete_enabled": True,
        "creator_role": "org:admin",
        "domains_enabled": False,
        "domains_enrollment_modes": ["manual_invitation", "automatic_invitation"],
        "domains_default_role": "",
        "slug_disabled": True,
        "force_organization_selection": False,
        "initial_role_set_key": None,
        "max_allowed_domains": 10,
        "max_allowed_roles": 10,
        "max_role_sets_allowed": 30,
        "organization_creation_defaults": {"enabled": False, "fallback": {"name": "Mine"}},
    },
    "branding": {"logo": None, "favicon": None, "show_clerk_branding": True},
    "billing": {"organizations": {"enabled": False}},
    "compliance": {"legal_consent": {"enabled": False, "privacy_policy_url": None}},
    "paths": {"home": None, "sign_in": None, "sign_up": None},
}
"""What an account gets to see: the document of the Platform API."""

KEY: dict[str, Any] = {
    "instance": {
        "object": "instance",
        "id": "ins_2abc",
        "environment_type": "development",
        "allowed_origins": ["chrome-extension://abc", "capacitor://localhost"],
        "workspace_id": "wrk_1",
    },
    "communication": {"object": "instance_communication", "blocked_country_codes": ["ZW", "ML"]},
    "organization_settings": {
        "object": "organization_settings",
        "enabled": True,
        "max_allowed_memberships": 5,
        "max_allowed_roles": 10,
        "max_role_sets_allowed": 30,
        "max_allowed_domains": 10,
        "max_allowed_permissions": 100,
        "initial_role_set_key": "role_set:default",
        "creator_role": "org:admin",
        "admin_delete_enabled": True,
        "domains_enabled": True,
        "domains_enrollment_modes": ["manual_invitation"],
        "domains_default_role": "org:member",
        "slug_disabled": False,
    },
    "protect": {
        "object": "instance_protect",
        "rules_enabled": True,
        "specter_enabled": False,
        "checks_bypassed": False,
    },
    "oauth_application_settings": {
        "object": "oauth_application_settings",
        "dynamic_oauth_client_registration": False,
        "default_scopes": ["profile", "email"],
        "oauth_jwt_access_tokens": True,
        "client_id_metadata_documents_advertised": False,
        "client_id_metadata_documents_only_allow_pre_registered_clients": False,
        "client_id_metadata_documents_block_implicitly_allowed_clients": False,
    },
}
"""What a secret key alone gets to see: a group for each part of the Backend API that has a GET."""

SECRET = _SECRET


def account(**groups: Any) -> dict[str, Any]:
    """The document of an account, with other groups."""
    return {**copy.deepcopy(ACCOUNT), **groups}
