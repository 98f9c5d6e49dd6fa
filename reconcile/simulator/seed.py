"""An instance as Clerk makes it: its identity, default settings, and the template behind the session token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.simulator.ids import new_hex, new_id

if TYPE_CHECKING:
    import random

    from reconcile.simulator.values import Options

FORMAT = 1
CREATED_AT = 1_767_225_600_000
SESSION_TOKEN = "_session_token"  # noqa: S105 - the name of a mark
CLERK_SCOPES = ("profile", "email")

_SETTINGS: dict[str, dict[str, Any]] = {
    "instance": {
        "hibp": True,
        "support_email": "",
        "clerk_js_version": "",
        "development_origin": "",
        "allowed_origins": None,
        "preferred_sign_in_strategy_when_password_required": "",
    },
    "restrictions": {
        "allowlist": False,
        "blocklist": False,
        "allowlist_blocklist_disabled_on_sign_in": True,
        "block_email_subaddresses": False,
        "block_disposable_email_domains": False,
    },
    "organization_settings": {
        "enabled": False,
        "max_allowed_memberships": 5,
        "max_allowed_roles": 10,
        "max_role_sets_allowed": 30,
        "max_allowed_domains": 10,
        "max_allowed_permissions": 50,
        "creator_role": "",
        "admin_delete_enabled": True,
        "domains_enabled": False,
        "slug_disabled": True,
        "domains_enrollment_modes": [],
        "domains_default_role": "",
        "initial_role_set_key": None,
    },
    "protect": {"rules_enabled": False, "specter_enabled": False, "checks_bypassed": False},
    "communication": {"blocked_country_codes": []},
    "oauth_application_settings": {
        "dynamic_oauth_client_registration": False,
        "default_scopes": list(CLERK_SCOPES),
        "oauth_jwt_access_tokens": False,
        "client_id_metadata_documents_advertised": False,
        "client_id_metadata_documents_only_allow_pre_registered_clients": False,
        "client_id_metadata_documents_block_implicitly_allowed_clients": False,
    },
    "instance_settings": {
        "from_email_address": "noreply",
        "progressive_sign_up": True,
        "enhanced_email_deliverability": False,
    },
}
_BY_TYPE = {
    "development": {"test_mode": True, "url_based_session_syncing": True},
    "production": {"test_mode": False, "url_based_session_syncing": False},
}


def seeded(options: Options, rng: random.Random) -> dict[str, Any]:
    """The whole state of a new instance."""
    return {
        "format": FORMAT,
        "secret": new_hex(rng, 64),
        "instance": _identity(options, rng),
        "objects": {"settings": _settings(options), "jwt_templates": _session_template(rng)},
        "invitations": [],
    }


def _identity(options: Options, rng: random.Random) -> dict[str, Any]:
    """What Clerk knows about the instance itself."""
    return {
        "id": new_id("ins_", rng),
        "type": options.type,
        "features": None if options.features is None else sorted(options.features),
        "workspace_id": new_id("org_", rng),
        "created_at": CREATED_AT,
        "sign_up_mode": "public",
        "templates_locked": False,
    }


def _settings(options: Options) -> dict[str, Any]:
    """Every settings group with its defaults."""
    groups = {name: {**defaults} for name, defaults in _SETTINGS.items()}
    groups["instance"].update(_BY_TYPE[options.type])
    return groups


def _session_template(rng: random.Random) -> dict[str, Any]:
    """The session token's own template: listed like any other, but not to be deleted."""
    key = new_id("jtmp_", rng)
    record = {
        "object": "jwt_template",
        "id": key,
        "name": "session",
        "claims": {},
        "lifetime": 60,
        "allowed_clock_skew": 5,
        "custom_signing_key": False,
        "signing_algorithm": "RS256",
        "signing_key": None,
        "created_at": CREATED_AT,
        "updated_at": CREATED_AT,
        SESSION_TOKEN: True,
    }
    return {key: record}
