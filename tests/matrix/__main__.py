"""`python -m tests.matrix`: play every cell, print what is wrong and the totals; `--write` brings the page up to date."""

from __future__ import annotations

import sys
from collections import Counter

from tests.matrix.cells import cells, names
from tests.matrix.play import play
from tests.matrix.report import played, write


def main() -> int:
    """Exit code 1 where anything is wrong."""
    if sys.argv[1:] == ["--write"]:
        write()
        return 0
    wrong: Counter[str] = Counter()
    for name in sys.argv[1:] or names():
        for cell in cells(name):
            found = play(cell)
            for text in found.texts:
                sys.stderr.write(f"{text}\n")
            wrong.update(one.sort for complaints in found.complaints.values() for one in complaints)
    sys.stdout.write(played(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
