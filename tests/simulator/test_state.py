from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import httpx
import pytest

from reconcile.clock import SystemClock
from reconcile.simulator import Options, Request, Simulator, Store
from reconcile.simulator.embedded import embedded
from reconcile.simulator.store import DamagedState
from reconcile.simulator.transport import SimulatorTransport

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reconcile.simulator.client import Client

HEADERS = {"clerk-api-version": "2026-05-12"}


def opened(path: Path) -> httpx.Client:
    transport, key = embedded(path, SystemClock(), random.Random())  # noqa: S311 - a simulator's ids
    headers = {**HEADERS, "authorization": f"Bearer {key}"}
    return httpx.Client(transport=transport, base_url="https://api.clerk.com/v1", headers=headers)


def test_every_state_has_ids_of_its_own() -> None:
    rng = random.Random(1)  # noqa: S311 - repeatable
    one, other = Store.new(Options(), rng), Store.new(Options(), rng)
    assert one.instance["id"] != other.instance["id"]
    assert one.secret != other.secret


def test_a_state_survives_its_file(api: Client, tmp_path: Path) -> None:
    api.post("/redirect_urls", {"url": "a://b"})
    path = tmp_path / "state.json"
    api.store.save(path)
    assert Store.load(path).data == api.store.data
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["state.json"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"format": 2}', '{"format": 1, "secret": "x", "instance": {}}']
)
def test_a_damaged_state_is_an_error_that_names_the_file_and_what_to_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(text)
    with pytest.raises(DamagedState) as caught:
        Store.load(path)
    assert str(path) in str(caught.value)
    assert "delete it" in str(caught.value)


