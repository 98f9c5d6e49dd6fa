"""What was adopted, for people and for programs: what is new, what is declared already, and what is left out and why."""

from __future__ import annotations

from itertools import groupby
from textwrap import fill
from typing import TYPE_CHECKING

from reconcile.codec.values import encode_value
from reconcile.model import ABSENT, Value
from reconcile.render.pulled import diff_lines
from reconcile.render.terminal import findings_text, safe
from reconcile.render.terminal.blocks import instance_line
from reconcile.render.terminal.fields import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconcile.adopt import Adopted, Whence
    from reconcile.model import Candidate, Clash, Finding, Json, Kind, Left, Origin
    from reconcile.pull.report import FileChange
    from reconcile.render.terminal import Style

FORMS: Mapping[str, str] = {
    "clerk": "the document of `clerk config pull`",
    "list": "a list, one entry a line",
    "csv": "a table",
}
_SAMPLE = 10
_WIDTH = 100
_GLUE = "\0"  # stands for a space at which no line ends


# --- for people ---


def adopted_text(kinds: Mapping[str, Kind], done: Adopted, style: Style) -> str:
    """What is new, object by object; then what speaks against the rest; the sum last."""
    adoption = done.adoption
    blocks = (
        _head(done.whence, style),
        "\n".join(_new(kinds, adoption.new, style)),
        _block("Declared otherwise, and left alone", map(_clash, adoption.clashes), style),
        _block("Left out", _left(adoption.left, style), style),
        findings_text(done.findings, style),
        "\n".join(_diffs(done, style)),
        style.paint("bold", _sum(kinds, done)),
    )
    return "\n\n".join(block for block in blocks if block) + "\n"


def _head(whence: Whence, style: Style) -> str:
    if whence.instance:
        return instance_line(whence.environment, whence.instance, "", style)
    return style.paint("dim", safe(f"{whence.file} · {FORMS[whence.form]}"))


def _new(kinds: Mapping[str, Kind], objects: Sequence[Candidate], style: Style) -> Iterator[str]:
    for name, found in groupby(objects, lambda one: one.kind):
        group = list(found)
        shown = group if style.every or not kinds[name].entries else group[:_SAMPLE]
        for one in shown:
            yield style.paint("+", safe(f"+ {kinds[name].address(one.key)}"))
            yield from (_field(one, field, value, style) for field, value in one.fields.items())
        if len(shown) < len(group):
            yield style.paint("dim", f"  … and {len(group) - len(shown):,} more (--all lists them)")


def _field(found: Candidate, name: str, value: Json, style: Style) -> str:
    """A field, with the name under which it was found where that is another one."""
    source = found.sources.get(name, "")
    note = f"  ({source})" if source not in {"", f"{found.kind}.{name}"} else ""
    return f"    {safe(name)}: {style.paint('+', show(Value(value)))}{style.paint('dim', safe(note))}"


def _clash(clash: Clash) -> str:
    where = f"{clash.origin}{_in(clash.environments)}"
    if not clash.field and clash.declared == ABSENT:
        return safe(f"{clash.address}: {where} says to leave it alone")
    if not clash.field:
        return safe(f"{clash.address}: stands at {where}; say there where it holds")
    name = safe(f"{clash.address}.{clash.field}")
    return f"{name}: {show(clash.declared)} at {safe(where)}, and {show(clash.found)} was found"


def _in(environments: Sequence[str]) -> str:
    return f" for {', '.join(environments)}" if environments else ""


def _left(left: Iterable[Left], style: Style) -> Iterator[str]:
    """Every reason once, and all that it is about below it."""
    by_reason: dict[str, list[Left]] = {}
    for one in left:
        by_reason.setdefault(one.reason, []).append(one)
    for reason, ones in by_reason.items():
        yield safe(reason)
        yield fill(
            ", ".join(safe(_counted(one)).replace(" ", _GLUE) for one in ones),
            style.width or _WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        ).replace(_GLUE, " ")


def _counted(left: Left) -> str:
    return left.name if left.values == 1 else f"{left.name} ({left.values} values)"


def _block(title: str, lines: Iterable[str], style: Style) -> str:
    rows = [f"  {line}" for line in lines]
    return "\n".join([style.paint("dim", title), *rows]) if rows else ""


