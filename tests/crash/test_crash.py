"""Processes that were killed are understood, and whatever they left the next run puts right."""

from __future__ import annotations

import pytest

from tests.crash.report import KINDS, expected, kind_of, on_the_page, result

PARTS = 2


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_a_killed_run_leaves_is_told_and_put_right_by_the_next_one(part: int) -> None:
    found = result(PARTS, "quick", only=part)

    assert not found.texts, "\n".join([f"{len(found.texts)} complaints", *found.texts[:20]])
    assert sum(found.count.values()) > 100
    assert {kind_of(one) for passed in found.boundaries.values() for one in passed} == KINDS.keys()
    assert on_the_page() == expected(found.boundaries).tables(), "run: python -m tests.crash --write"
