from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.render.visible import one_line, visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain ünïcode 日本 👋", "plain ünïcode 日本 👋"),
        ("tab\tand line\nstay", "tab\tand line\nstay"),
        ("\x00\x1b[31m\r\x7f\x85", "␀␛[31m␍␡⟨U+0085⟩"),
        ("user\u202egnp.exe", "user⟨U+202E⟩gnp.exe"),
        ("a\u200bb\u00adc\ufeff", "a⟨U+200B⟩b⟨U+00AD⟩c⟨U+FEFF⟩"),
        ("tag\U000e0041", "tag⟨U+E0041⟩"),
        ("half \ud83d", "half ⟨U+D83D⟩"),
        ("👩\u200d💻 में\u200cक", "👩\u200d💻 में\u200cक"),
        ("pass\u200dword \u200d", "pass⟨U+200D⟩word ⟨U+200D⟩"),
        ("a\ufe0fb c\u034fd", "a⟨U+FE0F⟩b c⟨U+034F⟩d"),
        ("1\ufe0f\u20e3 ©\ufe0f ❤\ufe0f", "1\ufe0f\u20e3 ©\ufe0f ❤\ufe0f"),
    ],
)
def test_what_nobody_would_see_is_seen_and_all_else_stays(text: str, seen: str) -> None:
    assert visible(text) == seen


def test_on_one_line_there_are_neither_line_ends_nor_tabs() -> None:
    assert one_line("a\tb\nc\r\n") == "a␉b␊c␍␊"


@given(st.text())
def test_nothing_that_ends_a_line_or_steers_a_terminal_is_left(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
    assert not any(character < " " for character in one_line(text))
    one_line(text).encode()
