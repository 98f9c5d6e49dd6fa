"""`python -m tests.stateful --steps N --jobs N`: a long walk, another one each time, and what came of it."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter

from tests.lab import ROOT
from tests.stateful.walk import taken, walk

_A_WHILE = 1_000


def main() -> int:
    """Exit code 1 where a law was broken; the shortest way to it is printed."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--steps", type=int, default=50_000)
    asked.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes; 0: this one alone, as JSON"
    )
    words = asked.parse_args()
    if not words.jobs:
        _alone(words.steps)
        return 0
    began = time.monotonic()
    count, failed = _together(-(-words.steps // words.jobs), words.jobs)
    sys.stdout.write("".join(f"{number:8,}  {what}\n" for what, number in sorted(count.items())))
    sys.stdout.write(
        f"{taken(count):8,}  steps in all; laws broken: {failed}; {time.monotonic() - began:.0f} s\n"
    )
    return 1 if failed else 0


def _alone(steps: int) -> None:
    """Walk on and on; what was counted is printed now and then."""
    so_far = 0
    while so_far < steps:
        count = walk(_A_WHILE, derandomize=False)
        so_far += taken(count)
        sys.stdout.write(json.dumps(count) + "\n")
        sys.stdout.flush()


def _together(steps: int, jobs: int) -> tuple[Counter[str], int]:
    """Walk in so many processes; what they counted, and how many of them came upon a broken law."""
    words = [sys.executable, "-m", "tests.stateful", "--jobs", "0", "--steps", str(steps)]
    processes = [subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(jobs)]
    count: Counter[str] = Counter()
    failed = 0
    for process in processes:
        out, _ = process.communicate()
        failed += process.returncode != 0
        for line in out.splitlines(keepends=True):
            if line.startswith("{"):
                count.update(json.loads(line))
            else:  # the shortest way to a law that was broken
                sys.stdout.write(line)
    return count, failed


if __name__ == "__main__":
    sys.exit(main())
