"""The beta group of settings. There is no GET: the state is only known from the answer to a write."""

from __future__ import annotations

from reconcile.model import Kind, Read

KIND = Kind(
    name="instance_settings",
    section="instance_settings",
    path="/beta_features/instance_settings",
    read=Read.ECHO,
    gates={"restricted_to_allowlist": "allowlist"},
)
