"""One run at a time: held by the system, told by the file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from reconcile.errors import BusyError
from reconcile.state.lock import held

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab import FakeClock

HOLDER = """
import sys, time
from pathlib import Path
from reconcile.clock import SystemClock
from reconcile.state.lock import held
with held(Path(sys.argv[1]), "apply of staging", SystemClock(), 0, lambda: False):
    print("held", flush=True)
    time.sleep(60)
"""


def never() -> bool:
    return False


def test_whoever_comes_second_is_told_who_was_first(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "locks" / "a.lock"
    with held(path, "apply of production", clock, 0, never):
        clock.sleep(42)
        with (
            pytest.raises(BusyError, match=rf"apply of production, process {os.getpid()} .*\(42 s\)"),
            held(path, "rollback of production", clock, 0, never),
        ):
            pass


def test_whoever_is_patient_waits_and_no_longer(tmp_path: Path, clock: FakeClock) -> None:
    path, before = tmp_path / "a.lock", clock.now()
    with held(path, "one", clock, 0, never), pytest.raises(BusyError), held(path, "two", clock, 30, never):
        pass

    assert clock.now() - before == pytest.approx(30, abs=0.5)


def test_whoever_is_told_to_stop_does_not_wait(tmp_path: Path, clock: FakeClock) -> None:
    path, before = tmp_path / "a.lock", clock.now()
    with (
        held(path, "one", clock, 0, never),
        pytest.raises(BusyError),
        held(path, "two", clock, 30, lambda: True),
    ):
        pass

    assert clock.now() == before


def test_a_lock_is_free_again_afterwards_also_after_an_error(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "a.lock"
    with pytest.raises(ZeroDivisionError), held(path, "one", clock, 0, never):
        raise ZeroDivisionError
    with held(path, "two", clock, 0, never):
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"about": "x", "since": "y"}', '{"since": 1e999}', "[" * 4096]
)
def test_a_holder_that_has_not_said_who_it_is_keeps_others_away_all_the_same(
    tmp_path: Path, clock: FakeClock, content: str
) -> None:
    path = tmp_path / "a.lock"
    with held(path, "one", clock, 0, never):
        path.write_text(content)
        with pytest.raises(BusyError, match="has not said who it is"), held(path, "two", clock, 0, never):
            pass


def test_a_killed_process_leaves_no_lock_behind(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "a.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with (
            pytest.raises(BusyError, match=f"apply of staging, process {process.pid}"),
            held(path, "", clock, 0, never),
        ):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)
    with held(path, "two", clock, 0, never):
        assert f'"pid": {os.getpid()}' in path.read_text()
