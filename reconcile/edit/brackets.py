"""Members and items in brackets, with commas between: how they come and go. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconcile.edit.paper import Around, Paper, Splice, Unit
    from reconcile.edit.spots import Items, Members


def bracketed(
    paper: Paper,
    spot: Items | Members,
    units: Sequence[Unit],
    gone: Sequence[bool],
    new: Mapping[int, Sequence[str]],
    around: Around,
) -> Iterator[Splice]:
    """Entries that go with their commas, and new ones behind those whose numbers they are held by."""
    left = [index for index, leaves in enumerate(gone) if not leaves]
    if not left:
        inner = ", ".join(text for index in sorted(new) for text in new[index])
        yield paper.splice(spot.at + 1, spot.end - 1, inner, around)
        return
    for index in range(len(units)):
        if gone[index]:
            yield _out_of_flow(paper, units, index, left, around)
    for index, texts in sorted(new.items()):
        before = max((one for one in left if one <= index), default=-1)
        if before < 0:
            text = "".join(f"{one}, " for one in texts)
            yield paper.splice(units[left[0]].start, units[left[0]].start, text, around)
        else:
            text = "".join(_comma(paper, units[before].start) + one for one in texts)
            yield paper.splice(units[before].end, units[before].end, text, around)


def _out_of_flow(
    paper: Paper, units: Sequence[Unit], index: int, left: Sequence[int], around: Around
) -> Splice:
    """One entry with its comma: the one behind it, or at the end the one before it."""
    if index > left[-1]:
        return paper.splice(units[index - 1].end, units[index].end, "", around)
    return paper.splice(units[index].start, units[index + 1].start, "", around)


def _comma(paper: Paper, start: int) -> str:
    """What stands between an entry and the next: a line for each, where that one has its own."""
    return f",{paper.eol}{' ' * paper.column(start)}" if paper.opens_line(start) else ", "
