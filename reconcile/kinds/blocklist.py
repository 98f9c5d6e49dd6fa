"""Who may not sign up while the block list is switched on. The list comes whole: the call takes no paging parameters."""

from __future__ import annotations

from reconcile.kinds._identifiers import check, literal_star, normalise
from reconcile.model import Kind, Read

KIND = Kind(
    name="blocklist",
    section="blocklist",
    path="/blocklist_identifiers",
    key="identifier",
    entries="identifiers",
    read=Read.WHOLE,
    update=None,
    present=frozenset({"duplicate_record"}),
    normalise=normalise,
    check=check,
    review=literal_star,
)
