"""`policy` of reconcile.yml: how much a plan may do without being asked twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.model import Limit, Rules

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEFAULT = Rules()


def rules(policy: Mapping[str, Any]) -> Rules:
    """The rules that a policy makes, once its schema has held; what it leaves out stays as it is by default."""
    return Rules(
        max_delete=_limit(policy["max_delete"]) if "max_delete" in policy else _DEFAULT.max_delete,
        max_change=_limit(policy["max_change"]) if "max_change" in policy else _DEFAULT.max_change,
        min_size=policy.get("min_size", _DEFAULT.min_size),
        protected=tuple(policy.get("protected", ())),
        retired=tuple(policy.get("retired", ())),
        delivery_consumer=policy.get("delivery_consumer", ""),
    )


def _limit(text: str) -> Limit:
    """A number, or a share such as `30%`; the schema takes both as text."""
    return Limit(float(text.removesuffix("%")), share=text.endswith("%"))
