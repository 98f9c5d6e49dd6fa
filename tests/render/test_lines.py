from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.render.lines import Hunk, Line, Span, hunks, words

BODY = [f"line {number} of the body" for number in range(1, 601)]
texts = st.lists(
    st.sampled_from(["a", "b b", "c", "", "long line of some words", "x\r", "\u2028"]), max_size=12
).map("\n".join)


def changed(lines: list[str], place: int, text: str) -> str:
    return "\n".join([*lines[:place], text, *lines[place + 1 :]])


def test_one_word_of_many_lines_is_that_line_its_context_and_the_word() -> None:
    found = hunks("\n".join(BODY), changed(BODY, 299, "line 300 from the body"))

    assert [line.sign for line in found[0].lines] == [*"   -+   "]
    assert found[0].lines[3] == Line("-", "line 300 of the body", before=300, marks=(Span(9, 11),))
    assert found[0].lines[4] == Line("+", "line 300 from the body", after=300, marks=(Span(9, 13),))
    assert (len(found), found[0].skipped) == (1, 296)


@pytest.mark.parametrize(
    ("before", "after", "gone", "new"),
    [
        ("hi 👩\u200d💻 you", "hi 👩\u200d🚀 you", "👩\u200d💻", "👩\u200d🚀"),
        ("it is ❤\ufe0f love", "it is ❤ love", "❤\ufe0f", "❤"),
        ("from 🇩🇪 to you", "from 🇩🇰 to you", "🇩🇪", "🇩🇰"),
        ("the cafe\u0301 here", "the cafe here", "cafe\u0301", "cafe"),
        ("well 👍🏽 done", "well 👍🏿 done", "👍🏽", "👍🏿"),
    ],
)
def test_what_is_drawn_as_one_character_is_marked_as_one(
    before: str, after: str, gone: str, new: str
) -> None:
    (old,), (other,) = words(before, after)

    assert (before[slice(*old)], after[slice(*other)]) == (gone, new)


def test_changes_that_are_near_each_other_share_their_context() -> None:
    lines = list(BODY)
    lines[10] = lines[14] = "new"

    assert len(hunks("\n".join(BODY), "\n".join(lines), context=2)) == 1
    assert len(hunks("\n".join(BODY), "\n".join(lines), context=1)) == 2


def test_what_lies_between_two_hunks_is_counted() -> None:
    lines = list(BODY)
    lines[0] = lines[100] = "new"

    assert [hunk.skipped for hunk in hunks("\n".join(BODY), "\n".join(lines), context=2)] == [0, 95]


@pytest.mark.parametrize(("before", "after", "sign"), [("", "a\nb", "+"), ("a\nb", "", "-")])
def test_a_text_may_be_empty(before: str, after: str, sign: str) -> None:
    (hunk,) = hunks(before, after)

    assert [line.text for line in hunk.lines if line.sign == sign] == (before or after).split("\n")


def test_equal_texts_have_no_hunks() -> None:
    assert hunks("a\nb", "a\nb") == ()


@given(texts, texts, st.integers(0, 20))
def test_the_hunks_tell_everything_about_both_texts(before: str, after: str, context: int) -> None:
    found = hunks(before, after, context)

    assert rebuilt(before, found, "-", "before") == before.split("\n")
    assert rebuilt(after, found, "+", "after") == after.split("\n")
    assert {line.sign for hunk in found for line in hunk.lines if line.sign != " "} or before == after


def rebuilt(text: str, found: tuple[Hunk, ...], sign: str, side: str) -> list[str]:
    """One side of the hunks, with what they leave out filled in from the text by their line numbers."""
    lines, own = text.split("\n"), list[str]()
    for hunk in found:
        own += lines[len(own) : len(own) + hunk.skipped]
        for line in hunk.lines:
            if line.sign in {" ", sign}:
                own.append(line.text)
                assert getattr(line, side) == len(own)
    return own + lines[len(own) :]


@given(st.text(max_size=40), st.text(max_size=40))
def test_marks_are_parts_of_their_line_in_order(before: str, after: str) -> None:
    for text, marks in zip((before, after), words(before, after), strict=True):
        places = [place for span in marks for place in span]
        assert places == sorted(places)
        assert all(0 <= start < end <= len(text) for start, end in marks)


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_is_not_marked_is_the_same_on_both_sides(before: str, after: str) -> None:
    marks = words(before, after)
    if any(marks):
        one, other = (unmarked(text, found) for text, found in zip((before, after), marks, strict=True))
        assert one.split() == other.split() or "".join(one.split()) == "".join(other.split())


def unmarked(text: str, marks: tuple[Span, ...]) -> str:
    for start, end in reversed(marks):
        text = text[:start] + text[end:]
    return text


def test_words_that_only_a_space_divides_are_marked_together() -> None:
    assert words("one two three four five six", "one 2 3 four five six")[0] == (Span(4, 13),)


def test_lines_with_little_in_common_are_not_marked() -> None:
    assert words("one two three", "something else altogether") == ((), ())


@pytest.mark.parametrize(
    ("piece", "spans"),
    [
        ("X", ((Span(45_000, 45_001),), (Span(45_000, 45_001),))),
        ("", ((Span(45_000, 45_001),), (Span(45_000, 45_000),))),
    ],
)
def test_of_a_very_long_line_the_part_that_is_not_shared_is_marked(
    piece: str, spans: tuple[tuple[Span, ...], ...]
) -> None:
    before = "<p>" * 15_000 + "b" + "</p>" * 15_000

    assert words(before, before.replace("b", piece)) == spans
