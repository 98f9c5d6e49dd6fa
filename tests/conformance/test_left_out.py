from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conformance.left_out import FILE, read

if TYPE_CHECKING:
    from pathlib import Path


def test_every_entry_of_our_file_has_a_reason_that_is_a_sentence() -> None:
    entries = [*read("kinds"), *read("contract")]

    assert entries
    assert all(entry.reason.endswith(".") for entry in entries)


def test_a_text_is_a_list_of_one(tmp_path: Path) -> None:
    path = tmp_path / FILE.name
    path.write_text('[[kinds]]\nkinds = "a"\nabout = "response b"\nreason = "c"\n', "utf-8")

    (entry,) = read("kinds", path)

    assert (entry.where, entry.about) == (("a",), ("response b",))


@pytest.mark.parametrize(
    "text",
    [
        '[[kinds]]\nkinds = ["a"]\nabout = ["b"]\n',
        '[[kinds]]\nkinds = ["a"]\nabout = []\nreason = "c"\n',
        '[[kinds]]\noperations = ["a"]\nabout = ["b"]\nreason = "c"\n',
        '[[others]]\nkinds = ["a"]\nabout = ["b"]\nreason = "c"\n',
    ],
)
def test_an_entry_without_its_reason_or_in_the_wrong_place_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / FILE.name
    path.write_text(text, "utf-8")

    with pytest.raises(ValueError, match=r"left_out\.toml"):
        read("kinds", path)
