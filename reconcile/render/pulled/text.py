"""A pull for people."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from reconcile.model import Action, Change, FieldChange
from reconcile.pull import Verdict
from reconcile.render.pulled.lines import counted, diff_lines, named, said, summary
from reconcile.render.terminal.blocks import instance_line
from reconcile.render.terminal.fields import field_lines
from reconcile.render.terminal.style import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconcile.model import Tagged
    from reconcile.pull import Item
    from reconcile.pull.report import Report
    from reconcile.render.terminal import Style

_SIGN: Mapping[Verdict, str] = {Verdict.TAKEN: "~", Verdict.ADDED: "+", Verdict.REMOVED: "-"}
_GUESSED = frozenset({Verdict.TAKEN, Verdict.REMOVED})
_MOST = 20
"""Objects of one kind that are listed by name."""


def pulled_text(report: Report, style: Style) -> str:
    """What was taken, left and could not be decided, the difference of the files where nothing was written, the sum."""
    lines = [
        instance_line(report.environment, report.instance, "", style),
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
    return f"{style.paint(sign, f'{sign} {safe(item.address)}')}{style.paint('dim', _place(item))}"


def _values(item: Item, before: Tagged, after: Tagged, style: Style) -> Iterator[str]:
    change = Change(item.address, "", "", Action.UPDATE)
    yield from field_lines(change, FieldChange(item.path, before, after), style)


def _waiting(report: Report, style: Style) -> Iterator[str]:
    if report.left:
        yield from (
            "",
            style.paint("bold", "Left: changed in the files only, so they are ahead of the instance"),
        )
        yield from (f"  {named(item)}{_place(item)}" for item in report.left)
    if report.conflicts:
        yield from (
            "",
            style.paint(
                "bold", "Conflicts: changed in the files and on the instance; left for you to decide"
            ),
        )
        for item in report.conflicts:
            yield f"{style.paint('-', f'! {named(item)}')}{_place(item)}"
            yield f"    file: {said(item, item.file)}"
            yield f"    live: {said(item, item.live)}"
            yield f"    last: {said(item, item.base) if item.base is not None else '(unknown)'}"


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


def _place(item: Item) -> str:
    return safe(f"  {item.origin}") if item.origin else ""


def _diffs(report: Report, style: Style) -> Iterator[str]:
    for file in report.files:
        yield ""
        for line in diff_lines(file):
            sign = line[:1] if line[:1] in "+-" and line[:3] not in {"+++", "---"} else ""
            yield style.paint(sign, safe(line)) if sign else safe(line)


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
    if report.unused:
        yield f"Nothing names these files any more; remove those that nobody needs: {', '.join(map(safe, report.unused))}."
    for section, reason in report.missing.items():
        yield f"Not looked at: {section}, because {safe(reason)}."
    if report.unread:
        count = sum(map(len, report.unread.values()))
        yield f"{counted(count, 'declared field cannot be read back and was', 'declared fields cannot be read back and were')} left as written."
    if report.to_set:
        yield "\n".join(
            [
                "No call returns these, so they stand in the files as comments, to be set by you:",
                *(safe(f"  {one}") for one in report.to_set),
            ]
        )
