"""A plan as one HTML page that needs nothing else: to read, to search, and to see messages and tokens in.

No I/O here: the page's template, style and script are parts of this package, and jinja2 loads them as Python loads modules.
"""

from reconcile.render.html.page import report
from reconcile.render.html.sheet import sheet_page

__all__ = ["report", "sheet_page"]
