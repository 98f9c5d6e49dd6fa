"""The bytes of a file that another program has written, as text and as JSON: whatever encoding Windows shells choose."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from reconcile.errors import FilesError
from reconcile.model import Finding, Origin, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # starts like the one of UTF-16, so it is tried first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED: tuple[tuple[tuple[bool, ...], str], ...] = (
    ((True, False, False, False), "utf-32-le"),
    ((False, False, False, True), "utf-32-be"),
    ((True, False, True, False), "utf-16-le"),
    ((False, True, False, True), "utf-16-be"),
)
"""Which of the first four bytes are there and which are NUL, where a text starts with two plain characters."""

LINE_END = re.compile(r"\r\n|\r|\n")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def decoded(raw: bytes, name: str) -> str:
    """The text of a file, without a byte order mark; raises FilesError where it is none."""
    mark, encoding = next(((mark, name) for mark, name in _MARKS if raw.startswith(mark)), (b"", ""))
    encoding = encoding or _guessed(raw)
    try:
        text = raw[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = _line(error.object[: error.start].decode(encoding, "replace"))
        message = f"this is not {encoding.upper()}; save the file as UTF-8"
        raise FilesError([_finding(name, line, message)]) from error
    if found := _CONTROL.search(text):
        message = f"a control character (U+{ord(found[0]):04X}) is no text; save the file as plain text"
        raise FilesError([_finding(name, _line(text[: found.start()]), message)])
    return text


def _guessed(raw: bytes) -> str:
    here = tuple(byte != 0 for byte in raw[:4])
    return next((encoding for bytes_, encoding in _UNMARKED if here == bytes_), "utf-8")


def json_object(text: str, name: str) -> Mapping[str, Any]:
    """The JSON object in a text; raises FilesError for anything else, and where readers would not agree on it."""
    try:
        found = json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        message = f"this is no JSON ({error.msg}); save the output of the vendor's tool again, and all of it"
        raise FilesError([_finding(name, error.lineno, message)]) from error
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise FilesError([_finding(name, 0, f"this is no document of Clerk's: {reason}")]) from error
    if not isinstance(found, dict):
        message = (
            f"this holds {_SHAPES[type(found)]}, and the vendor's tool writes one object; "
            "for a list of identifiers save one a line"
        )
        raise FilesError([_finding(name, 1, message)])
    return found


_SHAPES: Mapping[type, str] = {
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose members have different names; of two with one name, readers do not agree which counts."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the member {json.dumps(name)} stands twice in one object; keep one of them")
        found[name] = value
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _line(before: str) -> int:
    return len(LINE_END.findall(before)) + 1


def _finding(name: str, line: int, message: str) -> Finding:
    return Finding(Severity.ERROR, "source", message, origin=Origin(name, line))
