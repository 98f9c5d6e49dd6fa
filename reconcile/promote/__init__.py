"""From one environment to the next: the wishes of B, and on request what is live in A and in nobody's files.

    files of B ----------------------------+
                                           +-- merge --> Desired of B --> a plan like any other
    A: live against its files --> drift ---+

Only the plan between A and its files, and what the files want of B, are looked at. No I/O here.
"""

from reconcile.promote.drift import Leaf, drift, refusals, unmanaged
from reconcile.promote.leftovers import leftovers
from reconcile.promote.literals import Literals, literals
from reconcile.promote.merge import key_of, merge, without_owned
from reconcile.promote.own import Terms

__all__ = [
    "Leaf",
    "Literals",
    "Terms",
    "drift",
    "key_of",
    "leftovers",
    "literals",
    "merge",
    "refusals",
    "unmanaged",
    "without_owned",
]
