"""Receipts: that a field which cannot be read back was sent, and when. A receipt is not knowledge.

    STATE/receipts/<instance>.json
    {"format": 1, "key": "hmac-sha256:…", "receipts": {address: {path: {"digest": "hmac-sha256:…", "at": "…Z"}}},
     "not_ours": [id, …]}

`key` changes with the secret key, and then all receipts count as absent.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconcile.errors import ReconcileError
from reconcile.model import Action, Match, Memory, Recall, Status, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconcile.model import FieldChange, Kind, Outcome, Plan, Tagged
    from reconcile.model import Path as FieldPath
    from reconcile.state.keys import Keys

_FORMAT = 1
_FRESH = frozenset({Action.CREATE, Action.REPLACE, Action.DELETE})
Receipts = dict[str, dict[str, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The receipts of one instance."""

    path: Path
    keys: Keys
    receipts: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    not_ours: frozenset[str] = frozenset()

    @classmethod
    def open(cls, state: Path, instance: str, keys: Keys) -> Ledger:
        """Read the ledger of an instance; a missing one is empty, a damaged one an error that says what to do."""
        path = state / "receipts" / f"{instance}.json"
        try:
            row: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            same_key = row["format"] == _FORMAT and row["key"] == keys.seal("ledger", instance)
            return cls(path, keys, dict(row["receipts"]) if same_key else {}, frozenset(row["not_ours"]))
        except FileNotFoundError:
            return cls(path, keys)
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            raise ReconcileError(
                f"{path} is damaged or cannot be read; remove it: what cannot be read back is then sent once more"
            ) from error

    @property
    def memory(self) -> Memory:
        """What a plan may know of earlier runs."""
        return Memory(self._recall, self.not_ours)

    def _recall(self, address: str, path: FieldPath, value: Tagged) -> Recall:
        kept = self.receipts.get(address, {}).get(_name(path))
        if kept is None:
            return Recall(Match.NONE)
        same = kept["digest"] == self.keys.receipt(address, path, value)
        return Recall(Match.SAME if same else Match.OTHER, kept["at"])

    def after(self, plan: Plan, kinds: Mapping[str, Kind], outcomes: Iterable[Outcome], now: float) -> Ledger:
        """The ledger once these outcomes are known."""
        at = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        receipts: Receipts = {
            address: {k: dict(v) for k, v in rows.items()} for address, rows in self.receipts.items()
        }
        ended = {outcome.address: outcome for outcome in outcomes}
        for change in plan.changes:
            if ended[change.address].status in {Status.DONE, Status.UNCONFIRMED}:
                sent = [item for item in change.fields if _hidden(kinds[change.kind], item)]
                kept = {
                    _name(item.path): {
                        "digest": self.keys.receipt(change.address, item.path, item.after),
                        "at": at,
                    }
                    for item in sent
                }
                older = {} if change.action in _FRESH else receipts.pop(change.address, {})
                receipts.pop(change.address, None)
                if older or kept:
                    receipts[change.address] = {**older, **kept}
        foreign = self.not_ours | {outcome.not_ours for outcome in ended.values() if outcome.not_ours}
        return Ledger(self.path, self.keys, receipts, foreign)

    def save(self) -> None:
        """Write the ledger whole or not at all, readable by its owner only."""
        document = {
            "format": _FORMAT,
            "key": self.keys.seal("ledger", self.path.stem),
            "receipts": self.receipts,
            "not_ours": sorted(self.not_ours),
        }
        write_private(self.path, json.dumps(document, indent=1, sort_keys=True) + "\n")


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; nobody else may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _hidden(kind: Kind, item: FieldChange) -> bool:
    """Whether a field was sent that no call returns; what only matters while creating is not worth remembering."""
    field = kind.fields.get(str(item.path[0]))
    never_returned = field is not None and field.write_only and not field.create_only
    return isinstance(item.before, Unreadable) or never_returned


def _name(path: FieldPath) -> str:
    return ".".join(map(str, path))
