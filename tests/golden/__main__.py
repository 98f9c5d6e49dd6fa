"""`python -m tests.golden`: name what is no longer as it is kept; `--write` brings the kept files up to date."""

from __future__ import annotations

import sys

from tests.golden.renderers import KEPT, pairs, path, rendered


def main() -> int:
    """Exit code 1 where a file is not as it is kept."""
    new = {path(*pair): rendered(*pair) for pair in pairs()}
    old = {one: one.read_bytes().decode() for one in KEPT.glob("*") if one.is_file()}
    changed = sorted(one for one in {*new, *old} if new.get(one) != old.get(one))
    for one in changed:
        sys.stdout.write(f"{one.relative_to(KEPT.parent)}\n")
        if "--write" in sys.argv[1:]:
            _write(one, new.get(one))
    return int(bool(changed) and "--write" not in sys.argv[1:])


def _write(one, text) -> None:
    if text is None:
        one.unlink()
        return
    one.parent.mkdir(exist_ok=True)
    one.write_bytes(text.encode())


if __name__ == "__main__":
    sys.exit(main())
