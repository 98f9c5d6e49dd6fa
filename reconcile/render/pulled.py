"""What a pull did to the files, for people and for programs. No I/O here."""

from __future__ import annotations

import difflib
from itertools import groupby
from typing import TYPE_CHECKING

from reconcile.codec.values import encode_value
from reconcile.model import Action, Change, FieldChange
from reconcile.pull import Verdict
from reconcile.render.sheet import Row, Sheet, Table
from reconcile.render.terminal.fields import field_lines, show
from reconcile.render.terminal.style import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Json, Tagged
    from reconcile.pull import Item
    from reconcile.pull.report import FileChange, Report
    from reconcile.render.terminal import Style

_SIGN: Mapping[Verdict, str] = {Verdict.TAKEN: "~", Verdict.ADDED: "+", Verdict.REMOVED: "-"}
_TONE: Mapping[Verdict, str] = {
    Verdict.TAKEN: "update",
    Verdict.ADDED: "create",
    Verdict.REMOVED: "delete",
    Verdict.CONFLICT: "delete",
}
_NOUNS: tuple[tuple[Verdict, str, str], ...] = (
    (Verdict.TAKEN, "value taken", "values taken"),
    (Verdict.ADDED, "object added", "objects added"),
    (Verdict.REMOVED, "object removed", "objects removed"),
)
_MOST = 20
"""Objects of one kind that are listed by name."""

_GUESSED = frozenset({Verdict.TAKEN, Verdict.REMOVED})

_CONTROL = "\\ No newline at end of file"


def pulled_text(report: Report, style: Style) -> str:
    """What was taken, left and could not be decided, the difference of the files where nothing was written, the sum."""
    lines = [
        f"{report.environment} · {report.instance.environment_type} instance {report.instance.id}",
        *_settled(report, style),
        *_waiting(report, style),
        *_not_written(report, style),
        *(_diffs(report, style) if not report.written else ()),
        "",
        style.paint("bold", summary(report)),
    ]
    return "".join(f"{line}\n" for line in lines)


def _settled(report: Report, style: Style) -> Iterator[str]:
    for (kind, whole), group in groupby(report.settled, _sort):
        if whole:
            yield from ("", *_wholes(kind, list(group), style))
        else:
            yield from _changed(group, style)


def _sort(item: Item) -> tuple[str, str]:
    """What belongs together: objects of one kind that come, or go; or the values of others."""
    return item.address.partition("/")[0], "" if item.path else item.verdict.value


def _wholes(kind: str, items: list[Item], style: Style) -> Iterator[str]:
    shown = items if style.every else items[:_MOST]
    yield from (_head(item, style) for item in shown)
    if len(shown) < len(items):
        yield style.paint("dim", f"  … and {len(items) - len(shown):,} more of {kind} (--all lists them)")


def _changed(items: Iterable[Item], style: Style) -> Iterator[str]:
    for _, group in groupby(items, lambda item: item.address):
        values = list(group)
        yield from ("", _head(values[0], style))
        for item in values:
            yield from _values(item, item.file, item.live, style)


def _head(item: Item, style: Style) -> str:
    sign = _SIGN[item.verdict]
    origin = style.paint("dim", f"  {item.origin}") if item.origin else ""
    return f"{style.paint(sign, f'{sign} {safe(item.address)}')}{origin}"


def _values(item: Item, before: Tagged, after: Tagged, style: Style) -> Iterator[str]:
    change = Change(item.address, "", "", Action.UPDATE)
    yield from field_lines(change, FieldChange(item.path, before, after), style)


def _waiting(report: Report, style: Style) -> Iterator[str]:
    if report.left:
        yield from (
            "",
            style.paint("bold", "Left: changed in the files only, so they are ahead of the instance"),
        )
        yield from (f"  {_named(item)}{_place(item)}" for item in report.left)
    if report.conflicts:
        yield from (
            "",
            style.paint(
                "bold", "Conflicts: changed in the files and on the instance; left for you to decide"
            ),
        )
        for item in report.conflicts:
            yield f"{style.paint('-', f'! {_named(item)}')}{_place(item)}"
            yield f"    file: {show(item.file)}"
            yield f"    live: {show(item.live)}"
            yield f"    last: {show(item.base) if item.base is not None else '(unknown)'}"


