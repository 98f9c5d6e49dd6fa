"""The sign-up restrictions of an instance. There is no GET: the state is only known from the answer to a write."""

from __future__ import annotations

from reconcile.model import Kind, Read

KIND = Kind(
    name="restrictions",
    section="restrictions",
    path="/instance/restrictions",
    read=Read.ECHO,
    gates={"allowlist": "allowlist", "blocklist": "blocklist"},
    twins={"allowlist": "instance_settings.restricted_to_allowlist"},
)
