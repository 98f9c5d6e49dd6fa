"""What costs money: which requests need which feature of the subscription."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.simulator.problems import Refused, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reconcile.simulator.values import Options

FREE_MEMBERSHIPS = 5


def _given(value: Any) -> bool:
    """The field is in the request, whatever it says."""
    return value is not None


def _on(value: Any) -> bool:
    """The field is switched on."""
    return value is True


def _many(value: Any) -> bool:
    """More members than the free plan knows; 0 means no limit."""
    return isinstance(value, int) and not 0 < value <= FREE_MEMBERSHIPS


COLLECTIONS = {"allowlist_identifiers": "allowlist", "blocklist_identifiers": "blocklist"}
"""Collections that cannot even be read without the feature."""
TEMPLATES = "custom_email_template"
"""Needed to override a template and to put it back."""
ALL_COUNTRIES = "sms_all_countries"
"""Needed to send messages to every country."""
_FIELDS: dict[tuple[str, str], tuple[str, Callable[[Any], bool]]] = {
    # (settings group or collection, field): the feature, and which values need it
    ("restrictions", "allowlist"): ("allowlist", _given),
    ("restrictions", "blocklist"): ("blocklist", _given),
    ("restrictions", "block_email_subaddresses"): ("block_email_subaddresses", _given),
    ("restrictions", "block_disposable_email_domains"): ("block_disposable_email_domains", _given),
    ("instance_settings", "restricted_to_allowlist"): ("allowlist", _given),
    ("organization_settings", "domains_enabled"): ("organization_domains", _on),
    ("organization_settings", "max_allowed_memberships"): ("organization_unlimited_memberships", _many),
    ("jwt_templates", "custom_signing_key"): ("custom_jwt_signing_key", _on),
}

FEATURES = frozenset(
    {TEMPLATES, ALL_COUNTRIES, *COLLECTIONS.values(), *(feature for feature, _ in _FIELDS.values())}
)
"""Every paid feature, by the names that `Options.features` takes."""


def includes(options: Options, feature: str) -> bool:
    """Whether the subscription includes a feature."""
    return options.features is None or feature in options.features


def require(options: Options, features: Iterable[str]) -> None:
    """Refuse with 402 unless the subscription includes all of these."""
    lacking = sorted(feature for feature in set(features) if not includes(options, feature))
    if lacking:
        meta = {"unsupported_features": lacking}
        raise Refused(
            [problem("unsupported_subscription_plan_features", meta=meta, value=", ".join(lacking))]
        )


def needed_for(owner: str, body: Mapping[str, Any]) -> list[str]:
    """The features that a write needs."""
    gates = ((_FIELDS.get((owner, name)), value) for name, value in body.items())
    return [gate[0] for gate, value in gates if gate is not None and gate[1](value)]
