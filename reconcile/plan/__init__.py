"""(kinds, desired, live, memory, policy) -> Plan: match, diff, choose the action, order. No I/O here.

`plan`, `drift` and everything else that compares two states is this one function; apply looks at nothing but
its result.
"""

from reconcile.plan.make import make_plan
from reconcile.plan.order import waves
from reconcile.plan.stale import Staleness, Took, judge, remaining, stale_findings, took
from reconcile.plan.summary import Summary, summarise

__all__ = [
    "Staleness",
    "Summary",
    "Took",
    "judge",
    "make_plan",
    "remaining",
    "stale_findings",
    "summarise",
    "took",
    "waves",
]
