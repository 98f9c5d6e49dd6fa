"""One comment: its marker and heading first, then as much of its pieces as there is room for, and what was left out."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from reconcile.model import Severity
from reconcile.render.markdown.fit import LIMIT, Block, fit, weight
from reconcile.render.markdown.quote import html, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconcile.model import Finding, Origin
    from reconcile.render.markdown.fit import Shown

_RESERVE = 1_500  # for the note on what was left out, and to be on the safe side
_NAME = 100  # characters of an environment in the marker
_CALM = 120  # lines up to which everything is unfolded
_WIDE = 2_000  # characters of one line of a list, such as a finding or a reason
_LABEL: Mapping[Severity, str] = {
    Severity.REFUSAL: "refused",
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}
_RANKS = tuple(_LABEL)


class Group(NamedTuple):
    """Pieces under one heading that folds; without a heading they stand by themselves."""

    summary: str
    blocks: tuple[Block, ...]
    unfolded: bool = True  # as long as there is little to read in all


class Tier(NamedTuple):
    """Groups that are equally important. They get so much of what those before them left: all of it, or a part."""

    groups: tuple[Group, ...]
    part: float = 1.0


def marker(command: str, environment: str) -> str:
    """The line, unseen by readers, by which a later run finds the comment that it has to replace."""
    name = quote(environment[:_NAME], safe="", errors="replace").replace("-", "%2D")
    return f"<!-- reconcile:{command}:{name} -->"


def page(head: str, tiers: Sequence[Tier], foot: str, whole: str) -> str:
    """The comment; what is more important is served first, and `whole` says where to find what had no room."""
    room = LIMIT - weight(f"{head}{foot}{whole}") - _RESERVE
    calm = sum(len(block.lines) for tier in tiers for group in tier.groups for block in group.blocks) <= _CALM
    texts: list[str] = []
    every: list[Shown] = []
    for tier in tiers:
        openings = [_open(group, calm=calm) for group in tier.groups]
        blocks = [block for group in tier.groups for block in group.blocks]
        around = weight("".join(openings)) + len(openings) * weight(_CLOSE)
        found = list(fit(blocks, int(room * tier.part) - around))
        filled = list(_filled(tier.groups, openings, found))
        room -= weight("".join(filled))
        texts += filled
        every += found
    return "".join((head, *texts, foot, _left_out(every, whole)))


_CLOSE = "</details>\n\n"


def _open(group: Group, *, calm: bool) -> str:
    return opening(group.summary, unfolded=calm and group.unfolded) if group.summary else ""


def opening(summary: str, *, unfolded: bool) -> str:
    """The line that begins a fold."""
    return f"<details{' open' if unfolded else ''}><summary>{summary}</summary>\n\n"


def _filled(groups: Iterable[Group], openings: Iterable[str], found: Iterable[Shown]) -> Iterator[str]:
    """The texts of all groups; one of which nothing is shown is left out whole."""
    rest = iter(found)
    for group, start in zip(groups, openings, strict=True):
        text = "".join(one.text for one in islice(rest, len(group.blocks)))
        if text:
            yield f"{start}{text}{_CLOSE if start else ''}"


def _left_out(found: Iterable[Shown], whole: str) -> str:
    """What readers have to know who see only a part."""
    cut = [one for one in found if one.cut]
    if not cut:
        return ""
    parts = (
        (sum(one.changes for one in cut), "changes or entries"),
        (sum(one.lines for one in cut if not one.changes), "lines"),
    )
    told = " and ".join(f"{number:,} {noun}" for number, noun in parts if number)
    return (
        f"> [!IMPORTANT]\n> **Not all of it is here:** {told} had no room in the {LIMIT:,} characters "
        f"that a comment may have. {whole}\n"
    )


def findings_group(findings: Iterable[Finding]) -> Group:
    """What there is to know, with what stops the plan first."""
    ranked = sorted(findings, key=lambda item: _RANKS.index(item.severity))
    lines = tuple(
        short(line, _WIDE) for item in ranked for line in f"{_LABEL[item.severity]}: {item}".split("\n")
    )
    return Group("", (Block("", lines, "\n", "text", stands_for=0),) if lines else ())


def listing(title: str, texts: Iterable[str], *, unfolded: bool = False) -> Group:
    """Texts, one a line, in a fold of their own."""
    lines = tuple(short(text, _WIDE) for text in texts)
    blocks = (Block("", lines, "\n", "text", stands_for=0),) if lines else ()
    return Group(f"{title} ({len(lines):,})", blocks, unfolded)


def fold(title: str, name: str, origin: Origin | None) -> str:
    """The summary line of one object: what happens to it, its name, and where it was declared."""
    where = f" · {html(str(origin))}" if origin else ""
    return f"{title} {html(name)}{where}"
