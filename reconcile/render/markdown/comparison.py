"""A comparison of two environments as one comment: what nobody expects first."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from reconcile.model import Action, Change, FieldChange
from reconcile.render.comparison import comparison_sum, only, stand_texts, unread_text
from reconcile.render.markdown.fields import change_lines
from reconcile.render.markdown.fit import Block
from reconcile.render.markdown.page import Group, Tier, listing, marker, opening, page
from reconcile.render.markdown.quote import code, html, short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconcile.compare import Comparison, Difference

_SMALL = 25  # lines up to which an object is unfolded


def comparison_markdown(comparison: Comparison) -> str:
    """The comment about a comparison, always shorter than GitHub's limit."""
    tiers = (
        Tier((_group("<b>Not expected</b>", comparison.unexpected, comparison),)),
        Tier((_group("<b>Expected, as the files declare it</b>", comparison.expected, comparison),)),
        Tier((listing("Not comparable", map(unread_text, comparison.unread)),)),
        Tier((listing("The same", comparison.same),)),
    )
    first, second = (party.name for party in comparison.parties)
    whole = (
        f"All of it: {code(f'reconcile compare {first} {second} --all')}, or the JSON report of the same run."
    )
    return page(_head(comparison), tiers, "", whole)


def _head(comparison: Comparison) -> str:
    names = [party.name for party in comparison.parties]
    lines = [
        marker("compare", ":".join(names)),
        f"### {code(names[0])} compared with {code(names[1])}",
        comparison_sum(comparison),
        " · ".join(_who(comparison)),
    ]
    return "\n\n".join(lines) + "\n\n"


def _who(comparison: Comparison) -> Iterator[str]:
    for sign, party in zip("-+", comparison.parties, strict=True):
        what = f"instance {code(party.instance.id)}" if party.instance else "what the files say"
        yield f"{code(sign)} {code(party.name)}: {what}"


def _group(title: str, differences: Sequence[Difference], comparison: Comparison) -> Group:
    blocks = [
        _block(address, list(mine), comparison)
        for address, mine in groupby(differences, key=lambda item: item.address)
    ]
    return Group(f"{title}: {len(differences):,}", tuple(blocks))


def _block(address: str, differences: Sequence[Difference], comparison: Comparison) -> Block:
    lines = tuple(line for item in differences for line in _lines(item, comparison))
    start = opening(html(address), unfolded=len(lines) <= _SMALL)
    return Block(start, lines, "\n</details>\n\n", stands_for=len(differences))


def _lines(item: Difference, comparison: Comparison) -> Iterator[str]:
    if item.path:
        field = FieldChange(item.path, *item.values)
        yield from change_lines(Change(item.address, "", "", Action.UPDATE, fields=(field,)))
    else:
        yield f"! only in {short(only(item, comparison).name)}"
    yield from (f"  {short(text)}" for text in stand_texts(item, comparison))
