"""Drift as a JSON document, and a round of `--watch` as a row; `schemas/drift.json` and `watch.json` describe them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.codec.values import encode_value
from reconcile.model import Side
from reconcile.render.document import finding_row
from reconcile.render.drift.words import counts, remarks, steps

if TYPE_CHECKING:
    from reconcile.model import Base, Difference, Drift, Drifted, Hidden, Ignore, Json, Origin
    from reconcile.watch import Round


def drift_document(drift: Drift, tool_version: str) -> dict[str, Json]:
    """All that differs, and what cannot be said."""
    return {
        "format_version": "1",
        "tool_version": tool_version,
        "environment": drift.environment,
        "instance": {"id": drift.instance.id, "environment_type": drift.instance.environment_type},
        "at": drift.at,
        "source": {"revision": drift.source.revision, "dirty": drift.source.dirty},
        "base": _base(drift.base),
        "complete": drift.complete,
        "drifted": bool(drift.objects),
        "summary": summary(drift),
        "objects": [_object(one) for one in drift.objects],
        "steps": {
            side.value: [{"do": one.do, "command": one.command, "effect": one.effect} for one in found]
            for side, found in steps(drift)
        },
        "ignored": [_hidden(one) for one in drift.hidden],
        "expired": [_rule(one) for one in drift.expired],
        "unread": [{"address": address, "path": list(path)} for address, path in drift.unread],
        "unmanaged": list(drift.unmanaged),
        "findings": [finding_row(one) for one in drift.findings],
        "remarks": list(remarks(drift)),
    }


def summary(drift: Drift) -> dict[str, Json]:
    """Objects by the side on which they were changed, and what is not counted among them."""
    told = counts(drift)
    sides: dict[str, Json] = {side.value: told[side] for side in Side}
    return {**sides, "ignored": len(drift.hidden), "unread": len(drift.unread), "in_sync": drift.in_sync}


def _base(base: Base) -> Json:
    return {
        "known": base.known.value,
        "at": base.at or None,
        "revision": base.revision or None,
        "dirty": base.dirty,
        "complete": base.complete,
    }


def _object(one: Drifted) -> dict[str, Json]:
    return {
        "address": one.address,
        "kind": one.kind,
        "key": one.key,
        "found": one.found.value,
        "side": one.side.value,
        "origin": _origin(one.origin),
        "fields": [_field(item) for item in one.fields],
    }


def _field(item: Difference) -> Json:
    return {
        "path": list(item.path),
        "entry": item.entry,
        "side": item.side.value,
        "base": encode_value(item.base) if item.base is not None else None,
        "live": encode_value(item.live),
        "files": encode_value(item.files),
    }


def _hidden(one: Hidden) -> Json:
    return {"rule": _rule(one.rule), **_object(one.what)}


def _rule(rule: Ignore) -> Json:
    return {
        "address": rule.address,
        "field": rule.field or None,
        "reason": rule.reason,
        "expires": rule.expires,
        "origin": _origin(rule.origin),
    }


def _origin(origin: Origin | None) -> Json:
    return {"file": origin.file, "line": origin.line} if origin else None


def watch_row(one: Round) -> dict[str, Json]:
    """A round of `--watch`, as its lines and its health file tell it."""
    return {
        "format_version": "1",
        "environment": one.environment,
        "at": one.at,
        "state": one.state.value,
        "since": one.since,
        "consecutive_failures": one.failures,
        "next": one.next or None,
        "summary": summary(one.drift) if one.drift else None,
        "error": {"code": one.code, "message": one.message} if one.code else None,
    }
