"""What the stub answers and what the measured projects declare: the same objects twice, so that plans are no-ops."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

PAGE = 500
INSTANCE = "ins_2q7Jm0kP4vXbT9sLw1RcYd6Zf3H"
STAMPS = {"created_at": 1_767_225_600_000, "updated_at": 1_767_225_600_000}
PAGED = ("allowlist_identifiers", "jwt_templates", "redirect_urls", "templates/email", "templates/sms")
MIXED = "mixed"
TWO_PAGES = "two pages"
PROBED = "probed"
_ALLOWED = {MIXED: 60, TWO_PAGES: PAGE + 1, PROBED: 60}  # live entries of the allow list
_ECHOED = ("instance/restrictions", "beta_features/instance_settings")  # no GET returns these
_DECLARED_ALLOWED = 30

Row = dict[str, Any]
SETTINGS: Mapping[str, Row] = {
    "instance": {
        "object": "instance",
        "id": INSTANCE,
        "environment_type": "development",
        "allowed_origins": ["https://app.acme.example"],
    },
    "instance/communication": {"blocked_country_codes": ["AQ", "KP"]},
    "instance/organization_settings": {
        "object": "organization_settings",
        "enabled": True,
        "max_allowed_memberships": 50,
        "max_allowed_roles": 10,
        "max_allowed_permissions": 50,
        "max_allowed_domains": 10,
        "creator_role": "org:admin",
        "admin_delete_enabled": True,
        "domains_enabled": False,
        "slug_disabled": True,
        "domains_enrollment_modes": [],
        "domains_default_role": "org:member",
    },
    "instance/protect": {
        "object": "instance_protect",
        "rules_enabled": True,
        "specter_enabled": False,
        "checks_bypassed": False,
    },
    "instance/oauth_application_settings": {
        "object": "oauth_application_settings",
        "dynamic_oauth_client_registration": False,
        "oauth_jwt_access_tokens": True,
    },
    "instance/restrictions": {
        "object": "instance_restrictions",
        "allowlist": False,
        "blocklist": True,
        "allowlist_blocklist_disabled_on_sign_in": True,
        "block_email_subaddresses": True,
        "block_disposable_email_domains": True,
    },
    "beta_features/instance_settings": {
        "object": "instance_settings",
        "restricted_to_allowlist": False,
        "from_email_address": "noreply",
        "progressive_sign_up": True,
    },
}
_DECLARED_SETTINGS: Mapping[str, Sequence[str]] = {
    "instance": ("allowed_origins",),
    "instance/communication": ("blocked_country_codes",),
    "instance/organization_settings": ("enabled", "max_allowed_memberships", "admin_delete_enabled"),
    "instance/protect": ("rules_enabled", "specter_enabled"),
    "instance/oauth_application_settings": ("oauth_jwt_access_tokens",),
    "instance/restrictions": ("blocklist", "block_email_subaddresses", "block_disposable_email_domains"),
    "beta_features/instance_settings": ("from_email_address", "progressive_sign_up"),
}


def live(world: str) -> dict[str, Row | list[Row]]:
    """Everything that an instance holds, by path: settings as objects, lists as lists."""
    lists = {
        path: [_MAKE[path](path, number) for number in range(count)] for path, count in _lists(world).items()
    }
    return {**{path: SETTINGS[path] for path in _settings(world)}, **lists}


def _settings(world: str) -> Sequence[str]:
    """The groups of settings that a plan of this world reads."""
    if world not in _ALLOWED:
        return ("instance",)
    return [path for path in SETTINGS if world == PROBED or path not in _ECHOED]


def least_calls(world: str) -> int:
    """One call for each group of settings, and one for each page of a list."""
    pages = (-(-count // PAGE) if path in PAGED else 1 for path, count in _lists(world).items())
    return len(_settings(world)) + sum(pages)


def _lists(world: str) -> dict[str, int]:
    """How long each list is."""
    if world not in _ALLOWED:
        return {"blocklist_identifiers": int(world)}
    return {
        "allowlist_identifiers": _ALLOWED[world],
        "blocklist_identifiers": 20,
        "jwt_templates": 15,
        "redirect_urls": 20,
        "templates/email": 5,
        "templates/sms": 3,
    }


def files(world: str, api_url: str) -> Iterator[tuple[str, str]]:
    """The project that is in sync with that instance: names and texts."""
    yield "reconcile.yml", _project(api_url, "    reads: probe\n" if world == PROBED else "")
    if world in _ALLOWED:
        yield from _mixed(world)
    else:
        texts = (_identifier("", number)["identifier"] for number in range(int(world)))
        yield (
            "resources/blocklist.yml",
            "blocklist:\n  identifiers:\n" + "".join(f"    - {t}\n" for t in texts),
        )


def _project(api_url: str, more: str) -> str:
    return (
        "version: 1\nresources: [resources/*.yml]\nenvironments:\n  bench:\n"
        f"    api_url: {api_url}\n    secret_key: ${{env:CLERK_SECRET_KEY}}\n    instance: {INSTANCE}\n{more}"
    )


def _mixed(world: str) -> Iterator[tuple[str, str]]:
    """One hundred resources, two fewer where only GET is sent. JSON is YAML too, and nobody has to escape anything."""
    everything: Any = live(world)
    for path in _settings(world):
        names = _DECLARED_SETTINGS[path]
        yield _file(path.rpartition("/")[2], {name: everything[path][name] for name in names})
    allowed = [row["identifier"] for row in everything["allowlist_identifiers"][:_DECLARED_ALLOWED]]
    yield _file("allowlist", {"identifiers": allowed})
    yield _file(
        "blocklist", {"identifiers": [row["identifier"] for row in everything["blocklist_identifiers"]]}
    )
    yield _file("redirect_urls", [row["url"] for row in everything["redirect_urls"]])
    fields = ("claims", "lifetime", "allowed_clock_skew")
    yield _file("jwt_templates", {row["name"]: _only(row, fields) for row in everything["jwt_templates"]})
    for channel, names in (("email", ("subject", "body", "delivered_by_clerk")), ("sms", ("body",))):
        rows = everything[f"templates/{channel}"]
        yield _file(f"{channel}_templates", {row["slug"]: _only(row, names) for row in rows})


def _file(section: str, content: object) -> tuple[str, str]:
    return f"resources/{section}.yml", json.dumps({section: content}, indent=1)


def _only(row: Row, names: Sequence[str]) -> Row:
    return {name: row[name] for name in names}


def _id(prefix: str, number: int) -> str:
    return f"{prefix}_2q7Jm0kP4vXbT9sLw1Rc{number:07d}"


def _identifier(path: str, number: int) -> Row:
    return {
        "object": path.rstrip("s"),
        "id": _id("alid" if path.startswith("allow") else "blid", number),
        "identifier": f"person.{number}@department{number % 97}.acme.example",
        "identifier_type": "email_address",
        "instance_id": INSTANCE,
        "created_at": 1_767_225_600_000 + number,
        "updated_at": 1_767_225_600_000 + number,
    }


def _jwt(_: str, number: int) -> Row:
    return {
        "object": "jwt_template",
        "id": _id("jtmp", number),
        "name": f"service-{number}",
        "claims": {
            "aud": f"service-{number}",
            "role": "{{user.public_metadata.role}}",
            "scopes": ["read", "write"],
        },
        "lifetime": 60 + number,
        "allowed_clock_skew": 5,
        "custom_signing_key": False,
        "signing_algorithm": "RS256",
        **STAMPS,
    }


def _redirect(_: str, number: int) -> Row:
    url = f"myapp{number}://callback"
    return {"object": "redirect_url", "id": _id("ru", number), "url": url, **STAMPS}


def _template(path: str, number: int) -> Row:
    channel = path.rpartition("/")[2]
    return {
        "object": "template",
        "slug": f"{channel}_template_{number}",
        "resource_type": "user",
        "template_type": channel,
        "name": f"Template {number}",
        "subject": f"Message {number} from {{{{app.name}}}}",
        "body": f"<p>Message {number}: {{{{otp_code}}}}</p>\n" * 20,
        "markup": "",
        "available_variables": ["app.name", "otp_code"],
        "required_variables": ["otp_code"],
        "can_edit_body": True,
        "delivered_by_clerk": True,
        **STAMPS,
    }


_MAKE: Mapping[str, Callable[[str, int], Row]] = {
    "allowlist_identifiers": _identifier,
    "blocklist_identifiers": _identifier,
    "jwt_templates": _jwt,
    "redirect_urls": _redirect,
    "templates/email": _template,
    "templates/sms": _template,
}
