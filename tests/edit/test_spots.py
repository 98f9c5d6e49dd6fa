from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconcile.edit.spots import Items, Leaf, Members, Repeat, page, within
from reconcile.load.files import OVERLAY_TAGS
from reconcile.load.nodes import Scalar, plain_value
from reconcile.load.yaml12 import read

if TYPE_CHECKING:
    from reconcile.model import Json

SCALARS: tuple[tuple[str, Json], ...] = (
    ("NO", "NO"),
    ("2026-05-12", "2026-05-12"),
    ("12:30:45", "12:30:45"),
    ("1e", "1e"),
    ("+1 555", "+1 555"),
    ("true", True),
    ("True", True),
    ("yes", "yes"),
    ("~", None),
    ("null", None),
    ("", None),
    ("0o17", 15),
    ("0x1F", 31),
    ("017", 17),
    ("1.50", 1.5),
    ("-.5", -0.5),
    ('"1"', "1"),
    ("'true'", "true"),
    ("'it''s'", "it's"),
    ('"\\u00e9\\n"', "é\n"),
    ("|\n  a\n   b\n", "a\n b\n"),
    ("|-\n  a\n", "a"),
    (">\n  a\n  b\n", "a b\n"),
    ("several\n  words", "several words"),
    ("!!str 1", "1"),
)


@pytest.mark.parametrize(("written", "value"), SCALARS, ids=[repr(written) for written, _ in SCALARS])
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_every_scalar_is_what_it_is_to_the_loader(written: str, value: Json, eol: str) -> None:
    text = f"# c\na: {written}\nb: 1\n".replace("\n", eol)
    node, problems = read(text.encode(), tags=OVERLAY_TAGS)
    assert problems == ()
    assert node is not None
    loaded = node.entries["a"].node  # type: ignore[union-attr]
    assert isinstance(loaded, Scalar)
    spot = page(text, OVERLAY_TAGS).root.members[0].node  # type: ignore[union-attr]
    assert isinstance(spot, Leaf)
    assert (spot.text, spot.line) == (loaded.text, loaded.line)
    assert plain_value(loaded) == value


def parts(text: str) -> list[tuple[str, str]]:
    """Of every spot of a text, what stands before its value, and the value."""
    root = page(text, OVERLAY_TAGS).root
    assert root is not None
    return [(text[one.start : one.at], text[one.at : one.end]) for one in within(root)][1:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:   'x' # c\n", [("", "'x'")]),
        ("a: &n !file  x.html\n", [("&n !file  ", "x.html")]),
        ("a: !file &n x.html\n", [("!file &n ", "x.html")]),
        ("a: !unset\n", [("!unset", "")]),
        (
            "a: [x, {y: !unset}, !remove z]\n",
            [
                ("", "[x, {y: !unset}, !remove z]"),
                ("", "x"),
                ("", "{y: !unset}"),
                ("!unset", ""),
                ("!remove ", "z"),
            ],
        ),
        ("a: !append   # c\n  - x\n\n# d\n", [("!append   # c\n  ", "- x"), ("", "x")]),
        ("a: |  # c\n  x\n\n# d\nb:\n", [("", "|  # c\n  x"), ("", "")]),
        ("a: &n\n  x: 1\n", [("&n\n  ", "x: 1"), ("", "1")]),
        ("a: &n [1]\nb: *n\n", [("&n ", "[1]"), ("", "1"), ("", "*n")]),
    ],
)
def test_a_spot_is_the_value_with_its_tag_and_anchor_before_it(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert parts(text) == expected


def test_styles_and_marks_are_known() -> None:
    found = page("a: &n {<<: *m, x: 'y'}\nb: *n\nc: >\n  z\n", OVERLAY_TAGS)
    root = found.root
    assert isinstance(root, Members)
    first, second, third = (one.node for one in root.members)

    assert found.repeated == {"m", "n"}
    assert isinstance(first, Members)
    assert (first.flow, first.merged, first.anchor) == (True, True, "n")
    assert isinstance(second, Repeat)
    assert second.name == "n"
    assert isinstance(third, Leaf)
    assert third.block
    assert first.get("nothing") is None


def test_an_empty_file_has_no_spots() -> None:
    assert page("", OVERLAY_TAGS).root is None
    assert page("# c\n", OVERLAY_TAGS).root is None
    assert isinstance(page("- a\n", OVERLAY_TAGS).root, Items)
