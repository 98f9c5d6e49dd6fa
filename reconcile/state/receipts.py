"""What earlier runs of one instance left behind: receipts, and what they learned about the service.

    STATE/receipts/<instance>.json
    {"format": 1, "key": "hmac-sha256:…", "receipts": {address: {path: {"digest": "hmac-sha256:…", "at": "…Z"}}},
     "rewrites": {address: {field: {"sent": "hmac-sha256:…", "got": "hmac-sha256:…"}}},
     "gated": {address or kind/*: {"features": [name, …], "at": "…Z"}}, "not_ours": [id, …]}

A receipt says that a field which cannot be read back was sent, and when: it is not knowledge. `key` changes with the
secret key, and then all receipts and rewrites count as absent. A secret that the service has put into a name is taken
out before the name is written.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconcile.bounded import read_bounded
from reconcile.errors import ReconcileError
from reconcile.model import Action, Gate, Match, Memory, Recall, Status, Unreadable, Value
from reconcile.plan.gated import gate_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconcile.model import Change, FieldChange, Json, Kind, Outcome, Plan, Tagged
    from reconcile.model import Path as FieldPath
    from reconcile.redact import Redactor
    from reconcile.state.keys import Keys

_FORMAT = 1
_LARGEST = 256 << 20
_FRESH = frozenset({Action.CREATE, Action.REPLACE, Action.DELETE})
_ANSWERED = frozenset({Status.DONE, Status.UNCONFIRMED})
Rows = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is remembered of one instance."""

    path: Path
    keys: Keys
    receipts: Rows = field(default_factory=dict)
    not_ours: frozenset[str] = frozenset()
    rewrites: Rows = field(default_factory=dict)
    gated: Mapping[str, Gate] = field(default_factory=dict)

    @classmethod
    def open(cls, state: Path, instance: str, keys: Keys) -> Ledger:
        """Read the ledger of an instance; a missing one is empty, a damaged one an error that says what to do."""
        path = state / "receipts" / f"{instance}.json"
        try:
            row: dict[str, Any] = json.loads(read_bounded(path, _LARGEST))
            same_key = row["format"] == _FORMAT and row["key"] == keys.seal("ledger", instance)
            return cls(
                path,
                keys,
                _rows(row["receipts"], "digest", "at") if same_key else {},
                frozenset(row["not_ours"]),
                _rows(row.get("rewrites", {}), "sent", "got") if same_key else {},
                {
                    name: Gate(tuple(map(str, gate["features"])), str(gate["at"]))
                    for name, gate in row.get("gated", {}).items()
                },
            )
        except FileNotFoundError:
            return cls(path, keys)
        except (ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not as it was written"
            raise ReconcileError(
                f"{path} is damaged or cannot be read ({reason}); "
                "remove it: what cannot be read back is then sent once more"
            ) from error

    @property
    def memory(self) -> Memory:
        """What a plan may know of earlier runs."""
        return Memory(self._recall, self.not_ours, self.gated, self._rewritten)

    def _recall(self, address: str, path: FieldPath, value: Tagged) -> Recall:
        kept = self.receipts.get(address, {}).get(_name(path))
        if kept is None:
            return Recall(Match.NONE)
        same = kept["digest"] == self.keys.receipt(address, path, value)
        return Recall(Match.SAME if same else Match.OTHER, kept["at"])

    def _rewritten(self, address: str, name: str, sent: Json, got: Json) -> bool:
        kept = self.rewrites.get(address, {}).get(name)
        return kept is not None and kept == self._rewrite(address, name, sent, got)

    def _rewrite(self, address: str, name: str, sent: Json, got: Json) -> Mapping[str, str]:
        return {
            "sent": self.keys.receipt(address, (name, "sent"), Value(sent)),
            "got": self.keys.receipt(address, (name, "got"), Value(got)),
        }

    def after(self, plan: Plan, kinds: Mapping[str, Kind], outcomes: Iterable[Outcome], now: float) -> Ledger:
        """The ledger once these outcomes are known."""
        ended = {outcome.address: outcome for outcome in outcomes}
        ledger = self
        for change in plan.changes:
            ledger = ledger.noted(kinds[change.kind], change, ended[change.address], now)
        return ledger

    def noted(self, kind: Kind, change: Change, outcome: Outcome, now: float) -> Ledger:
        """The ledger once this outcome is known; the same one where there is nothing to remember."""
        at = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        new = replace(
            self,
            receipts=_with(self.receipts, change.address, self._receipts(kind, change, outcome, at)),
            rewrites=_with(self.rewrites, change.address, self._rewrites(change, outcome)),
            gated=_gates(self.gated, gate_of(kind, change), outcome, at),
            not_ours=self.not_ours | ({outcome.not_ours} - {""}),
        )
        return self if new == self else new

    def _receipts(
        self, kind: Kind, change: Change, outcome: Outcome, at: str
    ) -> Mapping[str, Mapping[str, str]]:
        """The receipts of one object: nothing is known any more of what may have arrived and may not."""
        older = self.receipts.get(change.address, {})
        hidden = [item for item in change.fields if _hidden(kind, item)]
        if outcome.touched:
            return {
                name: row for name, row in older.items() if name not in {_name(item.path) for item in hidden}
            }
        if outcome.status not in _ANSWERED:
            return older
        kept = {
            _name(item.path): {"digest": self.keys.receipt(change.address, item.path, item.after), "at": at}
            for item in hidden
        }
        return kept if change.action in _FRESH else {**older, **kept}

    def _rewrites(self, change: Change, outcome: Outcome) -> Mapping[str, Mapping[str, str]]:
        older = self.rewrites.get(change.address, {})
        if outcome.status not in _ANSWERED:
            return older
        sent = change.body.keys()
        kept = (
            {} if change.action in _FRESH else {name: row for name, row in older.items() if name not in sent}
        )
        for item in outcome.rewritten:
            if isinstance(item.before, Value) and isinstance(item.after, Value):
                name = str(item.path[0])
                kept[name] = self._rewrite(change.address, name, item.before.value, item.after.value)
        return kept

    def save(self) -> None:
        """Write the ledger whole or not at all, readable by its owner only."""
        document = {
            "format": _FORMAT,
            "key": self.keys.seal("ledger", self.path.stem),
            "receipts": self.receipts,
            "rewrites": self.rewrites,
            "gated": {
                name: {"features": list(gate.features), "at": gate.at} for name, gate in self.gated.items()
            },
            "not_ours": sorted(self.not_ours),
        }
        text = json.dumps(document, indent=1, sort_keys=True)
        if self.keys.redact.found(text):
            text = json.dumps(_told(document, self.keys.redact), indent=1, sort_keys=True)
        write_private(self.path, text + "\n")


def _rows(found: Any, *members: str) -> Rows:
    """Rows as they are written; raises KeyError, TypeError or AttributeError for any others."""
    for mine in found.values():
        for row in mine.values():
            if not all(isinstance(row[name], str) for name in members):
                raise TypeError(f"{', '.join(members)} have to be texts")
    return dict(found)


def _told(value: Any, redact: Redactor) -> Any:
    """A document without the secrets that names and values in it hold."""
    match value:
        case str():
            return redact(value)
        case list():
            return [_told(item, redact) for item in value]
        case Mapping():
            return {redact(name): _told(item, redact) for name, item in value.items()}
        case _:
            return value


def _with(rows: Rows, address: str, mine: Mapping[str, Mapping[str, str]]) -> Rows:
    """All rows, with these as those of one address."""
    if mine == rows.get(address, {}):
        return rows
    others = {name: row for name, row in rows.items() if name != address}
    return {**others, address: mine} if mine else others


def _gates(gates: Mapping[str, Gate], name: str, outcome: Outcome, at: str) -> Mapping[str, Gate]:
    """What the plan of the instance does not include, as far as one outcome tells; what took is included now."""
    if outcome.features:
        return {**gates, name: Gate(outcome.features, at)}
    if outcome.status is Status.DONE and name in gates:
        return {other: gate for other, gate in gates.items() if other != name}
    return gates


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; nobody else may read it. A lone surrogate is written as JSON would escape it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        error.filename = str(path)  # the one that is meant, and no name that nobody has heard of
        raise
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
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
