"""The text messages that the service sends. It lets their text be changed only by those who deliver themselves."""

from __future__ import annotations

from reconcile.kinds._templates import template

KIND = template("sms")
