"""`python -m tests.crash`: cut off a process at every boundary, print what is wrong and the totals."""

from __future__ import annotations

import os
import sys

from tests.crash.report import result, write


def main() -> int:
    """Exit code 1 where anything is wrong; the page is written only where nothing is."""
    found = result(os.cpu_count() or 1, "all")
    sys.stderr.writelines(f"{text}\n" for text in found.texts)
    sys.stdout.write(found.tables())
    if found.texts or found.wrong:
        return 1
    if sys.argv[1:] == ["--write"]:
        write(found.tables())
    return 0


if __name__ == "__main__":
    sys.exit(main())
