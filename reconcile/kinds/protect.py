"""Protection of sign-up and sign-in against abuse."""

from __future__ import annotations

from reconcile.model import Kind

KIND = Kind(
    name="protect",
    section="protect",
    path="/instance/protect",
)
