"""Who we talk to, and whether that was meant. No I/O here: what is known before a call, and what GET /instance said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.errors import RefusedError

if TYPE_CHECKING:
    from reconcile.model import Instance

_PREFIXES = {"sk_test_": "development", "sk_live_": "production"}


def check_key(environment: str, secret_key: str, expected_type: str) -> None:
    """Refuse a key whose prefix belongs to another type of instance than the environment; sends nothing."""
    actual = next((kind for prefix, kind in _PREFIXES.items() if secret_key.startswith(prefix)), "")
    if not actual:
        raise RefusedError(
            f"environment {environment}: its secret key starts with neither sk_test_ nor sk_live_; "
            "copy the key again from the API keys page of the dashboard"
        )
    if actual != expected_type:
        raise RefusedError(
            f"environment {environment} has type {expected_type}, and its secret key is that of a {actual} instance; "
            f"use the other key, or write `type: {actual}` in reconcile.yml"
        )


def check_instance(environment: str, instance: Instance, expected_type: str, pinned: str) -> None:
    """Refuse an instance that is not the one that the environment means."""
    if pinned and instance.id != pinned:
        raise RefusedError(
            f"environment {environment} is pinned to {pinned}, and its secret key belongs to {instance.id}; "
            "nothing was shown and nothing was sent: use the right key, or change `instance` in reconcile.yml"
        )
    if instance.environment_type != expected_type:
        raise RefusedError(
            f"environment {environment} has type {expected_type}, and the instance says it is {instance.environment_type}; "
            "nothing was sent: use the right key, or change `type` in reconcile.yml"
        )


def check_confirmed(environment: str, confirmed: str) -> None:
    """Refuse to write to a protected environment unless its name was given once more."""
    if confirmed != environment:
        raise RefusedError(
            f"environment {environment} is protected; say `--confirm {environment}` to write to it"
        )
