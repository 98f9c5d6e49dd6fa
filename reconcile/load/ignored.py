"""`ignore` of reconcile.yml: drift that somebody knows of, with a reason and a last day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from reconcile.model import Ignore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Origin


def ignored(row: Mapping[str, Any], origin: Origin) -> Ignore:
    """The rule of one entry, once its schema has held."""
    return Ignore(row["address"], row["reason"], row["expires"], row.get("field", ""), origin)


def no_days(rules: Iterable[Ignore]) -> Iterator[tuple[int, str]]:
    """What no schema can say: entries whose last day is in no calendar, by their number."""
    for place, rule in enumerate(rules):
        try:
            date.fromisoformat(rule.expires)
        except ValueError:
            yield (
                place,
                f"ignore.{place}.expires: {rule.expires} is in no calendar; write a day as YYYY-MM-DD",
            )
