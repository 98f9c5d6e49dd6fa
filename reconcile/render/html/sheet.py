"""Tables as one page that needs nothing else, not even a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.render.html.page import pages, part

if TYPE_CHECKING:
    from reconcile.render.sheet import Sheet


def sheet_page(sheet: Sheet) -> str:
    """The page about something that is no plan."""
    templates = pages()
    return templates.get_template("sheet.html.jinja").render(sheet=sheet, style=part(templates, "report.css"))
