"""Signals: gently while something is sent, at once otherwise, and without any waiting the second time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from reconcile.cli.interrupt import Interrupts, Unhurried

if TYPE_CHECKING:
    from tests.lab import FakeClock

INSISTING = """
import os, signal, time
from reconcile.cli.interrupt import Interrupts
interrupts = Interrupts()
with interrupts.heard(), interrupts.MANNER():
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.05)
    print("still here")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_while_something_is_sent_a_signal_only_says_stop(number: signal.Signals) -> None:
    interrupts, before = Interrupts(), signal.getsignal(number)
    with interrupts.heard(), interrupts.gentle():
        os.kill(os.getpid(), number)
        assert interrupts.stop.wait(5)
    assert signal.getsignal(number) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_otherwise_it_ends_the_command_where_it_is(number: signal.Signals) -> None:
    interrupts = Interrupts()

    def be_interrupted() -> None:
        with interrupts.heard():
            os.kill(os.getpid(), number)
            Event().wait(5)

    with pytest.raises(KeyboardInterrupt):
        be_interrupted()
    assert interrupts.stop.is_set()


@pytest.mark.parametrize(
    ("manner", "code", "said"),
    [
        ("gentle", 130, "Stopped at once. What was in flight may have taken: plan again.\n"),
        ("harmless", 0, ""),
    ],
)
def test_whoever_insists_gets_out_at_once(manner: str, code: int, said: str) -> None:
    program = INSISTING.replace("MANNER", manner)
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (code, "", said)


def test_what_is_to_outlive_its_terminal_does() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts().heard():
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_in_another_thread_there_is_nothing_to_hear() -> None:
    found: list[object] = []

    def look() -> None:
        with Interrupts().heard():
            found.append(signal.getsignal(signal.SIGTERM))

    thread = Thread(target=look)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGTERM)]


def test_a_wait_is_as_long_as_asked_for(clock: FakeClock) -> None:
    before = clock.now()
    Unhurried(clock, Event()).sleep(10.1)
    assert clock.now() - before == pytest.approx(10.1)


def test_a_wait_ends_once_somebody_says_stop(clock: FakeClock) -> None:
    stop, before = Event(), clock.now()
    stop.set()
    Unhurried(clock, stop).sleep(300)
    assert clock.now() == before
