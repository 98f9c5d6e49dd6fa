"""What holds for all applications that use this instance as their identity provider."""

from __future__ import annotations

from reconcile.model import Kind

KIND = Kind(
    name="oauth_application_settings",
    section="oauth_application_settings",
    path="/instance/oauth_application_settings",
)
