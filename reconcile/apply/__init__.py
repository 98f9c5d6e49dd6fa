"""Plan -> Outcomes, wave by wave. It looks at nothing but the plan: it never merges, decides or fills in."""

from reconcile.apply.journal import Nobody, Recorder
from reconcile.apply.run import Manner, apply

__all__ = ["Manner", "Nobody", "Recorder", "apply"]
