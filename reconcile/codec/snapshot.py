"""Snapshot <-> JSON: what an instance was at one moment, to plan against where its key is not at hand.

    {"format_version": "1", "tool_version": "…", "taken_at": "…Z", "environment": "…", "instance": {…},
     "digest": "sha256:…", "objects": {kind: [{"key": …, "id": …, "fields": {…}}]}, "missing": {kind: why},
     "unreadable": [kind, …]}

The digest is over all the rest, so that a damaged file is noticed; it is no signature. Personal data is in it, no secret.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconcile.diff import canonical
from reconcile.errors import FilesError
from reconcile.model import Finding, Instance, Live, Object, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconcile.model import Json, Kind

SNAPSHOT_VERSION = "1"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The live side as it was, and for which environment it was taken; `unreadable` are kinds that no call returns."""

    environment: str
    taken_at: str
    live: Live
    unreadable: frozenset[str] = frozenset()

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that it says something about."""
        return frozenset({*self.live.objects, *self.live.missing, *self.unreadable})


def encode_snapshot(snapshot: Snapshot, kinds: Mapping[str, Kind], *, tool_version: str) -> dict[str, Json]:
    """The document that holds a snapshot. What a kind calls secret is left out, should the service return it."""
    live = snapshot.live
    document: dict[str, Json] = {
        "format_version": SNAPSHOT_VERSION,
        "tool_version": tool_version,
        "taken_at": snapshot.taken_at,
        "environment": snapshot.environment,
        "instance": {"id": live.instance.id, "environment_type": live.instance.environment_type},
        "objects": {
            name: [_encode_object(kinds[name], one) for one in objects.values()]
            for name, objects in sorted(live.objects.items())
        },
        "missing": dict(sorted(live.missing.items())),
        "unreadable": [*sorted(snapshot.unreadable)],
    }
    return {**document, "digest": _digest(document)}


def _encode_object(kind: Kind, one: Object) -> Json:
    secret = {name for name, field in kind.fields.items() if field.write_only or field.sensitive}
    fields = {name: value for name, value in one.fields.items() if name not in secret}
    return {"key": one.key, "id": one.id, "fields": fields}


def _digest(document: Mapping[str, Json]) -> str:
    rest = {name: value for name, value in document.items() if name != "digest"}
    return "sha256:" + hashlib.sha256(canonical(rest).encode("utf-8", "surrogatepass")).hexdigest()


def decode_snapshot(document: Mapping[str, Any]) -> Snapshot:
    """The snapshot in a document; raises FilesError where there is none that was left as it was taken."""
    version = document.get("format_version")
    if version != SNAPSHOT_VERSION or "taken_at" not in document:
        raise no_snapshot(
            f"its format is {version!r}, and a snapshot has {SNAPSHOT_VERSION!r} and `taken_at`"
        )
    try:
        snapshot, digest = _decode(document), _digest(document)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise no_snapshot(f"a member is missing or has the wrong type ({error})") from error
    if document.get("digest") != digest:
        raise no_snapshot("it is not as it was taken, because its digest does not fit its content")
    return snapshot


def _decode(document: Mapping[str, Any]) -> Snapshot:
    instance = document["instance"]
    return Snapshot(
        environment=_text(document["environment"]),
        taken_at=_time(document["taken_at"]),
        live=Live(
            Instance(_text(instance["id"]), _text(instance["environment_type"])),
            {name: _objects(name, rows) for name, rows in document["objects"].items()},
            {name: _text(why) for name, why in document["missing"].items()},
        ),
        unreadable=frozenset(map(_text, document["unreadable"])),
    )


def _objects(kind: str, rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Object]:
    found: dict[str, Object] = {}
    for row in rows:
        one = Object(_text(row["key"]), _text(row["id"]), dict(row["fields"]))
        if one.key in found:
            raise ValueError(f"{kind} {one.key} stands there twice")
        found[one.key] = one
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} where a text belongs")
    return value


def _time(value: Any) -> str:
    if not _TIME.fullmatch(_text(value)):
        raise ValueError(f"taken_at is {value!r}, which is no time")
    return _text(value)


def no_snapshot(what: str) -> FilesError:
    """The error for a file that is no snapshot, or not left as it was taken."""
    message = f"this is not a snapshot that can be planned against: {what}; take a new one with `reconcile snapshot`"
    return FilesError([Finding(Severity.ERROR, "snapshot", message)])
