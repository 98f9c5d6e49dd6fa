"""What a terminal shows: colours, columns, and no control character that somebody else has chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING

from reconcile.render.visible import HIDDEN, is_plain

if TYPE_CHECKING:
    from collections.abc import Mapping

_CODES: Mapping[str, str] = {
    "+": "32",
    "~": "33",
    "±": "33",
    "-": "31",
    "↺": "35",
    "!": "36",
    "dim": "2",
    "bold": "1",
    "lost": "1;31",
    "+ mark": "1;4;32",
    "- mark": "1;4;31",
}
_NARROW = "[ -~¡-\u02ff→…↺]*"  # a column for each character, and no library needed to say so
_UNSAFE = f"\n|{HIDDEN}"


@dataclass(frozen=True, slots=True)
class Style:
    """Whether the reader's terminal shows colour, how wide it is (0: nobody knows), and whether to list everything."""

    colour: bool = False
    every: bool = False
    width: int = 0

    def paint(self, name: str, text: str) -> str:
        """The text in one of our colours, or as it is."""
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if self.colour and text else text

    def fits(self, text: str) -> bool:
        """Whether a line without colours fits; where nobody knows the width, one of 80 columns is assumed."""
        return columns(text) <= (self.width or 80)

    def wrapped(self, text: str, indent: str) -> str:
        """Prose in lines that fit; in a pipe it stays one line, so that it can be searched."""
        if not self.width or self.fits(text):
            return text
        return fill(
            text, self.width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )


PLAIN = Style()


def safe(text: str) -> str:
    """The text in one line, with characters that command a terminal, turn the reading direction or hide made visible."""
    return text if is_plain(text) else re.sub(_UNSAFE, lambda found: _escaped(found[0]), text)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def safe_lines(text: str) -> str:
    """The same for a text that may have several lines."""
    return "\n".join(map(safe, text.split("\n")))


def columns(text: str) -> int:
    """How many columns of a terminal a line takes: CJK and emoji take two, accents that combine take none."""
    if is_plain(text) or re.fullmatch(_NARROW, text):
        return len(text)
    from wcwidth import wcswidth  # noqa: PLC0415 - takes time, and most lines do not need it

    width: int = wcswidth(text)
    return width if width >= 0 else len(text)
