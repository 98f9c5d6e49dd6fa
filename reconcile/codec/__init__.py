"""Plan <-> JSON: the only reader and writer of plan files. No I/O here: dicts and text, no files.

What a user wrote stands only under `value` and is never interpreted, so claims that look like our own tags
come back as the claims they are.
"""

from reconcile.codec.digest import plan_digest
from reconcile.codec.plan import FORMAT_VERSION, check_format, decode_plan, encode_plan
from reconcile.codec.signature import signed, signed_content

__all__ = [
    "FORMAT_VERSION",
    "check_format",
    "decode_plan",
    "encode_plan",
    "plan_digest",
    "signed",
    "signed_content",
]
