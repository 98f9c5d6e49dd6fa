"""Every value that travels through `reconcile`: frozen, slotted, no I/O, and nothing of ours imported.

    files --load--> Desired ---+
                               +-- make_plan --> Plan --> rendered, written to a file, or applied
    API --observe--> Live -----+

Mappings and tuples inside are never changed after they are made; a changed value is a new one (`replace`).
"""

from typing import TYPE_CHECKING

from reconcile.model.kind import Field, Kind, Read, Reference, Remark, Review
from reconcile.model.later import later
from reconcile.model.plan import Action, Call, Change, FieldChange, Outcome, Plan, Source, Status, Unverified
from reconcile.model.rules import Counterpart, Ignore, Limit, Rules
from reconcile.model.state import (
    Baseline,
    Declared,
    Desired,
    Gate,
    Instance,
    Live,
    Match,
    Memory,
    Object,
    Policy,
    Recall,
    Section,
)
from reconcile.model.values import (
    ABSENT,
    UNREADABLE,
    Absent,
    Fields,
    Finding,
    Json,
    Origin,
    Path,
    Ref,
    Secret,
    Severity,
    Tagged,
    Unreadable,
    Value,
)

if TYPE_CHECKING:
    from reconcile.model.adoption import Adoption, Candidate, Clash, Left, Taken, Why
    from reconcile.model.check import Check, Level
    from reconcile.model.drift import Base, Difference, Drift, Drifted, Hidden, Known, Presence, Side

__getattr__ = later(
    __name__,
    {
        "adoption": "Adoption Candidate Clash Left Taken Why",
        "check": "Check Level",
        "drift": "Base Difference Drift Drifted Hidden Known Presence Side",
    },
)

__all__ = [
    "ABSENT",
    "UNREADABLE",
    "Absent",
    "Action",
    "Adoption",
    "Base",
    "Baseline",
    "Call",
    "Candidate",
    "Change",
    "Check",
    "Clash",
    "Counterpart",
    "Declared",
    "Desired",
    "Difference",
    "Drift",
    "Drifted",
    "Field",
    "FieldChange",
    "Fields",
    "Finding",
    "Gate",
    "Hidden",
    "Ignore",
    "Instance",
    "Json",
    "Kind",
    "Known",
    "Left",
    "Level",
    "Limit",
    "Live",
    "Match",
    "Memory",
    "Object",
    "Origin",
    "Outcome",
    "Path",
    "Plan",
    "Policy",
    "Presence",
    "Read",
    "Recall",
    "Ref",
    "Reference",
    "Remark",
    "Review",
    "Rules",
    "Secret",
    "Section",
    "Severity",
    "Side",
    "Source",
    "Status",
    "Tagged",
    "Taken",
    "Unreadable",
    "Unverified",
    "Value",
    "Why",
]
