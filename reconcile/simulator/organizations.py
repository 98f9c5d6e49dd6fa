"""Organizations: settings that take role ids and show role keys, and roles that exist once they are enabled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.simulator.paging import page
from reconcile.simulator.problems import problem, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.simulator.lag import Record
    from reconcile.simulator.problems import Problem
    from reconcile.simulator.world import Call

Body = dict[str, Any]

ROLES = "organization_roles"
MODES = ("automatic_invitation", "automatic_suggestion")
_ADDED_MODE = "manual_invitation"
_KEY_FIELDS = {"creator_role_id": "creator_role", "domains_default_role_id": "domains_default_role"}
_CREATOR_NEEDS = ("org:sys_memberships:manage", "org:sys_memberships:read", "org:sys_profile:delete")
_PERMISSIONS = {
    "org:sys_profile:manage": "Manage the organization",
    "org:sys_profile:delete": "Delete the organization",
    "org:sys_memberships:read": "See the members",
    "org:sys_memberships:manage": "Manage the members",
    "org:sys_domains:read": "See the domains",
    "org:sys_domains:manage": "Manage the domains",
    "org:sys_billing:read": "See the billing",
    "org:sys_billing:manage": "Manage the billing",
}
_DEFAULT_ROLES = (
    # key, name, description and permissions; the first is the older one
    ("org:member", "Member", "Everybody else", ("org:sys_memberships:read", "org:sys_billing:read")),
    ("org:admin", "Admin", "Runs the organization", tuple(_PERMISSIONS)),
)


def problems(call: Call, body: Body) -> Iterator[Problem]:
    """Modes nobody may send, a negative limit, and roles that cannot be given."""
    for mode in body.get("domains_enrollment_modes", ()):
        if mode not in MODES:
            yield problem("form_param_value_invalid", "domains_enrollment_modes", why=f"must not hold {mode}")
    if body.get("max_allowed_memberships", 0) < 0:
        yield problem("form_param_value_invalid", "max_allowed_memberships", why="must be at least 0")
    for name in _KEY_FIELDS:
        if name in body:
            yield from _role_problems(call, name, body[name])


def _role_problems(call: Call, name: str, role_id: str) -> Iterator[Problem]:
    """Organizations that are still off, a role that does not exist, or one that may not create organizations."""
    role = call.world.store.get(ROLES, role_id)
    if not call.world.group("organization_settings")["enabled"]:
        yield problem("organization_not_enabled_in_instance", name)
    elif role is None and (role_id or name == "creator_role_id"):
        yield problem("resource_not_found", name, what="organization role", value=role_id)
    elif role and name == "creator_role_id" and not role["is_creator_eligible"]:
        yield problem("organization_missing_creator_role_permissions", name, value=", ".join(_CREATOR_NEEDS))


def stored(call: Call, body: Body) -> Body:
    """Role keys in place of role ids."""
    ids = {name: value for name, value in body.items() if name in _KEY_FIELDS}
    keys = {
        _KEY_FIELDS[name]: (call.world.store.get(ROLES, role) or {"key": ""})["key"]
        for name, role in ids.items()
    }
    return {**{name: value for name, value in body.items() if name not in ids}, **keys}


def shown(_call: Call, group: Record) -> Record:
    """The enrollment modes with the one that Clerk adds."""
    return {**group, "domains_enrollment_modes": [_ADDED_MODE, *group["domains_enrollment_modes"]]}


def follow(call: Call, before: Record, after: Record) -> Record:
    """Enabling organizations for the first time brings the default roles and the first role set."""
    if before["enabled"] or not after["enabled"] or call.world.store.all(ROLES):
        return after
    now = call.world.milliseconds()
    for age, (key, name, description, permissions) in enumerate(_DEFAULT_ROLES):
        role = _role(call, key, name, description, permissions, now + age)
        call.world.put(ROLES, role["id"], role)
    return {**after, "creator_role": "org:admin", "initial_role_set_key": "role_set:default"}


def _role(
    call: Call, key: str, name: str, description: str, permissions: tuple[str, ...], now: int
) -> Record:
    """One default role with its permissions spelled out."""
    return {
        "object": "role",
        "id": call.world.new_id("role_"),
        "name": name,
        "key": key,
        "description": description,
        "is_creator_eligible": all(need in permissions for need in _CREATOR_NEEDS),
        "permissions": [_permission(call, one, now) for one in permissions],
        "created_at": now,
        "updated_at": now,
    }


def _permission(call: Call, key: str, now: int) -> Record:
    """One system permission."""
    return {
        "object": "permission",
        "id": call.world.new_id("perm_"),
        "name": _PERMISSIONS[key],
        "key": key,
        "description": _PERMISSIONS[key],
        "type": "system",
        "created_at": now,
        "updated_at": now,
    }


_ORDERS = ("created_at", "name", "key")


def list_roles(call: Call) -> Any:
    """The roles, newest first unless asked otherwise; refused while organizations are off."""
    if not call.world.seen_group("organization_settings")["enabled"]:
        raise refuse("organization_not_enabled_in_instance")
    order = call.query.get("order_by", "-created_at")
    field = order.lstrip("+-")
    if field not in _ORDERS:
        raise refuse("form_param_value_invalid", "order_by", why="must name " + ", ".join(_ORDERS))
    found = [role for role in call.world.listed(ROLES) if _matches(role, call.query.get("query", ""))]
    return page(call, sorted(found, key=lambda role: role[field], reverse=order.startswith("-")))


def _matches(role: Record, text: str) -> bool:
    """Whether a role is found by this text: its whole id, or a part of its name or key."""
    return text == role["id"] or text.lower() in role["name"].lower() or text in role["key"]