def _diffs(done: Adopted, style: Style) -> Iterator[str]:
    """How the files would change, where nothing is written."""
    for file in done.files if done.dry_run else ():
        for line in diff_lines(file):
            sign = "dim" if line[:3] in {"---", "+++"} else line[:1]
            yield style.paint(sign, safe(line)) if sign in {"+", "-", "dim"} else safe(line)


def _sum(kinds: Mapping[str, Kind], done: Adopted) -> str:
    adoption = done.adoption
    head = _amount(kinds, adoption.new)
    left = sum(one.values for one in adoption.left)
    rest = [
        (_count(kinds, adoption.same), "declared already"),
        (len(adoption.clashes), "declared otherwise"),
        (left, "value left out" if left == 1 else "values left out"),
    ]
    tail = ", ".join(f"{number:,} {what}" for number, what in rest if number)
    files = ", ".join(file.name for file in done.files)
    if not head:
        return safe(f"Nothing to adopt{f': {tail}' if tail else ''}.")
    verb = "Would adopt" if done.dry_run else "Adopted"
    into = f" {'would change' if done.dry_run else 'changed'}: {files}." if files else ""
    return safe(f"{verb} {head}{f'; {tail}' if tail else ''}.{f' Files{into}' if into else ''}")


def _amount(kinds: Mapping[str, Kind], objects: Sequence[Candidate]) -> str:
    """How much is new: whole objects, and single settings of what exists once."""
    whole = sum(not kinds[one.kind].singleton for one in objects)
    settings = sum(len(one.fields) for one in objects if kinds[one.kind].singleton)
    counted = [
        (whole, "object" if whole == 1 else "objects"),
        (settings, "setting" if settings == 1 else "settings"),
    ]
    return " and ".join(f"{number:,} {what}" for number, what in counted if number)


def _count(kinds: Mapping[str, Kind], objects: Sequence[Candidate]) -> int:
    return sum(len(one.fields) if kinds[one.kind].singleton else 1 for one in objects)


# --- for programs ---


def adopted_document(kinds: Mapping[str, Kind], done: Adopted) -> dict[str, Json]:
    """The same for programs; `schemas/adoption.json` describes it."""
    adoption = done.adoption
    return {
        "format_version": "1",
        "from": _whence(done.whence),
        "dry_run": done.dry_run,
        "adopted": [_found(kinds, one) for one in adoption.new],
        "same": [_found(kinds, one) for one in adoption.same],
        "conflicts": [_conflict(one) for one in adoption.clashes],
        "left": [
            {"path": list(one.path), "why": one.why.value, "reason": one.reason, "values": one.values}
            for one in adoption.left
        ],
        "findings": [_finding(one) for one in done.findings],
        "files": [_file(one) for one in done.files],
    }


def _whence(whence: Whence) -> Json:
    if whence.instance is None:
        return {"file": whence.file, "form": whence.form}
    who = whence.instance
    return {
        "environment": whence.environment,
        "instance": {"id": who.id, "environment_type": who.environment_type},
    }


def _found(kinds: Mapping[str, Kind], found: Candidate) -> Json:
    fields: dict[str, Json] = {
        name: {"value": value, "source": found.sources.get(name)} for name, value in found.fields.items()
    }
    address = kinds[found.kind].address(found.key)
    return {"address": address, "kind": found.kind, "fields": fields, **_place(found.origin)}


def _conflict(clash: Clash) -> Json:
    return {
        "address": clash.address,
        "field": clash.field or None,
        "declared": encode_value(clash.declared),
        "found": encode_value(clash.found),
        "environments": list(clash.environments),
        **_place(clash.origin),
    }


def _finding(finding: Finding) -> Json:
    return {
        "severity": finding.severity.value,
        "rule": finding.rule,
        "message": finding.message,
        "address": finding.address or None,
        **_place(finding.origin),
    }


def _file(file: FileChange) -> Json:
    diff = "".join(f"{line}\n" for line in diff_lines(file))
    return {"file": file.name, "created": file.before is None, "diff": diff}


def _place(origin: Origin | None) -> dict[str, Json]:
    return {"file": origin.file if origin else None, "line": origin.line if origin else None}
