"""What files and instance last agreed on <-> JSON.

{"format_version": "1", "instance": "ins_…", "at": "…Z", "revision": "…", "dirty": false,
 "objects": {kind: {key: {"fields": {name: tagged value}, "default": false}}},
 "pruned": [kind, …], "complete": true}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.baseline import APPLIED
from reconcile.codec.values import decode_value, encode_fields
from reconcile.errors import FilesError
from reconcile.model import Baseline, Declared, Desired, Finding, Section, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Json

_FORMAT = "1"


def encode_baseline(baseline: Baseline, instance: str) -> dict[str, Json]:
    """The document of a base; secrets are in it as their digests."""
    return {
        "format_version": _FORMAT,
        "instance": instance,
        "at": baseline.at,
        "revision": baseline.revision,
        "dirty": baseline.dirty,
        "objects": {
            name: {
                key: {"fields": encode_fields(one.fields), "default": one.default}
                for key, one in section.objects.items()
            }
            for name, section in baseline.desired.sections.items()
        },
        "pruned": [name for name, section in baseline.desired.sections.items() if section.prune],
        "complete": baseline.complete,
    }


def decode_baseline(document: Mapping[str, Any], instance: str) -> Baseline:
    """What a document describes; raises FilesError where it is none that we wrote for that instance."""
    if document.get("format_version") != _FORMAT:
        raise _strange(f"it has format {document.get('format_version')}, and this version reads {_FORMAT}")
    whose = document.get("instance")
    if whose != instance:
        raise _strange(f"it is of instance {whose}, and this is {instance}")
    try:
        pruned = frozenset(map(str, document.get("pruned", ())))
        sections = {
            name: Section(APPLIED, {key: _declared(key, row) for key, row in rows.items()}, name in pruned)
            for name, rows in document["objects"].items()
        }
        return Baseline(
            Desired(sections),
            str(document["at"]),
            str(document["revision"]),
            bool(document["dirty"]),
            bool(document.get("complete", False)),
        )
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise _strange(str(error)) from error


def _declared(key: str, row: Mapping[str, Any]) -> Declared:
    fields = {name: decode_value(value) for name, value in row["fields"].items()}
    return Declared(key, APPLIED, fields, default=bool(row["default"]))


def _strange(reason: str) -> FilesError:
    message = f"this does not say what was applied ({reason}); remove it: the next apply writes a new one"
    return FilesError([Finding(Severity.ERROR, "baseline", message)])
