"""Tables as a comment and as a page, whatever stands in them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from reconcile.render.html import sheet_page
from reconcile.render.markdown import LIMIT, sheet_markdown, weight
from reconcile.render.sheet import Row, Sheet, Table

HOSTILE = "</td></table><script>alert(1)</script> | `x` ``y`` @everyone <!-- --> \u202e\x1b[2J\r\n# a"
SMALL = Sheet(
    "runs",
    "production",
    "all is well",
    (Table("Runs", ("Run", "Why"), (Row(("one", ""), "create"), Row((HOSTILE, HOSTILE)))),),
)


class Tags(HTMLParser):
    """The tags of a page, and whether each that was opened was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.seen.append(tag)
        if tag not in {"meta", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_comment_has_a_marker_a_title_and_a_row_for_each() -> None:
    text = sheet_markdown(SMALL)

    assert text.startswith(
        "<!-- reconcile:runs:production -->\n\n### runs `production`\n\n`all is well`\n\n**Runs**\n"
    )
    assert "| `one` |  |\n" in text


def test_a_sheet_about_nothing_in_particular_needs_no_subject_and_no_lead() -> None:
    assert sheet_markdown(Sheet("runs", "", "")) == "<!-- reconcile:runs: -->\n\n### runs\n\n"
    assert "<h1>runs</h1>" in sheet_page(Sheet("runs", "", ""))


def test_nothing_in_a_cell_gets_out_of_it() -> None:
    html = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(sheet_markdown(SMALL))
    page = sheet_page(SMALL)

    for text in (html.partition("-->")[2], page):
        assert text.count("<tr") == 3
        assert "<script>" not in text
        assert "\u202e" not in text
        assert "\x1b" not in text
    assert Tags(page).open == []
    assert not {"script", "iframe", "img"} & set(Tags(page).seen)
    assert re.search(r"default-src 'none'", page)


def test_what_has_no_room_in_a_comment_is_counted() -> None:
    rows = tuple(Row((f"row {number}", "x" * 150)) for number in range(2_000))
    text = sheet_markdown(
        Sheet("runs", "", "", (Table("Many", ("a", "b"), rows), Table("None", ("a",), rows[:1])))
    )

    shown = text.count("xxx` |\n")
    assert weight(text) < LIMIT
    assert 200 < shown < 1_000
    assert f"{2_000 - shown:,} more rows had no room" in text
    assert text.endswith("1 more rows had no room; `--format json` has them.\n\n")
    assert sheet_page(Sheet("runs", "", "", (Table("Many", ("a", "b"), rows),))).count("<tr") == 2_001


def test_every_text_that_may_hold_data_can_be_said_in_another_way() -> None:
    loud = SMALL.told(str.upper)

    assert (loud.lead, loud.tables[0].rows[0].cells) == ("ALL IS WELL", ("ONE", ""))
    assert (loud.subject, loud.tables[0].head) == (SMALL.subject, SMALL.tables[0].head)
