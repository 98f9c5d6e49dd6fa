"""What has drifted, for people, for programs and as a comment or issue. No I/O here."""

from reconcile.render.drift.document import drift_document, watch_row
from reconcile.render.drift.markdown import drift_markdown
from reconcile.render.drift.text import drift_text, watch_line

__all__ = ["drift_document", "drift_markdown", "drift_text", "watch_line", "watch_row"]
