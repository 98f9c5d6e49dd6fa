"""Plans and outcomes as Markdown for pull requests: one comment, however much there is to say. No I/O here.

What people wrote stands in code alone: in spans, in fences that are longer than any run of backticks in them, and in
`<code>` of a summary line. Code is where GitHub looks for no mention, no reference and no link.
"""

from reconcile.render.markdown.fit import LIMIT, weight
from reconcile.render.markdown.outcomes import outcomes_markdown
from reconcile.render.markdown.page import marker
from reconcile.render.markdown.plan import report
from reconcile.render.markdown.sheet import sheet_markdown

__all__ = ["LIMIT", "marker", "outcomes_markdown", "report", "sheet_markdown", "weight"]
