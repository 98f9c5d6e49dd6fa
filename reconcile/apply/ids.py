"""References: the ids of objects that a body names by their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.errors import ApiError, ServiceError
from reconcile.observe import read_list

if TYPE_CHECKING:
    from collections.abc import Mapping
    from threading import Event

    from reconcile.client import Client
    from reconcile.model import Kind, Reference

_PAUSE = 0.5


class Ids:
    """The ids of one run; a kind that was looked up once is not looked up again."""

    def __init__(self, client: Client, stop: Event) -> None:
        self._client = client
        self._stop = stop
        self._known: dict[str, Mapping[str, str]] = {}

    def find(self, kind: Kind, address: str, patience: float) -> str:
        """The id of the object at an address; what a call has just brought about may take `patience` seconds to show."""
        owner, _, key = address.partition("/")
        clock = self._client.clock
        deadline = clock.now() + patience
        reference = next(ref for ref in kind.references.values() if ref.kind == owner)
        while key not in self._known.get(owner, {}):
            patient = clock.now() < deadline and not self._stop.is_set()
            self._known[owner] = self._look_up(reference, patient=patient)
            if key not in self._known[owner]:
                if not patient:
                    known = ", ".join(sorted(self._known[owner])) or "none"
                    raise ServiceError(
                        f"the instance has no {owner.replace('_', ' ')} {key}; it has: {known}"
                    )
                clock.sleep(_PAUSE)
        return self._known[owner][key]

    def _look_up(self, reference: Reference, *, patient: bool) -> Mapping[str, str]:
        """The ids of all objects that a reference could name, by key; none where that is refused and may change."""
        try:
            rows = read_list(self._client, reference.path, flagged=False)
        except ApiError as error:
            if not patient or error.status != 403:
                raise
            return {}
        return {str(row[reference.key]): str(row["id"]) for row in rows}
