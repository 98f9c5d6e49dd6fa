from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
TEXT = (HERE.parents[1] / "docs" / "unknowns.md").read_text("utf-8")
ROWS = [
    line
    for line in TEXT.splitlines()
    if line.startswith("|") and not line.startswith(("| Question", "| ---"))
]


def test_every_unknown_names_a_test_that_exists() -> None:
    tests = {
        name
        for folder in (HERE, HERE.parent / "adopt")
        for path in folder.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    named = [re.fullmatch(r"\| .+ \| .+ \| .+ \| `(test_\w+)` \|", row) for row in ROWS]
    assert [row for row, match in zip(ROWS, named, strict=True) if match is None] == []
    assert {match[1] for match in named if match} - tests == set()


def test_the_unknowns_are_many_and_none_stands_twice() -> None:
    questions = [row.split("|")[1] for row in ROWS]
    assert len(questions) > 50
    assert len(set(questions)) == len(questions)