def _not_written(report: Report, style: Style) -> Iterator[str]:
    if report.stuck:
        yield from ("", style.paint("bold", "Not written: change these by hand"))
        yield from (f"{style.paint('-', '!')} {safe(str(one))}" for one in report.stuck)
    if report.unmanaged:
        yield from (
            "",
            style.paint("bold", "Unmanaged: live, not declared; `reconcile adopt` brings them in"),
        )
        yield from (f"  {safe(address)}" for address in report.unmanaged)


def _named(item: Item) -> str:
    path = ".".join(map(str, item.path))
    return safe(f"{item.address}: {path}" if path else item.address)


def _place(item: Item) -> str:
    return f"  {item.origin}" if item.origin else ""


def _diffs(report: Report, style: Style) -> Iterator[str]:
    for file in report.files:
        yield ""
        for line in diff_lines(file):
            sign = line[:1] if line[:1] in "+-" and line[:3] not in {"+++", "---"} else ""
            yield style.paint(sign, safe(line)) if sign else safe(line)


def diff_lines(file: FileChange) -> Iterator[str]:
    """A unified difference, without the ends of its lines."""
    old, new = (_lines(side) for side in (file.before, file.after))
    head = (
        (f"a/{file.name}" if file.before is not None else "/dev/null"),
        (f"b/{file.name}" if file.after is not None else "/dev/null"),
    )
    for line in difflib.unified_diff(old, new, *head):
        body = line.removesuffix("\n")
        yield body
        if body == line and not line.startswith(("---", "+++", "@@")):
            yield _CONTROL


def _lines(text: str | None) -> list[str]:
    """The lines of a file with their ends; only line feeds end one."""
    parts = (text or "").split("\n")
    return [*(f"{part}\n" for part in parts[:-1]), *([parts[-1]] if parts[-1] else [])]


def summary(report: Report) -> str:
    """The sum in one line."""
    settled = report.settled
    counts = [(sum(item.verdict is verdict for item in settled), one, many) for verdict, one, many in _NOUNS]
    waiting = [
        (len(report.left), "left", "left"),
        (len(report.conflicts), "conflict", "conflicts"),
        (len(report.stuck), "not written", "not written"),
    ]
    done = [_counted(*count) for count in counts if count[0]]
    open_ = [_counted(*count) for count in waiting if count[0]]
    files = (
        f"{_counted(len(report.files), 'file', 'files')} {'changed' if report.written else 'would change'}"
    )
    if not done and not report.files:
        return f"Nothing to pull; {', '.join(open_)}." if open_ else "Nothing to pull."
    text = ", ".join(done) or "no value of yours"
    return f"Pull: {text}{'; ' + ', '.join(open_) if open_ else ''}. {files}."


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


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
            (item.verdict.value, _named(item), show(item.file), show(item.live), str(item.origin or "")),
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


def remarks(report: Report) -> Iterable[str]:
    """What to know beside the result."""
    if not report.agreed and any(item.base is None and item.verdict in _GUESSED for item in report.items):
        yield (
            "Nothing is known of what files and instance last agreed on, so what is live was taken wherever they differ."
        )
    if report.shared:
        yield (
            f"These files are shared: {', '.join(report.shared)} {'wants' if len(report.shared) == 1 else 'want'} "
            f"something else now as well; look at {'its plan' if len(report.shared) == 1 else 'their plans'} before anybody applies."
        )
    if report.unread:
        count = sum(map(len, report.unread.values()))
        yield f"{_counted(count, 'declared field cannot be read back and was', 'declared fields cannot be read back and were')} left as written."
    if report.to_set:
        yield "\n".join(
            [
                "No call returns these, so they stand in the files as comments, to be set by you:",
                *(f"  {one}" for one in report.to_set),
            ]
        )
