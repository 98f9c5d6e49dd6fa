"""Who may sign up while the allow list is switched on. Entries cannot be changed, only added and removed."""

from __future__ import annotations

from reconcile.kinds._identifiers import check, literal_star, normalise
from reconcile.model import Kind

KIND = Kind(
    name="allowlist",
    section="allowlist",
    path="/allowlist_identifiers",
    key="identifier",
    entries="identifiers",
    update=None,
    present=frozenset({"duplicate_record"}),
    admits=True,
    messages="notify",
    normalise=normalise,
    check=check,
    review=literal_star,
)
