from __future__ import annotations

from reconcile.render.comparison import comparison_document, comparison_sum, comparison_text
from reconcile.render.mask import masked_comparison
from reconcile.render.terminal import Style
from tests.golden.comparisons import alike, mixed


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
