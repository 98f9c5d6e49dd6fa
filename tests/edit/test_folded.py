"""Folded blocks that say something else: the lines that still say what they did stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.edit.folded import folded
from reconcile.load.nodes import Scalar, Sequence
from reconcile.load.yaml12 import read

OLD = ["Your code", "is {{otp_code}}.", "", "It works once,", "and for ten minutes.", "", "", "Bye"]
LINES = st.lists(
    st.sampled_from(["", "a", "b c", "d e f", "long words here", "#", "- x", "a: b"]), max_size=7
)
VALUES = st.lists(st.sampled_from(["", "a", "b c", "b  c", " x", "d e f g h", "#", "?"]), max_size=7)


def says(lines: list[str]) -> str:
    """What our loader reads in a folded block of these lines."""
    text = "- >-\n" + "".join(f"  {line}\n" if line else "\n" for line in lines)
    found, problems = read(text.encode(), tags=frozenset())
    assert not problems
    assert isinstance(found, Sequence)
    assert isinstance(found.items[0], Scalar)
    return found.items[0].text


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("Your", "Our", ["Our code", *OLD[1:]]),
        ("once", "twice", [*OLD[:3], "It works twice,", *OLD[4:]]),
        ("Bye", "Good bye", [*OLD[:7], "Good bye"]),
        (".\nIt", ".\nNew\nIt", [*OLD[:3], "New", "", *OLD[3:]]),
        ("Your code is {{otp_code}}.\n", "", OLD[3:]),
        (
            "works once, and",
            "works just once, or so they say, and",
            [*OLD[:3], "It works just once,", "or so they say,", *OLD[4:]],
        ),
    ],
)
def test_lines_that_say_the_same_stay(before: str, after: str, lines: list[str]) -> None:
    assert folded(OLD, says(OLD).replace(before, after)) == lines


@pytest.mark.parametrize("wanted", ["", "\na", "a\n", " a", "a \nb"])
def test_what_folding_cannot_say_is_left_to_another_style(wanted: str) -> None:
    assert folded(OLD, wanted) is None


@given(LINES, VALUES)
def test_a_folded_block_says_what_is_wanted(written: list[str], wanted: list[str]) -> None:
    found = folded(written, "\n".join(wanted))
    assert found is None or says(found) == "\n".join(wanted)
