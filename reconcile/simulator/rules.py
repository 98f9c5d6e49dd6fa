"""What each settings group refuses or rewrites beyond the contract."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reconcile.simulator import plans
from reconcile.simulator.countries import KNOWN, PAID
from reconcile.simulator.problems import problem
from reconcile.simulator.seed import CLERK_SCOPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.simulator.problems import Problem
    from reconcile.simulator.world import Call

Body = dict[str, Any]

_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#*]+")
_EMAIL = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")
_SENDER = re.compile(r"[A-Za-z0-9]+")
_DEVELOPMENT_ONLY = ("development_origin", "url_based_session_syncing", "cookieless_dev")
_SCOPES = (
    *CLERK_SCOPES,
    "public_metadata",
    "private_metadata",
    "openid",
    "offline_access",
    "user:org:read",
)
_SIGN_IN_FLAG = "allowlist_blocklist_disabled_on_sign_in"


def instance_problems(call: Call, body: Body) -> Iterator[Problem]:
    """Origins that are none, an address that is none, and what only development instances have."""
    if call.world.options.type == "production":
        for name in _DEVELOPMENT_ONLY:
            if name in body:
                yield problem("request_invalid_for_environment", name, value="production")
    for origin in body.get("allowed_origins") or ():
        if not _ORIGIN.fullmatch(origin):
            yield problem("form_invalid_origin", "allowed_origins", value=origin)
    if body.get("support_email") and not _EMAIL.fullmatch(body["support_email"]):
        yield problem("form_param_format_invalid", "support_email", why="must be an email address")
    if body.get("development_origin") and not _ORIGIN.fullmatch(body["development_origin"]):
        yield problem("form_invalid_origin", "development_origin", value=body["development_origin"])


def restriction_problems(call: Call, body: Body) -> Iterator[Problem]:
    """An allowlist needs public sign-up; lists that apply at sign-in are a thing of older instances."""
    yield from _needs_public_sign_up(call, body, "allowlist")
    if body.get(_SIGN_IN_FLAG) is False:
        yield problem("disabled_instance_restriction", _SIGN_IN_FLAG)


def sender_problems(call: Call, body: Body) -> Iterator[Problem]:
    """The sender's local part takes letters and digits only."""
    yield from _needs_public_sign_up(call, body, "restricted_to_allowlist")
    if "from_email_address" in body and not _SENDER.fullmatch(body["from_email_address"]):
        yield problem(
            "form_param_format_invalid", "from_email_address", why="must be letters and digits only"
        )


def _needs_public_sign_up(call: Call, body: Body, name: str) -> Iterator[Problem]:
    """Restricted and waitlist modes exclude an allowlist."""
    if body.get(name) and call.world.store.instance["sign_up_mode"] != "public":
        yield problem("sign_up_mode_restricted_invalid_value", name)


def communication_problems(call: Call, body: Body) -> Iterator[Problem]:
    """Countries of the paid tiers stay blocked where the plan does not reach them."""
    before = set(call.world.group("communication")["blocked_country_codes"])
    removed = sorted((before - set(body.get("blocked_country_codes", before))) & PAID)
    reachable = call.world.options.type == "production" and plans.includes(
        call.world.options, plans.ALL_COUNTRIES
    )
    if removed and not reachable:
        meta = {"countries": removed}
        yield problem(
            "sms_country_removal_restricted", "blocked_country_codes", meta=meta, value=", ".join(removed)
        )


def without_unknown_countries(_call: Call, body: Body) -> Body:
    """Codes that no SMS tier knows vanish, and the rest is kept in alphabetical order."""
    kept = {
        name: sorted(set(codes) & KNOWN) for name, codes in body.items() if name == "blocked_country_codes"
    }
    return {**body, **kept}


def oauth_problems(_call: Call, body: Body) -> Iterator[Problem]:
    """At least one scope, each known and named once."""
    scopes = body.get("default_scopes")
    if scopes is None:
        return
    if not scopes:
        yield problem("form_param_value_invalid", "default_scopes", why="needs at least one scope")
    if len(set(scopes)) < len(scopes):
        yield problem("form_param_duplicate", "default_scopes", why="must not repeat a scope")
    for scope in scopes:
        if scope not in _SCOPES:
            yield problem(
                "form_param_value_invalid", "default_scopes", why=f"must not hold the unknown scope {scope}"
            )


def oauth_stored(call: Call, body: Body) -> Body:
    """Null scopes become Clerk's own; `offline_access` comes along with client metadata documents."""
    wanted = {**body, "default_scopes": body.get("default_scopes") or list(CLERK_SCOPES)}
    changes = wanted if "default_scopes" in body else body
    group = {**call.world.group("oauth_application_settings"), **changes}
    scopes = group["default_scopes"]
    if group["client_id_metadata_documents_advertised"] and "offline_access" not in scopes:
        return {**changes, "default_scopes": [*scopes, "offline_access"]}
    return changes
