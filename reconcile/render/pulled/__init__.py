"""What a pull did to the files: as text, as a document for programs, and as tables. No I/O here."""

from reconcile.render.pulled.document import pulled_document, pulled_sheet
from reconcile.render.pulled.lines import diff_lines, summary
from reconcile.render.pulled.text import pulled_text, remarks

__all__ = ["diff_lines", "pulled_document", "pulled_sheet", "pulled_text", "remarks", "summary"]
