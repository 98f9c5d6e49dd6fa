"""Data inside Markdown, where it stays what it is: text."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from reconcile.render.visible import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

_TICKS = re.compile("`+")
_MOST = 200  # characters of a name, an address or a place; what is longer is no use in a heading


def short(text: str, most: int = _MOST) -> str:
    """The beginning of a text, on one line and visible."""
    cut = text if len(text) <= most else f"{text[:most]}…"
    return one_line(cut)


def code(text: str) -> str:
    """A code span that holds the text; not for tables, where a `|` would end it."""
    text = short(text)
    if not text.strip(" "):
        return "` `"
    ticks = "`" * (_longest(text) + 1)
    room = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{room}{text}{room}{ticks}"


def cell(text: str) -> str:
    """A code span inside a table."""
    return code(text.replace("|", "¦"))


def html(text: str) -> str:
    """The text as code inside a line of HTML, such as a summary."""
    return f"<code>{escape(short(text))}</code>"


def fence(lines: Iterable[str]) -> str:
    """A row of backticks that none of the lines can end."""
    return "`" * max(3, 1 + max((_longest(line) for line in lines), default=0))


def shown(line: str) -> str:
    """A line inside a fence."""
    return visible(line)


def _longest(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0) if "`" in text else 0
