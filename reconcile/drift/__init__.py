"""Who has changed what since files and instance last agreed. No I/O here.

    files, instance --make_plan--> Plan ----------+
                                                   +-- classify --> Drifted --> sorted out by `ignore` rules
    base, instance --make_plan--> what moved there +

There is no comparison of its own in it: a plan says what differs, a plan back to the base says what moved on the
instance, and `compare` what moved in the files.
"""

from reconcile.drift.classify import classify, combined
from reconcile.drift.ignore import expired, sort_out
from reconcile.drift.report import base_of, drift_of

__all__ = ["base_of", "classify", "combined", "drift_of", "expired", "sort_out"]
