from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.render.markdown.fit import Block, fit, weight

lines = st.lists(st.text("ab`é👋", max_size=40), min_size=1, max_size=60).map(tuple)
blocks = st.lists(
    st.builds(
        Block, st.sampled_from(["", "head\n\n"]), lines, st.just("\ntail\n"), stands_for=st.integers(0, 3)
    ),
    max_size=8,
)


@pytest.mark.parametrize("text", ["", "plain", "ümläut", "日本", "👋", "a\nb\n"])
def test_a_text_weighs_at_least_what_any_way_to_count_characters_finds(text: str) -> None:
    utf16 = len(text.encode("utf-16-le")) // 2
    assert weight(text) >= max(utf16, len(text.replace("\n", "\r\n")), len(text.encode()))


@given(blocks, st.integers(-100, 6_000))
def test_there_is_never_more_than_there_is_room_for_and_what_is_missing_is_known(
    made: list[Block], room: int
) -> None:
    found = list(fit(made, room))
    assert sum(weight(one.text) for one in found) <= max(room, 0)
    for block, one in zip(made, found, strict=True):
        assert one.cut == (one.lines > 0 or one.changes > 0)
        shown = len(block.lines) - one.lines
        assert all(line in one.text for line in block.lines[:shown])
        assert bool(one.text) == (shown > 0)
        if one.text:
            assert one.text.startswith(block.before)
            assert one.text.endswith(block.after)
            assert ("left out here" in one.text) == one.cut


def test_what_is_short_is_whole_and_what_is_long_shares_the_rest() -> None:
    short, long = Block("", ("a",)), Block("", ("b" * 98,) * 100)
    found = list(fit([long, short, long], 6_000))
    assert not found[1].cut
    assert found[0].lines == found[2].lines
    assert 2_500 < weight(found[0].text) < 3_000


def test_where_there_is_no_room_for_all_the_first_ones_get_it() -> None:
    found = list(fit([Block("", ("x" * 300,))] * 20, 1_000))
    assert [bool(one.text) for one in found] == [True] * 3 + [False] * 17
    assert sum(one.changes for one in found) == 17


def test_without_blocks_there_is_nothing() -> None:
    assert list(fit([], 100)) == []
