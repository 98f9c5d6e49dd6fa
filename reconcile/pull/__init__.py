"""What the files should say so that they agree with the instance again: three sides, one verdict for each value.

    file     what the files want
    base     what files and instance last agreed on
    live     what the service returned

No I/O here: `edit` writes what is decided in here, and nothing else.
"""

from reconcile.pull.agreed import after_pull
from reconcile.pull.decide import pulled
from reconcile.pull.declarable import Draft, declarable, everything
from reconcile.pull.verdict import Item, Pulled, Verdict, Wish

__all__ = ["Draft", "Item", "Pulled", "Verdict", "Wish", "after_pull", "declarable", "everything", "pulled"]
