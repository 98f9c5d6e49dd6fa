"""Characters that nobody would see, or that move others about, written so that everybody sees them. No I/O here."""

from __future__ import annotations

import re

_JOINER = "[\u200c\u200d]"
_WIDE = "[^\x00-\xff]"  # letters and pictures that joiners are made for; between others they hide something
_PICTURE = "[#*0-9©®\u0100-\U0010ffff]"  # what may be drawn in more than one way
HIDDEN = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e01ef]"
    f"|(?<!{_WIDE}){_JOINER}|{_JOINER}(?!{_WIDE})|(?<!{_PICTURE})[\ufe00-\ufe0f]"
)
"""What hides, but for tabs and line ends: a pattern, compiled once a text is not plain."""
_ENDS = {"\t": "␉", "\n": "␊"}


def visible(text: str) -> str:
    """A text, or some lines of one, with a sign for each control character and a name for whatever else is hidden."""
    return text if is_plain(text) else re.sub(HIDDEN, _sign, text)


def is_plain(text: str) -> bool:
    """Whether nothing in a text hides and no line ends there: most texts are like that, and this is quick."""
    return text.isascii() and text.isprintable()


def one_line(text: str) -> str:
    """The same on one line: line ends and tabs have signs as well."""
    return visible(text).replace("\t", _ENDS["\t"]).replace("\n", _ENDS["\n"])


def _sign(found: re.Match[str]) -> str:
    number = ord(found[0])
    if number < 0x20:
        return chr(0x2400 + number)
    return "␡" if number == 0x7F else f"⟨U+{number:04X}⟩"
