"""What the parser's complaints mean to the person who wrote the file. No I/O here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconcile.load.encoding import split_lines
from reconcile.load.nodes import Problem

if TYPE_CHECKING:
    from yaml import Mark, MarkedYAMLError

LONGEST_EXCERPT = 60

WIDEST_VIEW = 500
"""Characters on both sides of a place that are looked at: lines can be very long."""

BRACES = "a value that starts with `{{{{` is taken for a map; quote it: {quoted}"


class Spot(NamedTuple):
    """A place in a file: the line's number and its text on both sides of the place."""

    line: int
    before: str
    after: str


class Rule(NamedTuple):
    """When a complaint (`says`, in the words of either parser) at such a place (`here`) means what `message` says.

    `here` is searched in the line, with a NUL where the parser stopped. In a message, `{quoted}` is the text around
    that place in quotes and `{opened}` the line on which the parser saw the surrounding value begin.
    """

    message: str
    says: str = ""
    here: str = ""
    at_start: bool = False
    """Report where the surrounding value begins, rather than where the parser gave up."""


RULES = (
    Rule(
        "a tab stands where YAML wants spaces; replace the tabs before and after `-`, `:` or the indentation by spaces",
        says="tab character|cannot start any token",
        here=r"\0\t|^ *\t",
    ),
    Rule("`${{` inside [ ] or {{ }} is taken for a map; quote the value: {quoted}", here=r"\$\0\{"),
    Rule(
        "a value that starts with `*` is taken for an alias; quote it: {quoted}",
        says="alias|cannot start",
        here=r"(?:^|[\s\[{,])\*[^\s,\[\]{}]*\0",
    ),
    Rule("a value that starts with `&` is taken for an anchor; quote it: {quoted}", says="anchor"),
    Rule(
        "a block of text cannot stand inside [ ] or {{ }}; put the text in quotes",
        says="cannot start any token",
        here=r"\0[|>][+\-0-9]*\s*$",
    ),
    Rule(
        "a value cannot start with `@`, a backtick or `%`; quote it: {quoted}",
        says="cannot start any token|directive",
    ),
    Rule(
        "a value that starts with `>` or `|` is taken for a block of text; quote it, or begin the text on the next line",
        says="scanning a block scalar",
    ),
    Rule(
        "this tag is not known; remove it, or quote the value if `!` is part of the text",
        says="undefined tag handle|scanning a tag|parsing a tag",
    ),
    Rule(
        "a value with `: ` in it is taken for a map; put the whole value in quotes",
        says="mapping values are not allowed",
        here=r":\s.*\0",
    ),
    Rule(
        "this line is indented further than its neighbours, or the value above is not finished; "
        "align it with them, or put the value above in quotes",
        says="mapping values are not allowed",
    ),
    Rule(
        "a list cannot start behind a key; begin it on the next line, or write it as [a, b]",
        says="sequence entries are not allowed",
    ),
    Rule(
        "the quote that opens here is never closed; close it, or quote the text with the other kind of quotes",
        says="quoted scalar.*(?:end of stream|document)",
        at_start=True,
    ),
    Rule(
        r"this escape is half a character; write the character itself, or one escape such as \U0001F600",
        says="escape",
        here=r"\\u[dD][89a-fA-F]",
    ),
    Rule(
        r"this is not an escape that double quotes know; write \\ for a backslash, or use single quotes",
        says="escape",
    ),
    Rule(
        "this line has no `key: value`; add the colon and a space, or indent it as part of the value above",
        says="could not find expected ':'",
        at_start=True,
    ),
    Rule(
        "text follows the closing quote; put the whole value in one pair of quotes, and write an apostrophe inside single quotes twice",
        here=r"""['"][ \t]*\0[^\s#]""",
    ),
    Rule(
        "the bracket that opens here is not closed, or a comma is missing on line {stopped}; "
        "close it, add the comma, or quote a value that holds brackets, commas or `: `",
        says="flow (?:sequence|mapping)",
        at_start=True,
    ),
    Rule("the file ends inside of [ ] or {{ }}; close the bracket", says="flow node", here=r"\0$"),
    Rule("a value cannot start here with {excerpt}; quote it", says="node content"),
    Rule(
        "this line does not fit the list or map that starts on line {opened}; "
        "indent it like its neighbours, or quote the value above",
        says="block (?:mapping|collection)",
    ),
    Rule(
        "the content of the file ends before this text; remove it, or put the whole value in quotes",
        says="document start",
    ),
)
ANYTHING = Rule(
    "this cannot be read as YAML ({complaint}); check quotes and indentation of this line and the one above"
)


def explain(error: MarkedYAMLError, text: str) -> Problem:
    """The Problem behind what the parser says about `text`."""
    lines = split_lines(text.rstrip("\r\n"))
    stopped = _spot(error.problem_mark, lines)
    opened = _spot(error.context_mark or error.problem_mark, lines)
    complaint = f"{error.context}: {error.problem}"
    marked = f"{stopped.before}\0{stopped.after}"
    rule = next((rule for rule in RULES if _fits(rule, complaint, marked)), ANYTHING)
    excerpt = _word(stopped)
    message = rule.message.format(
        quoted=quoted(excerpt),
        excerpt=f"`{excerpt}`",
        opened=opened.line,
        stopped=stopped.line,
        complaint=error.problem,
    )
    return Problem(opened.line if rule.at_start else stopped.line, message)


def quoted(text: str) -> str:
    """A value as it has to be written, cut where it is long."""
    shown = text if len(text) <= LONGEST_EXCERPT else text[:LONGEST_EXCERPT] + "…"
    return f'"{shown}"' if "'" in shown else f"'{shown}'"


def braces(line: int, source: str) -> Problem:
    """The Problem of a `{{…}}` without quotes; `source` is the line it stands on."""
    written = re.search(r"\{\s*\{[^}]*(?:\}\s*\}(?:\{\{[^{}]*\}\}|[^\s,\]}])*)?", source)
    return Problem(line, BRACES.format(quoted=quoted(written[0].strip() if written else "{{…}}")))


def _fits(rule: Rule, complaint: str, marked: str) -> bool:
    return bool(re.search(rule.says, complaint) and re.search(rule.here, marked))


def _spot(mark: Mark | None, lines: list[str]) -> Spot:
    line, column = (mark.line, mark.column) if mark else (0, 0)
    if line >= len(lines):
        line, column = len(lines) - 1, len(lines[-1])
    before, after = lines[line][:column], lines[line][column:]
    return Spot(line + 1, before[-WIDEST_VIEW:], after[:WIDEST_VIEW])


def _word(spot: Spot) -> str:
    """The unbroken text around a place, a `{…}` that begins there included."""
    start = re.search(r"[^\s,\[\]{}]*$", spot.before)
    rest = re.match(r"\{[^}]*\}[^\s,\]}]*|[^\s,\]}]+|.", spot.after)
    return (start[0] if start else "") + (rest[0] if rest else "")
