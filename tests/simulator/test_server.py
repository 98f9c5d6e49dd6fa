from __future__ import annotations

import random
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from reconcile.simulator import Options, Store
from reconcile.simulator.server import _listener

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCRIPT = """
import random, sys
from pathlib import Path
from reconcile.clock import SystemClock
from reconcile.simulator import Options, Simulator, Store
from reconcile.simulator.server import serve
store = Store.load(Path(sys.argv[1]))
serve(Simulator(store, Options(), SystemClock(), random.Random()), 0, lambda port: print(port, flush=True))
print("ended", flush=True)
"""
KEY = "sk_test_abcdefgh12345678"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    path = tmp_path / "state.json"
    Store.new(Options(), random.Random(1)).save(path)  # noqa: S311 - repeatable
    return path


@pytest.fixture
def served(state: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(state)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    port = process.stdout.readline().strip()
    headers = {"authorization": f"Bearer {KEY}", "clerk-api-version": "2026-05-12"}
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/v1", headers=headers, trust_env=False) as client:
            yield process, client
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_the_simulator_answers_over_http_and_saves_what_is_written(
    state: Path, served: tuple[subprocess.Popen[str], httpx.Client]
) -> None:
    _, client = served
    assert client.get("/instance").json()["environment_type"] == "development"
    assert client.patch("/instance", json={"hibp": False}).status_code == 204
    made = client.post("/redirect_urls", json={"url": "myapp://ä/%20"}).json()
    assert client.get("/redirect_urls", params={"paginated": "true"}).json() == {
        "data": [made],
        "total_count": 1,
    }
    assert client.get("/instance/restrictions").content == b""
    assert list(Store.load(state).all("redirect_urls")) == [made["id"]]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_cleanly(
    served: tuple[subprocess.Popen[str], httpx.Client], how: signal.Signals
) -> None:
    process, client = served
    assert client.get("/instance").status_code == 200
    process.send_signal(how)
    assert process.wait(timeout=20) == 0
    assert process.stdout is not None
    assert process.stdout.read() == "ended\n"


def test_a_missing_uvicorn_is_named_together_with_the_extra_that_brings_it() -> None:
    script = "import sys; sys.modules['uvicorn'] = None; import reconcile.simulator.server"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "clerk-reconcile[simulate]" in done.stderr


def test_an_answer_is_sent_at_once_and_not_held_back_to_make_larger_packets() -> None:
    with _listener(0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
