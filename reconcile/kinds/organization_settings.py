"""How organizations work in this instance. Roles are read by key and written by id, once organizations are on."""

from __future__ import annotations

from reconcile.model import Kind, Reference


def _role(written_as: str) -> Reference:
    return Reference(
        kind="organization_role",
        path="/organization_roles",
        key="key",
        written_as=written_as,
        since="2024-10-01",
    )


KIND = Kind(
    name="organization_settings",
    section="organization_settings",
    path="/instance/organization_settings",
    references={
        "creator_role": _role("creator_role_id"),
        "domains_default_role": _role("domains_default_role_id"),
    },
    enables="enabled",
    ignored={"domains_enrollment_modes": frozenset({"manual_invitation"})},
)
