"""Plans to look at, made of one change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Action, Change, FieldChange, Instance, Origin, Plan
from reconcile.render.terminal import Style, plan_text

if TYPE_CHECKING:
    from reconcile.model import Tagged

PLAIN = Style()


def plan(*changes: Change) -> Plan:
    return Plan("staging", Instance("ins_1", "development"), changes=changes)


def change(*fields: FieldChange, action: Action = Action.UPDATE) -> Change:
    return Change("jwt_template/a", "jwt_template", "a", action, origin=Origin("jwt.yml", 4), fields=fields)


def entry(name: str, *fields: FieldChange, action: Action = Action.CREATE) -> Change:
    return Change(f"allowlist/{name}", "allowlist", name, action, origin=Origin("list.txt", 4), fields=fields)


def shown(before: Tagged, after: Tagged, action: Action = Action.UPDATE, style: Style = PLAIN) -> list[str]:
    """The lines of one field of one change."""
    field = FieldChange(("claims", "role"), before, after)
    text = plan_text(plan(change(field, action=action)), 1, style)
    return text.split("\n\n")[1].split("\n")[2:]
