"""The vendor's Python SDK at work on an instance: `sdk_python.py http://127.0.0.1:PORT look|create|update|delete`.

Needs clerk-backend-api, and the secret key as CLERK_SECRET_KEY. Does what `steps.json` says, as far as the SDK covers it,
and prints one line of JSON for each call. Knows nothing of `reconcile`, and repairs nothing that the SDK does.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clerk_backend_api import Clerk, models  # type: ignore[import-not-found]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ALL = 500
KEYS = {
    "jwt_template": "name",
    "allowlist": "identifier",
    "blocklist": "identifier",
    "redirect_url": "url",
    "email_template": "slug",
    "sms_template": "slug",
    "organization_role": "key",
}
EMAIL, SMS = models.TemplateType.EMAIL, models.TemplateType.SMS
TEMPLATE_FIELDS = (
    "name",
    "subject",
    "markup",
    "body",
    "delivered_by_clerk",
    "from_email_name",
    "reply_to_email_name",
)

Fields = dict[str, Any]

# kind, name of the call, and the call; each list to its end, in one page
READS: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("email_template", "email_sms_templates.list", lambda c: _templates(c, EMAIL)),
    ("sms_template", "email_sms_templates.list", lambda c: _templates(c, SMS)),
    ("jwt_template", "jwt_templates.list", lambda c: c.jwt_templates.list(limit=ALL)),
    ("allowlist", "allowlist_identifiers.list", lambda c: c.allowlist_identifiers.list(limit=ALL)),
    ("blocklist", "blocklist_identifiers.list", lambda c: c.blocklist_identifiers.list().data),
    ("redirect_url", "redirect_urls.list", lambda c: c.redirect_urls.list(limit=ALL)),
    ("organization_role", "organization_roles.list", lambda c: c.organization_roles.list(limit=ALL).data),
    ("instance", "instance_settings.get", lambda c: c.instance_settings.get()),
    (
        "organization_settings",
        "instance_settings.get_organization_settings",
        lambda c: c.instance_settings.get_organization_settings(),
    ),
    (
        "communication",
        "instance_settings.get_communication",
        lambda c: c.instance_settings.get_communication(),
    ),
    (
        "protect",
        "instance_settings.get_instance_protect",
        lambda c: c.instance_settings.get_instance_protect(),
    ),
    (
        "oauth_application_settings",
        "instance_settings.get_o_auth_application_settings",
        lambda c: c.instance_settings.get_o_auth_application_settings(),
    ),
    # The flag that makes the service answer with an object instead of an array.
    (
        "jwt_template",
        "jwt_templates.list(paginated=True)",
        lambda c: c.jwt_templates.list(paginated=True, limit=ALL),
    ),
    (
        "allowlist",
        "allowlist_identifiers.list(paginated=True)",
        lambda c: c.allowlist_identifiers.list(paginated=True, limit=ALL),
    ),
    (
        "redirect_url",
        "redirect_urls.list(paginated=True)",
        lambda c: c.redirect_urls.list(paginated=True, limit=ALL),
    ),
)
LOOKED_UP = {"jwt_template", "allowlist", "blocklist", "redirect_url"}


@dataclass(frozen=True)
class Write:
    """One call that changes something: its name, and how it is made from id (or slug) and fields."""

    call: str
    send: Callable[[Any, str, Fields], Any]


WRITES = {
    ("create", "jwt_template"): Write(
        "jwt_templates.create", lambda c, _, fields: c.jwt_templates.create(request=fields)
    ),
    ("create", "allowlist"): Write(
        "allowlist_identifiers.create", lambda c, _, fields: c.allowlist_identifiers.create(request=fields)
    ),
    ("create", "blocklist"): Write(
        "blocklist_identifiers.create", lambda c, _, fields: c.blocklist_identifiers.create(request=fields)
    ),
    ("create", "redirect_url"): Write(
        "redirect_urls.create", lambda c, _, fields: c.redirect_urls.create(request=fields)
    ),
    ("update", "jwt_template"): Write(
        "jwt_templates.update", lambda c, id_, fields: c.jwt_templates.update(template_id=id_, **fields)
    ),
    ("update", "email_template"): Write(
        "email_and_sms_templates.upsert",
        lambda c, slug, fields: c.email_and_sms_templates.upsert(
            template_type=models.UpsertTemplatePathParamTemplateType.EMAIL, slug=slug, **fields
        ),
    ),
    ("update", "sms_template"): Write(
        "email_sms_templates.toggle_template_delivery",
        lambda c, slug, fields: c.email_sms_templates.toggle_template_delivery(
            template_type=models.ToggleTemplateDeliveryPathParamTemplateType.SMS, slug=slug, **fields
        ),
    ),
    ("update", "instance"): Write(
        "instance_settings.update", lambda c, _, fields: c.instance_settings.update(request=fields)
    ),
    ("update", "restrictions"): Write(
        "instance_settings.update_restrictions",
        lambda c, _, fields: c.instance_settings.update_restrictions(request=fields),
    ),
    ("update", "organization_settings"): Write(
        "instance_settings.update_organization_settings",
        lambda c, _, fields: c.instance_settings.update_organization_settings(request=fields),
    ),
    ("update", "communication"): Write(
        "instance_settings.update_communication",
        lambda c, _, fields: c.instance_settings.update_communication(request=fields),
    ),
    ("update", "protect"): Write(
        "instance_settings.update_instance_protect",
        lambda c, _, fields: c.instance_settings.update_instance_protect(request=fields),
    ),
    ("update", "oauth_application_settings"): Write(
        "instance_settings.update_o_auth_application_settings",
        lambda c, _, fields: c.instance_settings.update_o_auth_application_settings(request=fields),
    ),
    ("update", "instance_settings"): Write(
        "beta_features.update_instance_settings",
        lambda c, _, fields: c.beta_features.update_instance_settings(request=fields),
    ),
    ("delete", "jwt_template"): Write(
        "jwt_templates.delete", lambda c, id_, _: c.jwt_templates.delete(template_id=id_)
    ),
    ("delete", "allowlist"): Write(
        "allowlist_identifiers.delete", lambda c, id_, _: c.allowlist_identifiers.delete(identifier_id=id_)
    ),
    ("delete", "blocklist"): Write(
        "blocklist_identifiers.delete", lambda c, id_, _: c.blocklist_identifiers.delete(identifier_id=id_)
    ),
    ("delete", "redirect_url"): Write(
        "redirect_urls.delete", lambda c, id_, _: c.redirect_urls.delete(id=id_)
    ),
    ("delete", "email_template"): Write(
        "email_sms_templates.revert",
        lambda c, slug, _: c.email_sms_templates.revert(
            template_type=models.RevertTemplatePathParamTemplateType.EMAIL, slug=slug
        ),
    ),
}


def _templates(clerk: Any, type_: Any) -> Any:
    return clerk.email_sms_templates.list(template_type=type_, limit=ALL)


def look(clerk: Any) -> Iterator[Fields]:
    """Every list and every group that the SDK can read."""
    for kind, call, read in READS:
        line = {"verb": "look", "kind": kind, "call": call}
        try:
            answer = read(clerk)
        except Exception as error:  # noqa: BLE001 - whatever the SDK raises is what is to be reported
            yield {**line, "error": _said(error)}
        else:
            yield {**line, "items": _items(kind, answer)}


def _items(kind: str, answer: Any) -> Fields:
    """Objects as plain values by their natural key; a group under the empty one."""
    objects = [one.model_dump(mode="json") for one in (answer if isinstance(answer, list) else [answer])]
    return {one[KEYS[kind]] if kind in KEYS else "": one for one in objects}


def change(clerk: Any, verb: str, step: Fields) -> Fields:
    """Carry one step out; says which fields the SDK was given."""
    kind, key = step["kind"], step["key"]
    line = {"verb": verb, "kind": kind, "key": key}
    write = WRITES.get((verb, kind))
    if write is None:
        return {**line, "call": "", "uncovered": True}
    line |= {"call": write.call, "fields": step.get("fields", {})}
    try:
        if (verb, kind) == ("update", "email_template"):
            line["fields"] = _whole(clerk, key, step["fields"])
        write.send(clerk, _id(clerk, verb, kind, key), line["fields"])
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises is what is to be reported
        return {**line, "error": _said(error)}
    return line


def _whole(clerk: Any, slug: str, fields: Fields) -> Fields:
    """A template is written as a whole: what is live, with some fields changed."""
    live = clerk.email_sms_templates.get(
        template_type=models.PathParamTemplateType.EMAIL, slug=slug
    ).model_dump(mode="json")
    return {**{name: live[name] for name in TEMPLATE_FIELDS}, **fields}


def _id(clerk: Any, verb: str, kind: str, key: str) -> str:
    """What the service knows an object by; the key itself where that is it."""
    if verb == "create" or kind not in LOOKED_UP:
        return key
    read = next(read for one, _, read in READS if one == kind)
    return next(str(one.id) for one in read(clerk) if getattr(one, KEYS[kind]) == key)


def _said(error: Exception) -> str:
    """An error in one line, as the SDK words it, without the answer that it could not read."""
    text = " ".join(str(error).split()).partition(" [type=")[0]
    return f"{type(error).__name__}: {text[:200]}"


def main() -> None:
    """Carry one phase out."""
    url, phase = sys.argv[1:]
    steps = json.loads((Path(__file__).parent / "steps.json").read_text(encoding="utf-8"))
    with Clerk(bearer_auth=os.environ["CLERK_SECRET_KEY"], server_url=f"{url}/v1") as clerk:
        lines = look(clerk) if phase == "look" else (change(clerk, phase, step) for step in steps[phase])
        for line in lines:
            sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
