"""Settings of the instance itself. A write answers nothing, and only the allowed origins can be read back."""

from __future__ import annotations

from reconcile.model import Kind

KIND = Kind(
    name="instance",
    section="instance",
    path="/instance",
    twins={"test_mode": "instance_settings.test_mode"},
)
