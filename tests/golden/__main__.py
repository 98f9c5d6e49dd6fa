"""`python -m tests.golden`: name what is no longer as it is kept; `--write` brings the kept files up to date."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.golden.renderers import KEPT, pairs, path, rendered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def main(words: Sequence[str]) -> int:
    """Exit code 1 where a file is not as it is kept, and is not written."""
    write = "--write" in words
    new = {path(*pair): rendered(*pair) for pair in pairs()}
    old = {one: one.read_bytes().decode() for one in KEPT.glob("*") if one.is_file()}
    changed = sorted(one for one in {*new, *old} if new.get(one) != old.get(one))
    for one in changed:
        sys.stdout.write(f"{one.relative_to(KEPT.parent)}\n")
        if write:
            _write(one, new.get(one))
    return int(bool(changed) and not write)


def _write(file: Path, text: str | None) -> None:
    if text is None:
        file.unlink()
        return
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text.encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
