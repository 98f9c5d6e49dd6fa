"""From the bytes of a file to text that a YAML parser returns unchanged. No I/O here."""

from __future__ import annotations

import codecs
import re
from itertools import islice

from reconcile.load.nodes import Problem, Unreadable

MOST_BYTES = 32 * 1024 * 1024
MOST_LINES_TOLD = 20
"""A binary file is reported by its first lines, not by every one of them."""

LINE_END = re.compile(r"\r\n|\r|\n")

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # starts like the one of UTF-16, so it is tried first
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# YAML has no control characters, and parsers differ on whether NEL, LS and PS end a line
_UNFIT = "[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_PLAIN_ASCII = bytes((*b"\t\n\r", *range(0x20, 0x7F)))
_NAMES = {
    "\0": "a NUL",
    "\b": "a backspace",
    "\v": "a vertical tab",
    "\f": "a form feed",
    "\x1b": "an escape",
    "\x7f": "a delete",
    "\x85": "a next-line character",
    "\u2028": "a line separator",
    "\u2029": "a paragraph separator",
}


def decode(raw: bytes) -> tuple[str, list[Problem]]:
    """The text of a file without its byte order mark, a space in place of every character reported as unfit.

    Raises Unreadable for a file that is too large or is not UTF-8.
    """
    if len(raw) > MOST_BYTES:
        raise Unreadable(
            Problem(1, f"the file is larger than {MOST_BYTES >> 20} MiB; split it into several files")
        )
    if wide := _wide_encoding(raw):
        raise Unreadable(Problem(1, f"the file is saved as {wide}; save the file as UTF-8"))
    text = _decode_utf8(raw)
    if _is_plain_ascii(raw) or re.search(_UNFIT, text) is None:
        return text, []
    return re.sub(_UNFIT, " ", text), _unfit_characters(text)


def split_lines(text: str) -> list[str]:
    """The lines of a file as people and parsers count them: `splitlines` would end one at a form feed too."""
    return LINE_END.split(text)


def _wide_encoding(raw: bytes) -> str | None:
    named = next((name for mark, name in _BYTE_ORDER_MARKS if raw.startswith(mark)), None)
    guessed = "UTF-16 or UTF-32" if raw and raw.count(0) * 4 >= len(raw) else None
    return named or guessed


def _is_plain_ascii(raw: bytes) -> bool:
    """A quick answer for most files: nothing is left of them when what every parser takes is left out."""
    return not raw.translate(None, delete=_PLAIN_ASCII)


def _decode_utf8(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        before = bad.object[: bad.start].decode("utf-8", "replace")
        line = len(split_lines(before))
        byte = bad.object[bad.start]
        message = f"the byte 0x{byte:02X} on this line is not UTF-8; save the file as UTF-8"
        raise Unreadable(Problem(line, message)) from bad


def _unfit_characters(text: str) -> list[Problem]:
    found = ((line, re.search(_UNFIT, content)) for line, content in enumerate(split_lines(text), start=1))
    return [
        Problem(line, _unfit(match[0]))
        for line, match in islice(((n, m) for n, m in found if m), MOST_LINES_TOLD)
    ]


def _unfit(character: str) -> str:
    code = f"{ord(character):04X}"
    name = _NAMES.get(character, "a character")
    return (
        f"{name} (U+{code}) cannot stand in YAML as it is; "
        f'write it as \\u{code} inside double quotes ("), remove it, or keep the text in a file of its own'
    )
