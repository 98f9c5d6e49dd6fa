"""Two environments held against each other, and what the files of each say about every difference. No I/O here.

There is no algorithm of its own here: it is a plan from each of two states to the other, and for each side the plan
between its instance and its files, which tells who has strayed.
"""

from reconcile.compare.pair import compare, from_files
from reconcile.compare.values import Comparison, Difference, Party, Side, Stand, Standing, Unread

__all__ = [
    "Comparison",
    "Difference",
    "Party",
    "Side",
    "Stand",
    "Standing",
    "Unread",
    "compare",
    "from_files",
]
