from __future__ import annotations

import pytest

from reconcile.render.markdown.quote import cell, code, fence, html


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("plain", "`plain`"),
        ("", "` `"),
        ("  ", "` `"),
        ("a`b", "``a`b``"),
        ("`a", "`` `a ``"),
        ("a```", "```` a``` ````"),
        (" a ", "`  a  `"),
        ("a\nb\tc", "`a␊b␉c`"),
        ("x" * 201, f"`{'x' * 200}…`"),
    ],
)
def test_a_span_is_longer_than_what_is_in_it(text: str, span: str) -> None:
    assert code(text) == span


def test_in_a_table_nothing_divides_a_cell() -> None:
    assert cell("a|b") == "`a¦b`"


def test_in_html_a_text_is_code_without_tags() -> None:
    assert html("</code><b>&\n") == "<code>&lt;/code&gt;&lt;b&gt;&amp;␊</code>"


@pytest.mark.parametrize(
    ("lines", "ticks"), [([], 3), (["a"], 3), (["``"], 3), (["a ``` b"], 4), (["`", "`````"], 6)]
)
def test_a_fence_is_longer_than_any_run_of_backticks(lines: list[str], ticks: int) -> None:
    assert fence(lines) == "`" * ticks
