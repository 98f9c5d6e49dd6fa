from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.lab import FakeClock, Lab

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

settings.register_profile(
    "ours",
    deadline=None,  # no assertion of ours is about time
    derandomize=True,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ours")


def pytest_configure(config: pytest.Config) -> None:
    """Neither signals that whoever runs the tests ignores, as `nohup` does, nor the measuring reach what a test starts.

    A worker is measured by then, and the core is proven in the process of its tests.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL)
    if hasattr(config, "workerinput"):
        for name in [one for one in os.environ if one.startswith("COVERAGE_PROCESS")]:
            del os.environ[name]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def open_lab(tmp_path: Path, clock: FakeClock) -> Callable[..., Lab]:
    """Makes instances; takes the same words as Options."""

    def make(**words: Any) -> Lab:
        return Lab.open(tmp_path, clock, **words)

    return make


@pytest.fixture
def lab(open_lab: Callable[..., Lab]) -> Lab:
    """A development instance with every feature."""
    return open_lab()
