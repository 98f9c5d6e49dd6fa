"""`reconcile compare`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from reconcile.cli import options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconcile.cli.asked import Asked
    from reconcile.cli.groups import Opening, Shown
    from reconcile.compare import Comparison, Side
    from reconcile.model import Kind
    from reconcile.render.terminal import Style

_FORMS = ("text", "json", "markdown", "html")


@click.command(name="compare")
@click.argument("a")
@click.argument("b")
@options.project
@options.selection
@options.output_as(_FORMS, _FORMS[1:])
@options.state_dir
@options.service
@options.opened
@options.shown
@options.asked
def command(opening: Opening, shown: Shown, asked: Asked, a: str, b: str) -> int:
    """Hold two environments against each other. A or B may be files:NAME. Sends nothing but GET, to both."""
    from reconcile.cli.opening import World
    from reconcile.cli.pair import both, check_apart, different, opened, opened_both, side
    from reconcile.errors import PendingError

    different(a, b)
    wanted, world = shown.wanted(), World()
    one, other = opened_both(partial(opened, a, opening, world), partial(opened, b, opening, world))
    kinds = both(one, other)
    with world.interrupts.heard():
        sides = side(a, one, kinds), side(b, other, kinds)
    check_apart(*sides)
    found = _compared(one.catalogue.kinds, *sides, asked)
    documents = _documents(found, shown.look, mask=wanted.mask)
    click.echo(documents[shown.form](), nl=False)
    wanted.write_texts({name: documents[name] for name in _FORMS[1:]})
    return PendingError.exit_code if found.unexpected else 0


def _compared(kinds: Mapping[str, Kind], a: Side, b: Side, asked: Asked) -> Comparison:
    from reconcile.cli.asked import selector
    from reconcile.compare import compare

    known = {
        kinds[name].address(key)
        for one in (a, b)
        for found in (one.live.objects, {name: item.objects for name, item in one.desired.sections.items()})
        for name, objects in found.items()
        for key in objects
    }
    chosen = selector(asked, sorted(known))
    return compare(kinds, a, b, chosen) if chosen else compare(kinds, a, b)


def _documents(found: Comparison, look: Style, *, mask: bool) -> Mapping[str, Callable[[], str]]:
    """The comparison in each format."""
    import json

    from reconcile.cli.reports import sheet_of
    from reconcile.render.comparison import comparison_document, comparison_sheet, comparison_text
    from reconcile.render.markdown import comparison_markdown
    from reconcile.render.mask import masked_comparison

    return {
        "text": lambda: comparison_text(found, look),
        "json": lambda: json.dumps(comparison_document(found), ensure_ascii=False, indent=2) + "\n",
        "markdown": lambda: comparison_markdown(masked_comparison(found) if mask else found),
        "html": lambda: sheet_of("html", comparison_sheet(found), identifiers=not mask),
    }
