"""Plan <-> JSON: the only reader and writer of plan files, snapshots and bases. No I/O here: dicts and text, no files.

What a user wrote stands only under `value` and is never interpreted, so claims that look like our own tags
come back as the claims they are.
"""

from typing import TYPE_CHECKING

from reconcile.codec.digest import plan_digest
from reconcile.codec.plan import FORMAT_VERSION, check_format, decode_plan, encode_plan, encode_summary
from reconcile.codec.signature import signed, signed_content
from reconcile.codec.values import encode_fields
from reconcile.model.later import later

if TYPE_CHECKING:
    from reconcile.codec.baseline import decode_baseline, encode_baseline
    from reconcile.codec.before import decode_before, encode_before
    from reconcile.codec.snapshot import Snapshot, decode_snapshot, encode_snapshot, no_snapshot

__getattr__ = later(
    __name__,
    {
        "baseline": "decode_baseline encode_baseline",
        "before": "decode_before encode_before",
        "snapshot": "Snapshot decode_snapshot encode_snapshot no_snapshot",
    },
)

__all__ = [
    "FORMAT_VERSION",
    "Snapshot",
    "check_format",
    "decode_baseline",
    "decode_before",
    "decode_plan",
    "decode_snapshot",
    "encode_baseline",
    "encode_before",
    "encode_fields",
    "encode_plan",
    "encode_snapshot",
    "encode_summary",
    "no_snapshot",
    "plan_digest",
    "signed",
    "signed_content",
]
