"""A folded block of text (`>`) that has to say something else: its lines stay where they say what they did. No I/O here."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GAP = re.compile(r"(?<=\S) (?=\S)")
"""Where a line may be broken: one blank between two words."""


def folded(written: Sequence[str], wanted: str) -> list[str] | None:
    """The lines of a folded block, without indentation, that says what is wanted; `written` are those of the old one.

    None where only a literal block can say it: lines that begin or end with blanks, and empty ones at either end.
    """
    lines = wanted.split("\n")
    if (
        not written
        or any(line != line.strip(" \t") for line in (*lines, *written))
        or not lines[0]
        or not lines[-1]
    ):
        return None
    old, width = _paragraphs(written), max(map(len, written))
    known = [" ".join(one) for one in old]
    found: list[str] = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, known, lines, autojunk=False).get_opcodes():
        for number, text in enumerate(lines[j1:j2]):
            before = old[i1 + number] if i1 + number < i2 else []
            found += ["", *(before if what == "equal" else _wrapped(before, text, width))]
    return found[1:]


def _paragraphs(written: Sequence[str]) -> list[list[str]]:
    """The lines of a block by what they become: one line each, and an empty one for every empty line beyond the first."""
    found: list[list[str]] = [[]]
    empty = 0
    for line in written:
        if not line:
            empty += 1
        elif empty:
            found += [*([] for _ in range(empty - 1)), [line]]
            empty = 0
        else:
            found[-1].append(line)
    return found


def _wrapped(before: Sequence[str], text: str, width: int) -> Iterator[str]:
    """A line of the text in lines of a block: the first and last ones of before stay, what is between them is broken anew."""
    head, tail = [], []
    for line in before[:-1]:
        if not text.startswith(f"{line} ") or text[len(line) + 1 : len(line) + 2].isspace():
            break
        head.append(line)
        text = text[len(line) + 1 :]
    for line in reversed(before[len(head) + 1 :]):
        if not text.endswith(f" {line}") or text[: -len(line) - 1].endswith(" "):
            break
        tail.append(line)
        text = text[: -len(line) - 1]
    yield from head
    yield from _broken(text, width)
    yield from reversed(tail)


def _broken(text: str, width: int) -> Iterator[str]:
    line = ""
    for word in _GAP.split(text) if text else ():
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield line
