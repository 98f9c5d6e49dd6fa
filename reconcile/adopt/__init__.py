"""What stands somewhere else -> what our files would say: live objects, the vendor's document, lists. No I/O here.

    document --read_document--+
    list     --read_lines-----+--> Taken --against--> Adoption   (and whoever writes files writes what is new)
    live     --from_live------+

Nothing is lost without a word: what is in a source is an object, or is left with a reason.
"""

from reconcile.adopt.against import against
from reconcile.adopt.document import read_document
from reconcile.adopt.joined import joined, without
from reconcile.adopt.lists import read_csv, read_lines
from reconcile.adopt.report import Adopted, Whence
from reconcile.adopt.text import decoded, json_object
from reconcile.adopt.unmanaged import from_live, unmanaged, unread

__all__ = [
    "Adopted",
    "Whence",
    "against",
    "decoded",
    "from_live",
    "joined",
    "json_object",
    "read_csv",
    "read_document",
    "read_lines",
    "unmanaged",
    "unread",
    "without",
]
