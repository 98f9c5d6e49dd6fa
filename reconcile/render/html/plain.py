"""Changes as plain text, for a page whose script does not run: from the same content, bounded, and honest about it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from reconcile.render.terminal import SIGN
from reconcile.render.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CHANGES = 1_000
_LINES = 120
_WIDTH = 400
_SIGNS = {action.value: sign for action, sign in SIGN.items()}


@dataclass(frozen=True, slots=True)
class PlainChange:
    """One change in words."""

    sign: str
    action: str
    address: str
    text: str


def plain(content: Mapping[str, Any]) -> Iterator[PlainChange]:
    """The first changes of a page's content."""
    for change in content["changes"][:CHANGES]:
        found = (line for field in change["fields"] for line in _field(field, content["texts"]))
        lines = list(islice(found, _LINES + 1))
        cut = ["… more lines, which the page shows where scripts may run"] if len(lines) > _LINES else []
        text = "\n".join([*map(_short, lines[:_LINES]), *cut])
        yield PlainChange(_SIGNS[change["action"]], change["action"], change["address"], text)


def _short(line: str) -> str:
    return line if len(line) <= _WIDTH else f"{line[:_WIDTH]}… ({len(line):,} characters)"


def _field(field: Mapping[str, Any], texts: Sequence[str]) -> Iterator[str]:
    if "hunks" in field:
        yield f"{field['path']}:{' (cannot be read back, will be sent)' if field['unread'] else ''}"
        yield from _lines(field, texts)
    elif field["before"] is None:
        yield f"{field['path']}: {_words(field['after'])}"
    elif "unread" in field["before"]:
        yield f"{field['path']}: {_words(field['after'])} (cannot be read back, will be sent)"
    else:
        yield f"{field['path']}: {_words(field['before'])} → {_words(field['after'])}"
    if "alike" in field:
        yield f"  ({field['alike']})"


def _lines(field: Mapping[str, Any], texts: Sequence[str]) -> Iterator[str]:
    old, new = ([] if place is None else texts[place].split("\n") for place in (field["old"], field["new"]))
    if not field["hunks"]:
        yield from (f"  -{line}" for line in old)
        yield from (f"  +{line}" for line in new)
    for hunk in field["hunks"]:
        yield f"  @@ line {hunk['lines'][0][0] or hunk['lines'][0][1]} @@"
        for before, after, *_ in hunk["lines"]:
            sign = " " if before and after else "-" if before else "+"
            yield f"  {sign}{old[before - 1] if before else new[after - 1]}"


def _words(side: Mapping[str, Any] | None) -> str:
    ((tag, value),) = (side or {"absent": ""}).items()
    return WORDS[tag].format(value)
