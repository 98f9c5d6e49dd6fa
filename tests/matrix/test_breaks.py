"""The matrix can fail: where the product is broken on purpose, it says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import reconcile.observe
import reconcile.plan
from reconcile.apply.ending import Taken
from reconcile.apply.run import _Run
from reconcile.apply.sender import Sender
from reconcile.client import retry
from reconcile.client.retry import RULES, Trouble
from reconcile.state.receipts import Ledger
from tests.matrix import stage
from tests.matrix.cells import cells
from tests.matrix.play import Cell, _played_on, play

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.clock import Clock
    from reconcile.model import Desired, Live, Outcome, Plan

Patch = pytest.MonkeyPatch
Which = Callable[[Cell], bool]


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> Iterator[None]:
    """What was played with a broken product says nothing of the whole one, and the other way round."""
    _played_on.cache_clear()
    yield
    _played_on.cache_clear()


def sends_creates_again_blindly(patch: Patch) -> None:
    patch.setattr(retry, "RULES", {trouble: rule._replace(any_verb=True) for trouble, rule in RULES.items()})


def asks_again_after_a_refusal(patch: Patch) -> None:
    patch.setattr(retry, "RULES", {**RULES, Trouble.FINAL: RULES[Trouble.BUSY]})


def never_tries_again(patch: Patch) -> None:
    patch.setattr(retry, "RULES", {trouble: rule._replace(tries=1) for trouble, rule in RULES.items()})


def adopts_nothing(patch: Patch) -> None:
    patch.setattr(Sender, "_find", lambda *_: None)
    patch.setattr("reconcile.apply.sender._present", lambda *_: False)


def takes_what_is_there_for_what_was_wanted(patch: Patch) -> None:
    patch.setattr(Sender, "_adopt", lambda *_: Taken(remark="was there already"))


def ignores_refused_keys_and_locks(patch: Patch) -> None:
    patch.setattr(_Run, "_mind", lambda *_: None)


def believes_every_answer(patch: Patch) -> None:
    def settle(_again: Callable[[], Plan], outcomes: tuple[Outcome, ...], _clock: Clock) -> Any:
        return None, outcomes

    patch.setattr(stage, "settle", settle)


def proves_with_kinds_that_cannot_be_read(patch: Patch) -> None:
    observe = reconcile.observe.observe

    def observe_leniently(*words: Any, required: Any = (), **more: Any) -> Live:
        assert required is not None
        return observe(*words, **more)

    patch.setattr(stage, "observe", observe_leniently)


def keeps_no_receipts(patch: Patch) -> None:
    patch.setattr(Ledger, "noted", lambda ledger, *_: ledger)


def keeps_receipts_of_what_may_not_have_arrived(patch: Patch) -> None:
    noted = Ledger.noted

    def careless(ledger: Ledger, kind: Any, change: Any, outcome: Outcome, now: float) -> Ledger:
        return noted(ledger, kind, change, replace(outcome, touched=False), now)

    patch.setattr(Ledger, "noted", careless)


def takes_every_section_for_complete(patch: Patch) -> None:
    make_plan = reconcile.plan.make_plan

    def pruning(kinds: Any, desired: Desired, *words: Any, **more: Any) -> Plan:
        sections = {name: replace(section, prune=True) for name, section in desired.sections.items()}
        return make_plan(kinds, replace(desired, sections=sections), *words, **more)

    patch.setattr(stage, "make_plan", pruning)


BREAKS: tuple[tuple[Callable[[Patch], None], str, str, str, Which], ...] = (
    # (what is broken, what the matrix has to say, of which kind, in which role, at which faults)
    (sends_creates_again_blindly, "duplicated", "jwt_template", "create", lambda one: one.trouble.careless),
    (asks_again_after_a_refusal, "sent on", "protect", "update", lambda one: one.trouble.family == "422"),
    (never_tries_again, "gave up", "protect", "update", lambda one: one.trouble.family == "429"),
    (adopts_nothing, "duplicated", "jwt_template", "create", lambda one: one.trouble.careless),
    (
        takes_what_is_there_for_what_was_wanted,
        "gave up",
        "jwt_template",
        "create",
        lambda one: one.trouble.name == "another writes other values",
    ),
    (
        ignores_refused_keys_and_locks,
        "sent on",
        "sms_template",
        "update",
        lambda one: one.trouble.family in {"401", "423"},
    ),
    (believes_every_answer, "lost", "redirect_url", "delete", lambda one: one.trouble.family == "404"),
    (
        proves_with_kinds_that_cannot_be_read,
        "lost",
        "communication",
        "update",
        lambda one: "410" in one.trouble.name,
    ),
    (keeps_no_receipts, "pending", "restrictions", "assert", lambda one: one.trouble.family == "500"),
    (
        keeps_receipts_of_what_may_not_have_arrived,
        "pending",
        "instance",
        "update",
        lambda one: one.trouble.family == "500",
    ),
    (
        takes_every_section_for_complete,
        "undeclared touched",
        "allowlist",
        "create",
        lambda one: one.trouble.family == "500",
    ),
)


@pytest.mark.parametrize(
    ("broken", "sort", "kind", "role", "which"), BREAKS, ids=[row[0].__name__ for row in BREAKS]
)
def test_the_matrix_says_so_where_the_product(
    broken: Callable[[Patch], None], sort: str, kind: str, role: str, which: Which, monkeypatch: Patch
) -> None:
    mine = [one for one in cells(kind) if one.point.role == role and which(one)]
    assert mine
    assert not [text for one in mine for text in play(one).texts]
    _played_on.cache_clear()

    broken(monkeypatch)

    assert sort in {
        complaint.sort for one in mine for found in play(one).complaints.values() for complaint in found
    }