def test_a_save_that_fails_leaves_the_old_state_and_no_litter(api: Client, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    api.store.save(path)
    before = path.read_bytes()
    api.store.data["broken"] = object()
    with pytest.raises(TypeError):
        api.store.save(path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["state.json"]


def test_a_state_knows_for_which_options_it_was_made() -> None:
    rng = random.Random(1)  # noqa: S311 - repeatable
    store = Store.new(Options(type="production", features=frozenset({"blocklist"})), rng)
    assert store.fits(Options(type="production", features=frozenset({"blocklist"}), lag=3))
    assert not store.fits(Options(features=frozenset({"blocklist"})))
    assert not store.fits(Options(type="production"))


def test_records_are_copied_on_their_way_in_and_out(api: Client) -> None:
    record = {"name": "x", "claims": {"a": [1]}}
    api.store.put("things", "1", record)
    record["claims"] = {}
    found = api.store.get("things", "1")
    assert found is not None
    found["claims"]["a"].append(2)
    assert api.store.all("things")["1"]["claims"] == {"a": [1]}


def test_a_transport_carries_requests_over_and_answers_back(api: Client) -> None:
    with httpx.Client(
        transport=SimulatorTransport(api.simulator), base_url="https://api.clerk.com/v1"
    ) as client:
        client.headers.update({**HEADERS, "authorization": f"Bearer {api.key}"})
        made = client.post("/redirect_urls", json={"url": "a://b"})
        assert made.json()["url"] == "a://b"
        found = client.get("/redirect_urls", params={"paginated": "true", "limit": 1})
        assert found.json()["total_count"] == 1
        assert found.headers["content-type"] == "application/json"
        assert client.patch("/instance", json={}).content == b""
        assert client.get("/jwt_templates/a%2Fb").status_code == 404


def test_a_transport_with_a_path_saves_after_writes_that_changed_something(
    api: Client, tmp_path: Path
) -> None:
    path = tmp_path / "state.json"
    with httpx.Client(
        transport=SimulatorTransport(api.simulator, path), base_url="https://api.clerk.com/v1"
    ) as client:
        client.headers.update({**HEADERS, "authorization": f"Bearer {api.key}"})
        client.get("/instance")
        client.patch("/instance/restrictions", json={})
        assert not path.exists()
        client.post("/redirect_urls", json={"url": "a://b"})
        assert list(Store.load(path).all("redirect_urls"))


def test_the_embedded_instance_survives_between_commands(tmp_path: Path) -> None:
    path = tmp_path / "embedded" / "local.json"
    with opened(path) as first:
        first.post("/redirect_urls", json={"url": "a://b"})
        identity = first.get("/instance").json()
    with opened(path) as second:
        assert second.get("/instance").json() == identity
        assert [one["url"] for one in second.get("/redirect_urls").json()] == ["a://b"]


def test_the_embedded_instance_takes_its_own_key_only_and_knows_no_limit(tmp_path: Path) -> None:
    with opened(tmp_path / "local.json") as client:
        for _ in range(120):
            assert client.get("/instance").status_code == 200
        client.headers["authorization"] = "Bearer sk_test_abcdefgh12345678"
        assert client.get("/instance").status_code == 401


def test_the_embedded_instance_can_be_one_of_production(tmp_path: Path) -> None:
    clock, rng = SystemClock(), random.Random()  # noqa: S311 - a simulator's ids
    _, key = embedded(tmp_path / "a.json", clock, rng, instance_type="production")
    assert key.startswith("sk_live_")
    assert embedded(tmp_path / "a.json", clock, rng)[1] == key


def test_what_another_process_writes_is_seen_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "local.json"
    with opened(path) as one, opened(path) as other:
        one.post("/redirect_urls", json={"url": "a://1"})
        other.post("/redirect_urls", json={"url": "a://2"})
        assert {entry["url"] for entry in one.get("/redirect_urls").json()} == {"a://1", "a://2"}


def test_two_processes_writing_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "local.json"
    opened(path).close()
    script = """
import random, sys
from pathlib import Path
import httpx
from reconcile.clock import SystemClock
from reconcile.simulator.embedded import embedded
transport, key = embedded(Path(sys.argv[1]), SystemClock(), random.Random())
with httpx.Client(transport=transport, base_url="https://api.clerk.com/v1") as client:
    for number in range(20):
        url = f"app://{sys.argv[2]}/{number}"
        answer = client.post("/redirect_urls", json={"url": url}, headers={"authorization": f"Bearer {key}"})
        assert answer.status_code == 200, answer.text
"""
    writers = [subprocess.Popen([sys.executable, "-c", script, str(path), name]) for name in ("a", "b")]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    assert len(Store.load(path).all("redirect_urls")) == 40


def test_threads_may_share_a_transport(tmp_path: Path) -> None:
    with opened(tmp_path / "local.json") as client:

        def write(name: int) -> None:
            for number in range(5):
                client.post("/redirect_urls", json={"url": f"app://{name}/{number}"})

        threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert client.get("/redirect_urls", params={"paginated": "true"}).json()["total_count"] == 20


def test_a_large_list_is_answered_quickly(instance: Callable[..., Client]) -> None:
    api = instance()
    entry = api.post("/blocklist_identifiers", {"identifier": "0@x.example"}).json
    for number in range(1, 2000):
        other = {"id": f"blid_{number}", "identifier": f"{number}@x.example"}
        api.store.put("blocklist_identifiers", other["id"], {**entry, **other})
    request = Request("GET", "/v1/blocklist_identifiers", {}, {"authorization": f"Bearer {api.key}"}, b"")
    assert json.loads(api.simulator.handle(request).body)["total_count"] == 2000


def test_the_package_imports_without_httpx_uvicorn_and_yaml() -> None:
    script = (
        "import sys, reconcile.simulator; from reconcile.simulator import Options; "
        "assert not {'json', 'yaml', 'httpx', 'uvicorn'} & sys.modules.keys(); "
        "from reconcile.simulator import Simulator, Store; "
        "assert not {'httpx', 'uvicorn', 'yaml', 'jsonschema'} & sys.modules.keys()"
    )
    bare = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    assert subprocess.run([sys.executable, "-c", script], check=False, env=bare).returncode == 0


def test_a_package_has_no_other_names() -> None:
    import reconcile.simulator  # noqa: PLC0415 - the package itself is looked at

    assert reconcile.simulator.Simulator is Simulator
    with pytest.raises(AttributeError):
        reconcile.simulator.Nothing  # noqa: B018 - the access is the test


@pytest.mark.parametrize(
    "make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.mkdir()]
)
def test_what_is_no_file_is_no_state_and_is_not_waited_for(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "x.json")
    with pytest.raises(DamagedState, match=r"x\.json is not a state"):
        Store.load(tmp_path / "x.json")
