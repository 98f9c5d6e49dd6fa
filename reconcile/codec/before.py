"""Snapshots of runs <-> JSON: what a run found before it changed anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.errors import FilesError
from reconcile.model import Action, Finding, Severity
from reconcile.rollback import Before, Was

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconcile.model import Json

_FORMAT = "1"


def encode_before(before: Iterable[Before], digest: str) -> dict[str, Json]:
    """The document of a snapshot; `digest` is that of the plan that it belongs to."""
    rows: list[Json] = [
        {
            "address": one.address,
            "kind": one.kind,
            "action": one.action.value,
            "was": one.was.value,
            "key": one.key,
            "now": one.now,
            "fields": dict(one.fields),
            "sent": list(one.sent),
            "told": one.told,
        }
        for one in before
    ]
    return {"format_version": _FORMAT, "digest": digest, "objects": rows}


def decode_before(document: Mapping[str, Any]) -> tuple[Before, ...]:
    """What a document describes; raises FilesError where it is none that we wrote."""
    if document.get("format_version") != _FORMAT:
        raise _strange(f"it has format {document.get('format_version')}, and this version reads {_FORMAT}")
    try:
        return tuple(
            Before(
                str(row["address"]),
                str(row["kind"]),
                Action(row["action"]),
                Was(row["was"]),
                str(row["key"]),
                str(row["now"]),
                dict(row["fields"]),
                tuple(map(str, row["sent"])),
                bool(row["told"]),
            )
            for row in document["objects"]
        )
    except (LookupError, TypeError, ValueError) as error:
        raise _strange(str(error)) from error


def _strange(reason: str) -> FilesError:
    message = f"this is no snapshot that we wrote ({reason}); choose another run"
    return FilesError([Finding(Severity.ERROR, "snapshot", message)])
