"""The plan document: `--format json` and the plan file are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.codec.digest import plan_digest
from reconcile.codec.values import broken, decode_value, encode_fields, encode_value
from reconcile.errors import FilesError, RefusedError
from reconcile.model import (
    Action,
    Change,
    FieldChange,
    Finding,
    Instance,
    Origin,
    Plan,
    Severity,
    Source,
    Unverified,
)
from reconcile.plan.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Fields, Json

FORMAT_VERSION = "1"


def encode_plan(
    plan: Plan, *, tool_version: str, calls: int, seconds: float, every: bool = False
) -> dict[str, Json]:
    """The document that describes a plan; `every` lists the objects that are in sync as well."""
    document: dict[str, Json] = {
        "format_version": FORMAT_VERSION,
        "tool_version": tool_version,
        "digest": plan_digest(plan),
        "environment": plan.environment,
        "instance": {"id": plan.instance.id, "environment_type": plan.instance.environment_type},
        "source": {"revision": plan.source.revision, "dirty": plan.source.dirty},
        "complete": plan.complete,
        "applicable": plan.applicable,
        "snapshot": plan.snapshot or None,
        "summary": encode_summary(plan),
        "estimate": {"calls": calls, "seconds": seconds},
        "changes": [_encode_change(change) for change in plan.changes],
        "unverified": [_encode_unverified(item) for item in plan.unverified],
        "unmanaged": list(plan.unmanaged),
        "findings": [_encode_finding(finding) for finding in plan.findings],
    }
    promoted: dict[str, Json] = {"promoted_from": plan.promoted_from} if plan.promoted_from else {}
    in_sync: dict[str, Json] = {"in_sync": list(plan.in_sync)} if every else {}
    return {**document, **promoted, **in_sync}


def encode_summary(plan: Plan) -> dict[str, Json]:
    """How much there is to do, in numbers."""
    summary = summarise(plan)
    return {
        "create": summary.create,
        "update": summary.update,
        "replace": summary.replace,
        "delete": summary.delete,
        "revert": summary.revert,
        "assert": summary.assert_,
        "unverified": summary.unverified,
        "noop": summary.noop,
        "unmanaged": summary.unmanaged,
    }


def _encode_change(change: Change) -> Json:
    return {
        "address": change.address,
        "kind": change.kind,
        "key": change.key,
        "action": change.action.value,
        "id": change.id or None,
        "live_digest": change.live_digest or None,
        "live": encode_fields(change.live),
        "needs": list(change.needs),
        "origin": _encode_origin(change.origin),
        "fields": [
            {
                "path": list(field.path),
                "before": encode_value(field.before),
                "after": encode_value(field.after),
            }
            for field in change.fields
        ],
        "body": encode_fields(change.body),
    }


def _encode_unverified(item: Unverified) -> Json:
    return {
        "address": item.address,
        "path": list(item.path),
        "after": encode_value(item.value),
        "at": item.at,
        "carried": encode_fields(item.carried),
    }


def _encode_origin(origin: Origin | None) -> Json:
    return {"file": origin.file, "line": origin.line} if origin else None


def _encode_finding(finding: Finding) -> Json:
    return {
        "severity": finding.severity.value,
        "rule": finding.rule,
        "message": finding.message,
        "address": finding.address or None,
        "origin": _encode_origin(finding.origin),
    }


def check_format(document: Mapping[str, Any]) -> None:
    """Raise FilesError for a document of another format."""
    version = document.get("format_version")
    if version != FORMAT_VERSION:
        raise broken(f"its format is {version!r}, and this version reads {FORMAT_VERSION!r}")


def decode_plan(document: Mapping[str, Any]) -> Plan:
    """The plan that a document describes.

    Raises FilesError where it is not one that we wrote, and RefusedError where it was not left as we wrote it.
    """
    check_format(document)
    try:
        plan = _decode(document)
        left_as_made = document.get("digest") == plan_digest(plan)
    except FilesError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise broken(f"a member is missing or has the wrong type ({error})") from error
    if not left_as_made:
        raise RefusedError(
            "this plan was changed after it was made: its digest does not fit its content; "
            "make a new one with `reconcile plan --out FILE`"
        )
    return plan


def _decode(document: Mapping[str, Any]) -> Plan:
    return Plan(
        environment=str(document["environment"]),
        instance=Instance(str(document["instance"]["id"]), str(document["instance"]["environment_type"])),
        changes=tuple(_decode_change(row) for row in document["changes"]),
        unverified=tuple(_decode_unverified(row) for row in document["unverified"]),
        in_sync=tuple(map(str, document.get("in_sync", ()))),
        unmanaged=tuple(map(str, document["unmanaged"])),
        findings=tuple(_decode_finding(row) for row in document["findings"]),
        complete=bool(document["complete"]),
        source=Source(document["source"]["revision"], document["source"]["dirty"]),
        snapshot=document.get("snapshot") or "",
        promoted_from=str(document.get("promoted_from") or ""),
    )


def _decode_change(row: Mapping[str, Any]) -> Change:
    return Change(
        address=str(row["address"]),
        kind=str(row["kind"]),
        key=str(row["key"]),
        action=Action(row["action"]),
        id=row["id"] or "",
        live_digest=row["live_digest"] or "",
        needs=tuple(row["needs"]),
        origin=_decode_origin(row["origin"]),
        fields=tuple(
            FieldChange(tuple(field["path"]), decode_value(field["before"]), decode_value(field["after"]))
            for field in row["fields"]
        ),
        body=_decode_fields(row["body"]),
        live=_decode_fields(row["live"]),
    )


def _decode_unverified(row: Mapping[str, Any]) -> Unverified:
    return Unverified(
        str(row["address"]),
        tuple(row["path"]),
        decode_value(row["after"]),
        str(row["at"]),
        _decode_fields(row["carried"]),
    )


def _decode_fields(row: Mapping[str, Any]) -> Fields:
    return {str(name): decode_value(value) for name, value in row.items()}


def _decode_origin(row: Mapping[str, Any] | None) -> Origin | None:
    return Origin(str(row["file"]), row["line"]) if row else None


def _decode_finding(row: Mapping[str, Any]) -> Finding:
    return Finding(
        Severity(row["severity"]),
        str(row["rule"]),
        str(row["message"]),
        str(row["address"] or ""),
        _decode_origin(row["origin"]),
    )
