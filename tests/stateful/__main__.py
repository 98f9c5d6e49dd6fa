"""`python -m tests.stateful`: a long walk, another one each time, and what came of it."""

from __future__ import annotations

import argparse
import sys
import time

from tests.stateful.walk import walk


def main() -> int:
    """Exit code 1 where a law was broken; the shortest way to it is printed."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--steps", type=int, default=50_000)
    steps = asked.parse_args().steps
    began = time.monotonic()
    count = walk(steps, derandomize=False)
    sys.stdout.write("".join(f"{number:8,}  {what}\n" for what, number in sorted(count.items())))
    sys.stdout.write(f"{count['steps']:8,}  steps in all, no law broken, {time.monotonic() - began:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
