"""Which countries get no text messages. Codes that the service does not know vanish from the stored list."""

from __future__ import annotations

from reconcile.model import Kind

KIND = Kind(
    name="communication",
    section="communication",
    path="/instance/communication",
)
