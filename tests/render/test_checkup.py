from __future__ import annotations

from reconcile.model import Check, Level
from reconcile.render.checkup import checkup_document, checkup_sheet, checkup_text, healthy
from reconcile.render.terminal import Style

CHECKS = (
    Check("project", Level.OK, "one"),
    Check("files", Level.WARNING, "two\nthree", "mend it"),
    Check("key", Level.PROBLEM, "four\x1b[2J", "five"),
    Check("reach", Level.SKIPPED, "six"),
)


def test_every_line_stands_with_its_remedy_and_moves_no_cursor() -> None:
    assert checkup_text(CHECKS, Style()) == (
        "✓ project    one\n"
        "! files      two\n"
        "             three\n"
        "             → mend it\n"
        "✗ key        four\\x1b[2J\n"
        "             → five\n"
        "· reach      six\n"
        "1 problem, 1 warning.\n"
    )


def test_on_a_terminal_lines_are_broken_between_words_below_their_beginning() -> None:
    check = Check("kinds", Level.WARNING, "word " * 9 + "end", "mend " * 9 + "it")

    assert checkup_text((check,), Style(width=40)).splitlines()[:-1] == [
        "! kinds      word word word word word",
        "             word word word word end",
        "             → mend mend mend mend mend",
        "               mend mend mend mend it",
    ]


def test_the_sum_counts() -> None:
    assert checkup_text(CHECKS[:1], Style()).endswith("All is well.\n")
    assert checkup_text(CHECKS[2:3] * 2, Style()).endswith("2 problems.\n")
    assert "\x1b[31m✗" in checkup_text(CHECKS, Style(colour=True))


def test_the_document_says_the_same() -> None:
    document = checkup_document("", CHECKS)

    assert (document["environment"], document["healthy"]) == (None, False)
    assert checkup_document("prod", CHECKS[:2])["healthy"] is True
    assert document["checks"] == [
        {"topic": one.topic, "level": one.level.value, "message": one.message, "remedy": one.remedy or None}
        for one in CHECKS
    ]
    assert healthy(())


def test_as_a_table_each_row_has_its_remedy_and_its_tone() -> None:
    sheet = checkup_sheet("prod", CHECKS)

    assert (sheet.subject, sheet.lead) == ("prod", "1 problem, 1 warning.")
    assert [(row.cells[0], row.cells[2], row.tone) for row in sheet.tables[0].rows] == [
        ("✓ project", "", "create"),
        ("! files", "mend it", "update"),
        ("✗ key", "five", "delete"),
        ("· reach", "", ""),
    ]
