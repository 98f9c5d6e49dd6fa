"""Content made smaller: a text that was compared with another is carried as what differs from it. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconcile.model import Json


def packed(content: Mapping[str, Any]) -> dict[str, Json]:
    """The same content, in which some texts are lists: the place of another text, and edits of its lines.

    An edit is the number of lines before it, how many lines go, and the lines that come.
    """
    texts: list[Any] = list(content["texts"])
    bases = set()
    for old, new, hunks in _compared(content["changes"]):
        if isinstance(texts[old], str) and isinstance(texts[new], str) and new not in bases:
            texts[new] = [old, *_edits(hunks, texts[new].split("\n"))]
            bases.add(old)
    return {**content, "texts": texts}


def _compared(changes: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, int, Sequence[Mapping[str, Any]]]]:
    for change in changes:
        for field in change["fields"]:
            if field.get("hunks"):
                yield field["old"], field["new"], field["hunks"]


def _edits(hunks: Iterable[Mapping[str, Any]], new: Sequence[str]) -> Iterator[Json]:
    edit: list[Any] = [0, 0]
    for before, after, *_ in (line for hunk in hunks for line in hunk["lines"]):
        if before and after:
            if edit[1:] != [0]:
                yield edit
            edit = [before, 0]
        elif before:
            edit[1] += 1
        else:
            edit.append(new[after - 1])
    if edit[1:] != [0]:
        yield edit
