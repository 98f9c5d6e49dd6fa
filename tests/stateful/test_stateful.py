"""Anything in any order, the same each time; and the ways to laws that were broken once."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.stateful.machine import REFUSED, Anything
from tests.stateful.walk import taken, walk
from tests.stateful.wishes import OBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

STEPS = 2_000


def test_whatever_happens_in_whatever_order_the_laws_hold() -> None:
    count = walk(STEPS, derandomize=True)

    sys.stdout.write(f"{taken(count):,} steps: {dict(count)}\n")
    assert taken(count) >= STEPS
    often = {
        "apply",
        "apply in trouble",
        "apply cut off",
        "rollback",
        "rollback cut off",
        "plan",
        "drift",
        "by hand",
    }
    assert {what for what in often if count[what] < 20} == set()
    assert count["exit code 0"] > 200
    assert min(count[f"drift on {side}"] for side in ("instance", "files")) > 0
    assert min(count[f"exit code {code}"] for code in (None, 3, *REFUSED)) > 0


# --- what was found once ---


@contextmanager
def one_way() -> Iterator[Anything]:
    """A fresh start."""

    state: Anything = type("Counted", (Anything,), {"count": Counter()})()
    try:
        state.begin([])
        yield state
    finally:
        state.teardown()


def test_a_machine_without_receipts_takes_no_secret_for_changed() -> None:
    with one_way() as state:
        state.apply([("jwt_templates", "signed", OBJECTS["jwt_templates"]["signed"][0])])
        state.forget_receipts()
        state.roll_back()
        assert state.count["exit code 0"] == 2, state.count


def test_an_object_that_has_the_new_name_of_another_is_not_taken_for_that_one() -> None:
    with one_way() as state:
        state.apply([("jwt_templates", "one", {"claims": {"a": 1}})])
        state.rename_an_object()
        state.make_or_change_a_token_by_hand(name="two", lifetime=33)
        state.drift(edits=[], by_hand=[])
        assert (state.count["drift on files"], state.count["drift on unknown"]) == (1, 0)
