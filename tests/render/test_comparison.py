from __future__ import annotations

from reconcile.render.comparison import comparison_document, comparison_sheet, comparison_sum, comparison_text
from reconcile.render.mask import masked_comparison
from reconcile.render.terminal import Style
from tests.golden.comparisons import alike, long, mixed


def test_what_is_the_same_is_counted_and_listed_on_request_only() -> None:
    assert "The same" not in comparison_text(alike())
    assert "  redirect_url/myapp://both\n" in comparison_text(alike(), Style(every=True))
    assert comparison_sum(alike()) == "No unexpected difference; 4 the same, 1 not comparable."


def test_colour_marks_the_two_sides() -> None:
    text = comparison_text(mixed(), Style(colour=True))
    assert '\x1b[31m"admin"\x1b[0m → \x1b[32m"user"\x1b[0m' in text


def test_a_masked_comparison_names_no_person_and_counts_the_same() -> None:
    masked = masked_comparison(mixed())
    assert "admin@acme.example" in str(comparison_document(mixed()))
    assert "admin@acme.example" not in str(comparison_document(masked))
    assert comparison_sum(masked) == comparison_sum(mixed())


def test_of_many_objects_on_one_side_some_are_listed_and_the_others_counted() -> None:
    text = comparison_text(long())
    assert text.count("only in dev\n") == 10
    assert "… and 30 more of redirect_url only in dev (--all lists them)" in text
    assert comparison_text(long(), Style(every=True)).count("only in dev\n") == 40


def test_the_tables_hold_every_difference_with_both_values_and_how_each_side_stands() -> None:
    sheet = comparison_sheet(mixed())
    assert [(table.title, len(table.rows)) for table in sheet.tables] == [
        ("Not expected", 4),
        ("Expected, as the files declare it", 5),
        ("Not comparable", 1),
        ("The same", 1),
    ]
    assert sheet.tables[0].rows[1].cells == (
        "jwt_template/hasura: claims.role",
        '"admin"',
        '"user"',
        "is not as its files say (base.yml:1)",
        "is as its files say (base.yml:1)",
    )
    assert (sheet.command, sheet.subject) == ("compare", "dev and prod")
    assert sheet.lead.startswith("4 unexpected differences; 5 expected")
    assert [table.title for table in comparison_sheet(alike()).tables] == ["Not comparable", "The same"]
