"""What people read on a terminal, in a pipe and in the log of a CI job: plain text, with colour where it shows. No I/O.

Whatever somebody else wrote goes through `safe`, so no text can command the terminal or hide behind another.
"""

from reconcile.render.terminal.outcomes import outcome_line, outcomes_summary
from reconcile.render.terminal.plan import SIGN, findings_text, pending_text, plan_text, summary_text
from reconcile.render.terminal.style import Style, columns, safe, safe_lines

__all__ = [
    "SIGN",
    "Style",
    "columns",
    "findings_text",
    "outcome_line",
    "outcomes_summary",
    "pending_text",
    "plan_text",
    "safe",
    "safe_lines",
    "summary_text",
]
