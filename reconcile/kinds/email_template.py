"""The emails that the service sends. All of these calls are deprecated by the vendor, and have no successor yet."""

from __future__ import annotations

from reconcile.kinds._templates import template

KIND = template("email")
