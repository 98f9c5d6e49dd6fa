"""`python -m tests.crash.breaks`: kills some processes of a product that is broken on purpose, and prints the complaints.

What is broken in this process is broken in those that it forks.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconcile.baseline import after_plan
from reconcile.plan import Took
from tests.crash.kills import MEMORY
from tests.crash.play import play
from tests.crash.play import runs as calm_runs
from tests.crash.stage import opened, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.crash.play import Calm
    from tests.crash.stage import Stage


@dataclass(frozen=True)
class Break:
    """Something of the product in place of which something else stands, and the complaint that has to follow."""

    owner: str  # a module, or a class in one
    name: str
    instead: Any
    sort: str
    run: str = "apply"


def _never(*_: Any, **__: Any) -> None:
    return None


def _nothing(*_: Any, **__: Any) -> tuple[()]:
    return ()


def _took(*_: Any) -> Took:
    return Took.YES


def _changes_alone(base: Any, kinds: Any, _undo: Any, *words: Any) -> Any:
    return after_plan(base, kinds, *words)


def _unlocked(_: Path) -> bool:
    return True


BREAKS: Mapping[str, Break] = {
    "a call is sent and not written down": Break(
        "reconcile.state.journal:Journal", "intend", lambda *_: 1, "untrue"
    ),
    "an outcome is not written down": Break("reconcile.state.journal:Journal", "note", _never, "not killed"),
    "nobody tells of a run that was cut off": Break(
        "reconcile.cli.keeping:Runs", "cut_off", _nothing, "unsaid"
    ),
    "it is told of again and again": Break("reconcile.cli.keeping:Runs", "told", _never, "unsaid"),
    "what became of a call is guessed": Break("reconcile.plan", "took", _took, "unsaid"),
    "receipts are not kept": Break("reconcile.state.keeper:Keeper", "_save", _never, "forgotten"),
    "what was brought back before is not agreed on": Break(
        "reconcile.cli.rolling", "after_rollback", _changes_alone, "forgotten", "rollback"
    ),
    "a rollback wishes for nothing": Break("reconcile.rollback", "_section", _never, "not back"),
    "a run without an end is under way for ever": Break("reconcile.state.kept", "taken", _unlocked, "untrue"),
}


@contextmanager
def broken(one: Break) -> Iterator[None]:
    """Something else in the place of what belongs there."""
    module, _, inside = one.owner.partition(":")
    owner: Any = import_module(module)
    owner = getattr(owner, inside) if inside else owner
    right = getattr(owner, one.name)
    setattr(owner, one.name, one.instead)
    try:
        yield
    finally:
        setattr(owner, one.name, right)


def complaints(stage: Stage, calm: Calm, left: Path) -> list[str]:
    """What is wrong after kills at some boundaries."""
    sorts: set[str] = set()
    for at in _chosen(calm):
        sorts.update(one.sort for one in play(stage, calm, at, left))
        shutil.rmtree(left)
    return sorted(sorts)


def _chosen(calm: Calm) -> list[int]:
    """Before a call, after the effect of one, and in the end."""
    sent = [at for at, what in enumerate(calm.passed, 1) if what.startswith("call ")]
    return [sent[1], sent[len(sent) // 2] + 1, len(calm.passed)]


def main() -> None:
    """Print the sorts of complaint of each break, and of none."""
    with ExitStack() as stack:
        here = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)))
        stage = stack.enter_context(opened(here))
        calm = calm_runs(stage, set_up(stage, here / "start"), here)
        found = {"nothing": complaints(stage, calm["apply"], here / "left")}
        for name, one in BREAKS.items():
            with broken(one):
                found[name] = complaints(stage, calm[one.run], here / "left")
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
