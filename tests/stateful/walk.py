"""How far a walk goes, and what is counted on the way."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.machine import Anything

LENGTH = 50
"""Steps from one fresh instance, at most."""


def walk(steps: int, *, derandomize: bool) -> Counter[str]:
    """Take so many steps at least, and say how many of which sort; raises what a broken law raises.

    A walk that is the same each time is taken in one go.
    """
    counted: Counter[str] = Counter()

    class Counted(Anything):
        count = counted

    while taken(counted) < steps:
        left = steps - taken(counted)
        how = settings(
            max_examples=left // (LENGTH * 4 // 5) + 6,  # some end early
            stateful_step_count=LENGTH,
            derandomize=derandomize,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(Counted, settings=how)
        if derandomize:
            break
    return counted


def taken(counted: Counter[str]) -> int:
    """How many steps there were."""
    return sum(number for what, number in counted.items() if not what.startswith(("exit code", "drift on")))
