"""Message templates: a fixed catalogue of Clerk's own texts, each of which an instance may override."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from reconcile.simulator import plans
from reconcile.simulator.check import check
from reconcile.simulator.handlebars import compile_error, printed
from reconcile.simulator.ids import derived_id
from reconcile.simulator.paging import page
from reconcile.simulator.problems import problem, refuse, refuse_if_any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.simulator.lag import Record
    from reconcile.simulator.problems import Problem
    from reconcile.simulator.world import Call

TEMPLATES = "templates"
_TYPES = ("email", "sms")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LOCAL_PARTS = ("from_email_name", "reply_to_email_name")
_SUSPICIOUS = ("<script", "javascript:")
_CHANNEL_ONLY = {"email": (), "sms": ("subject", *_LOCAL_PARTS)}
_LATER = {"slug": "introduced_later", "name": "Introduced later", "required_variables": [], "body": "Hello"}


@cache
def catalogue(kind: str) -> dict[str, Record]:
    """Clerk's own templates of one type by slug, in their order."""
    text = (
        resources.files("reconcile.simulator")
        .joinpath("catalogue", f"{kind}_templates.json")
        .read_text("utf-8")
    )
    return {entry["slug"]: {**entry, "position": place} for place, entry in enumerate(json.loads(text))}


def read_list(call: Call) -> Any:
    """All templates of a type, overridden or not, by position."""
    return page(call, [_seen(call, slug) for slug in _offered(call)])


def read_one(call: Call) -> Any:
    """One template as a reader sees it."""
    return _seen(call, _slug(call))


def put(call: Call) -> Any:
    """The instance's own version in place of Clerk's: whatever is left out is reset."""
    slug = _slug(call)
    plans.require(call.world.options, [plans.TEMPLATES])
    _require_unlocked(call)
    refuse_if_any(check(call.body, call.operation.body or {}))
    current = _true(call, slug)
    wanted = _replacement(call, slug)
    refuse_if_any(_problems(wanted, current, call.body))
    return _override(call, current, wanted)


def revert(call: Call) -> Any:
    """Clerk's own text again."""
    slug = _slug(call)
    plans.require(call.world.options, [plans.TEMPLATES])
    if call.world.store.get(TEMPLATES, _key(call, slug)) is None:
        raise refuse("template_revert_error")
    call.world.remove(TEMPLATES, _key(call, slug))
    return _system(call, slug)


def toggle_delivery(call: Call) -> Any:
    """Who delivers the message; the text stays."""
    slug = _slug(call)
    _require_unlocked(call)
    refuse_if_any(check(call.body, {"required": ["delivered_by_clerk"], **(call.operation.body or {})}))
    return _override(call, _true(call, slug), {"delivered_by_clerk": call.body["delivered_by_clerk"]})


def _kind(call: Call) -> str:
    """The type in the path, `email` or `sms`."""
    kind = call.params["template_type"]
    if kind not in _TYPES:
        raise refuse("template_type_unsupported", "template_type", value=kind)
    return kind


def _offered(call: Call) -> dict[str, Record]:
    """The catalogue of the type in the path, with one more in answers from the future."""
    known = catalogue(_kind(call))
    if not call.world.options.future:
        return known
    model = next(iter(known.values()))
    return {**known, _LATER["slug"]: {**model, **_LATER, "position": len(known)}}  # type: ignore[dict-item]


def _slug(call: Call) -> str:
    """The slug in the path, which must be in the catalogue."""
    slug = call.params["slug"]
    if slug not in _offered(call):
        raise refuse("resource_not_found", "slug", what="template", value=slug)
    return slug


def _key(call: Call, slug: str) -> str:
    """Where the override of a template is kept."""
    return f"{call.params['template_type']}/{slug}"


def _seen(call: Call, slug: str) -> Record:
    """A template as a reader sees it."""
    return call.world.seen(TEMPLATES, _key(call, slug)) or _system(call, slug)


def _true(call: Call, slug: str) -> Record:
    """A template as it is."""
    return call.world.store.get(TEMPLATES, _key(call, slug)) or _system(call, slug)


def _system(call: Call, slug: str) -> Record:
    """Clerk's own version of a template."""
    kind, created = call.params["template_type"], call.world.store.instance["created_at"]
    stamps = {"created_at": created, "updated_at": created, "flagged_as_suspicious": False}
    owner = {"resource_type": "system", "instance_id": None, "can_revert": False}
    named = {"object": "template", "id": _id(call, slug, "system"), "template_type": kind}
    return {**_offered(call)[slug], **named, **owner, **stamps}


def _override(call: Call, current: Record, changes: Record) -> Record:
    """Keep the instance's own version."""
    slug, now = current["slug"], call.world.milliseconds()
    created = current["created_at"] if current["resource_type"] == "user" else now
    owner = {"resource_type": "user", "instance_id": call.world.store.instance["id"], "can_revert": True}
    stamps = {"id": _id(call, slug, "user"), "created_at": created, "updated_at": now}
    record = {**current, **changes, **owner, **stamps}
    call.world.put(TEMPLATES, _key(call, slug), record)
    return record


def _id(call: Call, slug: str, owner: str) -> str:
    """Clerk's version and the instance's own have an id each."""
    return derived_id("tmpl_", call.world.store.secret, owner, _key(call, slug))


def _replacement(call: Call, slug: str) -> Record:
    """The writable fields after a full replace: what was sent, and defaults for what was not."""
    default = _offered(call)[slug]
    fallback = {
        "name": default["name"],
        "subject": None,
        "markup": "",
        "body": "" if default["can_edit_body"] else default["body"],
        "delivered_by_clerk": True,
        "from_email_name": default["from_email_name"],
        "reply_to_email_name": default["reply_to_email_name"],
    }
    ignored = _CHANNEL_ONLY[_kind(call)]
    sent = {name: value for name, value in call.body.items() if value is not None and name not in ignored}
    return _tidied({**fallback, **sent})


def _tidied(fields: Record) -> Record:
    """Texts as they are stored: every line ends in a line feed, and outer white space is gone."""
    return {**fields, **{name: _tidy(fields[name]) for name in ("body", "markup")}}


def _tidy(text: str) -> str:
    """One text as it is stored."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\r\n")


def _problems(wanted: Record, current: Record, sent: Record) -> Iterator[Problem]:
    """Why this version cannot be kept."""
    if not current["can_edit_body"] and "body" in sent and wanted["body"] != _tidy(current["body"]):
        yield problem("template_body_modification_restricted", "body")
    for name in _LOCAL_PARTS:
        if wanted[name] and not _LOCAL_PART.fullmatch(wanted[name]):
            yield problem("form_param_format_invalid", name, why="must be the local part of an email address")
    yield from _body_problems(wanted["body"], current)


def _body_problems(body: str, current: Record) -> Iterator[Problem]:
    """A body that does not compile, lacks a required variable, or looks suspicious."""
    error = compile_error(body)
    if error:
        yield problem("invalid_template_body", "body", why=error)
        return
    for name in sorted(set(current["required_variables"]) - printed(body)):
        yield problem("required_variable_missing", "body", value=name)
    if any(sign in body.lower() for sign in _SUSPICIOUS):
        yield problem("email_template_suspicious_blocked")


def _require_unlocked(call: Call) -> None:
    """Suspected abuse locks all template changes but reverting."""
    if call.world.store.instance["templates_locked"]:
        raise refuse("email_template_customization_locked")
