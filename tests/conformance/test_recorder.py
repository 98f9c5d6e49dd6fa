from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conformance.exchange import CLIENT, SIMULATOR, Exchange, read
from tests.conformance.traffic import RECORDER, ROOT

if TYPE_CHECKING:
    from pathlib import Path

LAB = """
import random
from dataclasses import replace
import httpx
from reconcile.client import Client, ReadOnly
from reconcile.errors import ReconcileError
from reconcile.simulator import Options, Simulator, Store
from reconcile.simulator.transport import SimulatorTransport
from tests.lab import FakeClock

KEY = "sk_test_abcdefgh12345678"
def simulator(**words):
    options = Options(rate_limit=False, **words)
    rng = random.Random(7)
    return Simulator(Store.new(options, rng), options, FakeClock(), rng)
def client(transport):
    return Client("http://127.0.0.1/v1", KEY, transport, FakeClock())
"""


@pytest.fixture
def record(tmp_path: Path) -> Recording:
    return Recording(tmp_path)


class Recording:
    """Programs in processes of their own, and what was heard of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, script: str) -> list[Exchange]:
        environ = {
            **os.environ,
            "CONFORMANCE_RECORD": str(self.folder),
            "PYTHONPATH": os.pathsep.join((str(RECORDER), str(ROOT))),
        }
        subprocess.run([sys.executable, "-c", LAB + script], env=environ, check=True)
        return sorted(read(self.folder), key=lambda one: one.speaker)


def test_a_request_of_our_client_and_the_answer_of_the_simulator_are_kept(record: Recording) -> None:
    request, answer = record(
        'client(SimulatorTransport(simulator())).send("PATCH", "/instance", {"hibp": True})'
    )
    assert (request.speaker, request.method, request.path) == (CLIENT, "PATCH", "/v1/instance")
    assert (request.version, request.document) == ("2026-05-12", {"hibp": True})
    assert (request.header("content-type"), request.header("clerk-api-version")) == (
        "application/json",
        "2026-05-12",
    )
    assert (answer.speaker, answer.status, answer.body, answer.version) == (SIMULATOR, 204, "", "2026-05-12")


def test_the_query_is_kept_and_the_key_is_not(record: Recording) -> None:
    request, answer = record(
        'client(SimulatorTransport(simulator())).get("/redirect_urls", {"limit": 500, "paginated": "true"})'
    )
    assert request.query == answer.query == (("limit", "500"), ("paginated", "true"))
    assert request.header("authorization") == "Bearer *"
    assert not [path for path in record.folder.iterdir() if "sk_test" in path.read_text()]


def test_what_is_said_twice_is_kept_once(record: Recording) -> None:
    said = record('api = client(SimulatorTransport(simulator())); [api.get("/instance") for _ in range(3)]')
    assert [one.speaker for one in said] == [CLIENT, SIMULATOR]


def test_requests_that_leave_over_the_network_are_kept(record: Recording) -> None:
    said = record(
        "from reconcile.client import transport_for\n"
        "try:\n"
        '    client(transport_for("http://127.0.0.1:9/v1", {})).send("DELETE", "/redirect_urls/ru_1")\n'
        "except ReconcileError:\n"
        "    pass\n"
    )
    assert [(one.speaker, one.method) for one in said] == [(CLIENT, "DELETE")]


def test_what_a_transport_plays_back_or_refuses_to_send_is_nothing_that_was_said(record: Recording) -> None:
    said = record(
        "client(httpx.MockTransport(lambda _: httpx.Response(204))).send('POST', '/x', {})\n"
        "try:\n"
        "    client(ReadOnly(SimulatorTransport(simulator()))).send('POST', '/redirect_urls', {})\n"
        "except ReconcileError:\n"
        "    pass\n"
    )
    assert said == []


def test_answers_from_the_future_of_a_made_up_contract_and_of_faults_are_left_aside(
    record: Recording,
) -> None:
    said = record(
        "from reconcile.simulator.client import Client as Backdoor\n"
        "from reconcile.simulator import Response\n"
        'Backdoor(simulator(future=True), KEY).get("/instance")\n'
        "other = simulator()\n"
        "other._contract = replace(other._contract)\n"
        'Backdoor(other, KEY).get("/instance")\n'
        "faulty = simulator()\n"
        'faulty._answer = lambda _: Response(500, {"X-Simulated-Fault": "1"}, b"")\n'
        'Backdoor(faulty, KEY).get("/instance")\n'
    )
    assert said == []


def test_without_a_folder_to_write_to_nothing_is_listened_to(tmp_path: Path) -> None:
    script = LAB + (
        'client(SimulatorTransport(simulator())).get("/instance"); import sys;'
        "sys.exit('conformance_ears' in sys.modules)"
    )
    kept = {name: value for name, value in os.environ.items() if name != "CONFORMANCE_RECORD"}
    environ = {**kept, "PYTHONPATH": os.pathsep.join((str(RECORDER), str(ROOT)))}
    subprocess.run([sys.executable, "-c", script], env=environ, cwd=tmp_path, check=True)
    assert list(tmp_path.iterdir()) == []
