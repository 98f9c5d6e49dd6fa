"""A pull for programs, and as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.codec.values import encode_value
from reconcile.pull import Verdict
from reconcile.render.pulled.lines import diff_lines, named, said, summary
from reconcile.render.sheet import Row, Sheet, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconcile.model import Json
    from reconcile.pull import Item
    from reconcile.pull.report import Report

_TONE: Mapping[Verdict, str] = {
    Verdict.TAKEN: "update",
    Verdict.ADDED: "create",
    Verdict.REMOVED: "delete",
    Verdict.CONFLICT: "delete",
}


def pulled_document(report: Report) -> dict[str, Json]:
    """The same for programs; `schemas/pull.json` describes it."""
    settled = set(map(id, report.settled))
    return {
        "format_version": "1",
        "environment": report.environment,
        "instance": {"id": report.instance.id, "environment_type": report.instance.environment_type},
        "written": report.written,
        "agreed_at": report.agreed or None,
        "items": [_row(item, done=id(item) in settled or not item.settled) for item in report.items],
        "not_written": [
            {
                "address": one.address or None,
                "message": one.message,
                "file": one.origin.file if one.origin else None,
                "line": one.origin.line if one.origin else None,
            }
            for one in report.stuck
        ],
        "unmanaged": list(report.unmanaged),
        "unread": [
            {"address": name, "path": list(path)} for name, paths in report.unread.items() for path in paths
        ],
        "to_set": list(report.to_set),
        "shared_with": list(report.shared),
        "unused": list(report.unused),
        "missing": dict(report.missing),
        "files": [
            {"file": file.name, "state": file.word, "diff": "".join(f"{line}\n" for line in diff_lines(file))}
            for file in report.files
        ],
    }


def _row(item: Item, *, done: bool) -> dict[str, Json]:
    return {
        "address": item.address,
        "path": list(item.path),
        "verdict": item.verdict.value,
        "done": done and item.settled,
        "file": encode_value(item.file),
        "live": encode_value(item.live),
        "last": encode_value(item.base) if item.base is not None else None,
        "origin": {"file": item.origin.file, "line": item.origin.line} if item.origin else None,
    }


def pulled_sheet(report: Report) -> Sheet:
    """The same as tables."""
    rows = tuple(
        Row(
            (
                item.verdict.value,
                named(item),
                said(item, item.file),
                said(item, item.live),
                str(item.origin or ""),
            ),
            _TONE.get(item.verdict, ""),
        )
        for item in report.items
    )
    tables = [Table("Differences", ("Verdict", "What", "Files", "Instance", "Where"), rows)]
    if report.stuck:
        stuck = tuple(Row((one.address, one.message), "delete") for one in report.stuck)
        tables.append(Table("Not written: change these by hand", ("What", "Why"), stuck))
    files = tuple(Row((file.word, file.name)) for file in report.files)
    tables.append(Table("Files", ("", "File"), files))
    return Sheet("pull", report.environment, summary(report), tuple(table for table in tables if table.rows))
