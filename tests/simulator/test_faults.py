"""Faults by rule: in this process, through the transport, and over real connections."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from reconcile.simulator import Store
from reconcile.simulator.effects import DEFAULT_CODES, EFFECTS
from reconcile.simulator.faultfile import BadFaults, read
from reconcile.simulator.faults import MARK, Fault, Faults, SecondWriter
from reconcile.simulator.problems import STATUSES
from reconcile.simulator.transport import SimulatorTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconcile.clock import Clock
    from reconcile.simulator.client import Client

ROOT = Path(__file__).parent.parent.parent
KEY = "sk_test_abcdefgh12345678"
SLUG = "/templates/email/password_changed"
URL = {"url": "myapp://a"}


def fired(api: Client) -> tuple[int, ...]:
    faults = api.simulator.faults
    assert faults is not None
    return faults.fired


def misbehave(api: Client, *rules: Fault) -> None:
    api.simulator.faults = Faults(rules)


def urls(api: Client) -> list[str]:
    """What the instance really holds."""
    return [one["url"] for one in api.store.all("redirect_urls").values()]


# --- which requests ---


def test_a_rule_fires_once_unless_it_says_how_often(api: Client) -> None:
    misbehave(api, Fault(path="/instance", status=503))
    assert [api.get("/instance").status for _ in range(3)] == [503, 200, 200]
    misbehave(api, Fault(path="/instance", status=503, times=2))
    assert [api.get("/instance").status for _ in range(3)] == [503, 503, 200]
    misbehave(api, Fault(path="/instance", status=503, times="all"))
    assert [api.get("/instance").status for _ in range(3)] == [503, 503, 503]
    assert fired(api) == (3,)


def test_a_rule_may_fire_at_one_request_or_from_one_on(api: Client) -> None:
    misbehave(api, Fault(nth=3, status=503), Fault(from_=2, times=2, status=500))
    assert [api.get("/instance").status for _ in range(5)] == [200, 500, 503, 500, 200]
    assert fired(api) == (1, 2)


def test_a_share_is_drawn_with_the_simulators_own_chance(instance: Callable[..., Client]) -> None:
    def statuses() -> list[int]:
        api = instance()
        misbehave(api, Fault(share=0.2, status=503))
        return [api.get("/instance").status for _ in range(200)]

    first = statuses()
    assert 20 <= first.count(503) <= 60
    assert statuses() == first


def test_a_rule_concerns_the_methods_and_paths_that_it_names(api: Client) -> None:
    misbehave(
        api,
        Fault(method=("POST", "PATCH"), path="/redirect_urls*", status=503, times="all"),
        Fault(lost=True),
    )
    assert api.get("/redirect_urls").status == 0
    assert api.post("/jwt_templates", {"name": "a", "claims": {}}).status == 200
    assert api.post("/redirect_urls", URL).status == 503
    assert api.patch("/redirect_urls/ru_1", {}).status == 503
    assert fired(api) == (2, 1)


def test_a_rule_that_answers_keeps_the_request_from_those_below(api: Client) -> None:
    misbehave(api, Fault(status=503), Fault(status=500, nth=1))
    assert [api.get("/instance").status for _ in range(3)] == [503, 500, 200]


def test_several_rules_may_have_a_hand_in_one_answer(api: Client) -> None:
    misbehave(api, Fault(slow=1), Fault(status=429), Fault(slow=2, nth=2))
    assert api.get("/instance").headers[MARK] == "1, 2"
    assert api.get("/instance").headers.get(MARK) is None
    assert api.get("/instance").headers[MARK] == "3"


def test_what_is_refused_at_the_door_reaches_no_rule(instance: Callable[..., Client]) -> None:
    api = instance(rate_limit=True)
    misbehave(api, Fault(nth=101, status=503))
    good, api.key = api.key, "sk_test_wrong"
    assert api.get("/instance").status == 401
    api.key = good
    assert {api.get("/instance").status for _ in range(100)} == {200}
    assert (api.get("/instance").status, fired(api)) == (429, (0,))


def test_rules_change_nothing_about_the_limits(instance: Callable[..., Client]) -> None:
    api = instance(rate_limit=True)
    another = SecondWriter(method="PUT", path=SLUG, body={"name": "x", "subject": "x", "body": "y"})
    misbehave(api, Fault(nth=1, status=500), Fault(method="GET", times="all", second_writer=another))
    assert [api.get("/instance").status for _ in range(90)].count(429) == 0
    assert fired(api) == (1, 89)
    statuses = [api.put(SLUG, {"name": str(n), "subject": "x", "body": "y"}).status for n in range(11)]
    assert statuses == [200] * 10 + [429]


# --- errors ---


@pytest.mark.parametrize("status", sorted(DEFAULT_CODES))
def test_every_usual_error_has_its_usual_code_and_the_services_own_form(api: Client, status: int) -> None:
    misbehave(api, Fault(status=status))
    reply = api.post("/redirect_urls", URL)
    assert (reply.status, reply.codes) == (status, [DEFAULT_CODES[status]])
    assert (reply.headers[MARK], bool(reply.json["clerk_trace_id"])) == ("1", True)
    assert urls(api) == []


@pytest.mark.parametrize("code", sorted(STATUSES))
def test_every_code_that_is_known_can_be_answered(api: Client, code: str) -> None:
    misbehave(api, Fault(status=STATUSES[code], code=code))
    reply = api.post("/redirect_urls", URL)
    assert (reply.status, reply.codes) == (STATUSES[code], [code])


def test_an_error_may_come_after_the_effect(api: Client) -> None:
    misbehave(api, Fault(method="POST", status=500, after=True))
    assert api.post("/redirect_urls", URL).status == 500
    assert urls(api) == ["myapp://a"]


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("html", "text/html; charset=utf-8", "503 Service Unavailable"),
        ("empty", None, ""),
        ("go away", "text/plain; charset=utf-8", "go away"),
    ],
)
def test_an_error_may_be_no_json(api: Client, body: str, kind: str | None, text: str) -> None:
    misbehave(api, Fault(status=503, body=body))
    reply = api.get("/instance")
    assert (reply.status, reply.headers.get("content-type")) == (503, kind)
    assert text in reply.text
    assert bool(reply.text) == bool(text)


@pytest.mark.parametrize("status", [418, 502, 520])
def test_an_error_without_a_code_comes_as_a_page(api: Client, status: int) -> None:
    misbehave(api, Fault(status=status))
    assert f"<h1>{status}" in api.get("/instance").text


def test_an_error_may_repeat_what_was_sent(api: Client) -> None:
    misbehave(api, Fault(status=422, body="echo"))
    reply = api.post("/redirect_urls", {"url": 'my"app'})
    assert r'{"url": "my\"app"}' in reply.json["errors"][0]["long_message"]


def test_a_paid_feature_is_named(api: Client) -> None:
    misbehave(api, Fault(status=402, feature="allowlist"))
    (error,) = api.get("/instance").json["errors"]
    assert error["meta"] == {"unsupported_features": ["allowlist"]}


def test_a_parameter_is_named(api: Client) -> None:
    misbehave(api, Fault(status=422), Fault(status=422, code="form_param_nil", param="claims"))
    assert api.post("/redirect_urls", URL).params == ["url"]
    assert api.post("/redirect_urls", URL).params == ["claims"]


def test_a_wait_comes_in_seconds_as_a_date_or_as_nonsense(api: Client, clock: Clock) -> None:
    waits: list[Any] = [3, 0.5, {"date": 3}, "soon", None]
    misbehave(api, *(Fault(status=429, retry_after=wait) for wait in waits))
    replies = [api.get("/instance") for _ in waits]
    said = [reply.headers.get("retry-after") for reply in replies]
    assert (said[0], said[1], said[3], said[4]) == ("3", "0.5", "soon", None)
    assert said[2] is not None
    assert 3 <= parsedate_to_datetime(said[2]).timestamp() - clock.now() < 4
    assert replies[0].json["errors"][0]["meta"] == {"reset": 3}


# --- what takes effect, and what is seen of it ---


def test_fields_get_lost_on_the_way_in(api: Client) -> None:
    misbehave(api, Fault(drop=("hibp",)))
    assert api.get("/instance").headers.get(MARK) is None
    assert api.patch("/instance", {"support_email": "a@b.example"}).headers.get(MARK) is None
    assert api.patch("/instance", {"hibp": False, "support_email": "c@d.example"}).headers[MARK] == "1"
    group = api.store.all("settings")["instance"]
    assert (group["hibp"], group["support_email"], fired(api)) == (True, "c@d.example", (1,))


def test_a_body_may_be_rewritten_before_it_is_stored(api: Client) -> None:
    misbehave(api, Fault(rewrite={"name": "upper", "lifetime": 30, "claims": "lower", "absent": 1}))
    made = api.post("/jwt_templates", {"name": "abc", "lifetime": 60, "claims": {"a": 1}}).json
    assert (made["name"], made["lifetime"], made["claims"]) == ("ABC", 30, {"a": 1})


def test_a_rewrite_that_changes_nothing_does_not_count(api: Client) -> None:
    misbehave(api, Fault(rewrite={"claims": "upper"}))
    assert api.post("/jwt_templates", {"name": "abc", "claims": {}}).status == 200
    assert fired(api) == (0,)


def test_another_client_may_write_first(api: Client) -> None:
    other = SecondWriter(method="POST", path="/redirect_urls", body={"url": "myapp://other"})
    misbehave(api, Fault(method="GET", path="/redirect_urls", nth=2, second_writer=other))
    assert len(api.everything("/redirect_urls")) == 0
    assert [one["url"] for one in api.everything("/redirect_urls")] == ["myapp://other"]
    assert [request[0] for request in api.simulator.log] == ["GET", "GET"]


def test_another_client_does_the_same_where_nothing_else_is_said(api: Client) -> None:
    misbehave(api, Fault(method=("POST", "DELETE"), times=2, second_writer=SecondWriter()))
    assert api.post("/redirect_urls", URL).status == 422
    (key,) = api.store.all("redirect_urls")
    assert api.delete(f"/redirect_urls/{key}").status == 404
    assert (urls(api), fired(api)) == ([], (2,))


def test_a_second_write_that_is_refused_does_not_count(api: Client) -> None:
    misbehave(api, Fault(second_writer=SecondWriter(method="DELETE", path="/redirect_urls/ru_none")))
    assert api.get("/instance").headers.get(MARK) is None
    assert fired(api) == (0,)


def test_reads_may_show_how_things_were(api: Client, clock: Clock) -> None:
    misbehave(api, Fault(stale=5, times="all"))
    made = api.post("/redirect_urls", URL).json
    assert api.everything("/redirect_urls") == []
    assert api.get(f"/redirect_urls/{made['id']}").status == 404
    api.patch("/instance/protect", {"rules_enabled": True})
    assert api.get("/instance/protect").json["rules_enabled"] is False
    api.put(SLUG, {"name": "x", "subject": "x", "body": "y"})
    assert api.get(SLUG).json["resource_type"] == "system"
    assert fired(api) == (4,)
    clock.sleep(5)
    assert len(api.everything("/redirect_urls")) == 1
    assert fired(api) == (4,)


def test_a_stale_read_shows_the_state_of_that_moment_and_not_an_older_one(api: Client, clock: Clock) -> None:
    misbehave(api, Fault(stale=5, times="all"))
    for number in range(1, 5):
        api.patch("/instance/organization_settings", {"max_allowed_memberships": number})
        clock.sleep(2)
    assert api.get("/instance/organization_settings").json["max_allowed_memberships"] == 2


def test_a_stale_rule_waits_until_there_is_something_old_to_show(api: Client) -> None:
    misbehave(api, Fault(stale=5))
    assert api.everything("/redirect_urls") == []
    api.post("/redirect_urls", URL)
    assert api.everything("/redirect_urls") == []
    assert len(api.everything("/redirect_urls")) == 1


def test_writes_work_on_the_truth_whatever_readers_are_shown(api: Client) -> None:
    misbehave(api, Fault(stale=5, times="all"))
    api.post("/redirect_urls", URL)
    assert api.post("/redirect_urls", URL).status == 422
    assert fired(api) == (0,)


def test_an_answer_may_be_no_json_although_it_says_so(api: Client) -> None:
    api.watch = lambda _request, _response: None
    misbehave(api, Fault(not_json=True, times=2))
    for reply in (api.post("/redirect_urls", URL), api.patch("/instance", {"hibp": False})):
        assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
        assert reply.text.startswith("<!DOCTYPE html>")
    assert urls(api) == ["myapp://a"]


# --- the connection, as a client of httpx sees it ---


@contextmanager
def reached(api: Client, timeout: float | None = 30.0, path: Path | None = None) -> Iterator[httpx.Client]:
    """A client of httpx whose transport is the simulator."""
    headers = {"authorization": f"Bearer {api.key}", "clerk-api-version": "2026-05-12"}
    with httpx.Client(
        base_url="http://simulator/v1",
        headers=headers,
        transport=SimulatorTransport(api.simulator, path),
        timeout=timeout,
    ) as client:
        yield client


@pytest.mark.parametrize(
    ("rule", "error", "taken"),
    [
        (Fault(reset="before"), httpx.ReadError, 0),
        (Fault(reset="after"), httpx.ReadError, 1),
        (Fault(lost=True), httpx.ReadTimeout, 1),
        (Fault(truncate=True), httpx.RemoteProtocolError, 1),
    ],
)
def test_a_connection_may_fail_through_the_transport(
    api: Client, rule: Fault, error: type[Exception], taken: int
) -> None:
    misbehave(api, rule)
    with reached(api) as client:
        with pytest.raises(error):
            client.post("/redirect_urls", json=URL)
        assert (len(urls(api)), fired(api)) == (taken, (1,))
        assert client.get("/instance").status_code == 200


def test_half_a_body_comes_with_its_status_and_the_length_of_the_whole(api: Client) -> None:
    misbehave(api, Fault(truncate=True))
    parts: list[bytes] = []
    with reached(api) as client, client.stream("GET", "/instance") as answer:
        with pytest.raises(httpx.RemoteProtocolError):
            parts.extend(answer.iter_raw())
        assert (answer.status_code, answer.headers[MARK]) == (200, "1")
        whole = int(answer.headers["content-length"])
    assert len(b"".join(parts)) == whole // 2


def test_an_answer_without_a_body_cannot_be_cut(api: Client) -> None:
    misbehave(api, Fault(truncate=True))
    assert api.patch("/instance", {"hibp": False}).status == 204
    assert fired(api) == (0,)


def test_a_slow_answer_takes_its_time_on_the_clock(api: Client, clock: Clock) -> None:
    misbehave(api, Fault(slow=2.5, times=2))
    before = clock.now()
    with reached(api) as client:
        assert client.get("/instance").headers[MARK] == "1"
    assert clock.now() == before + 2.5
    with reached(api, timeout=1) as client, pytest.raises(httpx.ReadTimeout):
        client.post("/redirect_urls", json=URL)
    assert (clock.now(), urls(api)) == (before + 3.5, ["myapp://a"])


@pytest.mark.parametrize(("timeout", "waited"), [(7.0, 7.0), (None, 60.0)])
def test_a_lost_answer_is_given_up_when_the_client_does_and_in_any_case(
    api: Client, clock: Clock, timeout: float | None, waited: float
) -> None:
    misbehave(api, Fault(lost=True))
    before = clock.now()
    with reached(api, timeout=timeout) as client, pytest.raises(httpx.ReadTimeout):
        client.get("/instance")
    assert clock.now() == before + waited


def test_a_fault_of_the_connection_is_a_mark_on_the_answer_in_process(api: Client) -> None:
    misbehave(api, Fault(reset="after"), Fault(lost=True, nth=2))
    for _ in range(2):
        reply = api.get("/instance")
        assert (reply.status, reply.text) == (0, "")
        assert MARK in reply.headers


def test_what_a_fault_writes_is_saved_with_the_state(api: Client, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    api.store.save(path)
    other = SecondWriter(method="POST", path="/redirect_urls", body=URL)
    misbehave(api, Fault(method="GET", second_writer=other), Fault(method="PATCH", reset="after"))
    with reached(api, path=path) as client:
        client.get("/instance")
        assert len(Store.load(path).all("redirect_urls")) == 1
        with pytest.raises(httpx.ReadError):
            client.patch("/instance", json={"hibp": False})
    assert Store.load(path).all("settings")["instance"]["hibp"] is False


# --- the connection, over HTTP ---


@contextmanager
def served(folder: Path, rules: str, *words: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`reconcile simulate` in a process of its own, with these rules; it must end cleanly and say nothing."""
    file = folder / "faults.yml"
    file.write_text(rules, "utf-8")
    command = [sys.executable, "-c", "from reconcile.cli import main; main()", "simulate", *words]
    process = subprocess.Popen(
        [*command, "--faults", str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process, int(process.stdout.readline().rpartition(":")[2])
        process.terminate()
        _, said = process.communicate(timeout=20)
        assert (process.returncode, said) == (0, "")
    finally:
        process.kill()
        process.communicate()


def over_http(port: int, timeout: float = 20) -> httpx.Client:
    headers = {"authorization": f"Bearer {KEY}", "clerk-api-version": "2026-05-12"}
    url = f"http://127.0.0.1:{port}/v1"
    return httpx.Client(base_url=url, headers=headers, timeout=timeout, trust_env=False)


def raw(port: int, path: str) -> socket.socket:
    """A connection by which a path was asked for."""
    asking = socket.create_connection(("127.0.0.1", port), timeout=20)
    asking.sendall(f"GET /v1{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode())
    return asking


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_reset_over_http_is_a_reset_of_the_connection(tmp_path: Path, when: str) -> None:
    with served(tmp_path, f"faults: [{{times: 2, reset: {when}}}]") as (_, port), over_http(port) as client:
        with raw(port, "/instance") as asking, pytest.raises(ConnectionResetError):
            asking.recv(1)
        with pytest.raises(httpx.ReadError):
            client.post("/redirect_urls", json=URL)
        assert len(client.get("/redirect_urls").json()) == (when == "after")


def test_a_body_over_http_really_ends_in_the_middle(tmp_path: Path) -> None:
    with served(tmp_path, "faults: [{times: 2, truncate: true}]") as (_, port), over_http(port) as client:
        with raw(port, "/instance") as asking, asking.makefile("rb") as answer:
            head, _, body = answer.read().partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        assert length is not None
        assert len(body) == int(length[1]) // 2 > 0
        with pytest.raises(httpx.RemoteProtocolError):
            client.post("/redirect_urls", json=URL)
        assert [one["url"] for one in client.get("/redirect_urls").json()] == ["myapp://a"]


def test_a_lost_answer_over_http_never_comes(tmp_path: Path) -> None:
    with served(tmp_path, "faults: [{method: POST, lost: true}]") as (_, port), over_http(port) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post("/redirect_urls", json=URL, timeout=0.5)
        assert [one["url"] for one in client.get("/redirect_urls").json()] == ["myapp://a"]


def test_a_slow_answer_over_http_comes_late_and_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    with served(tmp_path, "faults: [{path: /instance, slow: 1.5}]") as (_, port), over_http(port) as client:
        start = time.monotonic()
        with raw(port, "/instance") as asking:
            assert client.get("/redirect_urls").status_code == 200
            assert select.select([asking], [], [], 0)[0] == []
            assert asking.recv(12) == b"HTTP/1.1 200"
        assert time.monotonic() - start >= 1.5


def test_an_answer_that_is_held_back_does_not_keep_the_server_from_ending(tmp_path: Path) -> None:
    with (
        served(tmp_path, "faults: [{path: /instance, lost: true}]") as (process, port),
        raw(port, "/instance"),
        over_http(port) as client,
    ):
        assert client.get("/redirect_urls").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_a_client_that_is_gone_is_not_missed(tmp_path: Path) -> None:
    rules = "faults: [{path: /instance, times: all, slow: 0.1}, {path: /instance, times: all, reset: after}]"
    with served(tmp_path, rules) as (_, port), over_http(port) as client:
        for _ in range(5):
            raw(port, "/instance").close()
        assert client.get("/redirect_urls").status_code == 200


def test_errors_over_http_are_the_same_as_in_process(tmp_path: Path) -> None:
    rules = (
        "faults: [{status: 429, retry_after: 2}, {status: 502}, {status: 503, body: empty}, {not_json: true}]"
    )
    with served(tmp_path, rules) as (_, port), over_http(port) as client:
        answers = [client.patch("/instance", json={"hibp": False}) for _ in range(4)]
    assert [(one.status_code, one.headers[MARK]) for one in answers] == [
        (429, "1"),
        (502, "2"),
        (503, "3"),
        (200, "4"),
    ]
    assert (answers[0].headers["retry-after"], answers[2].content) == ("2", b"")
    assert answers[0].json()["errors"][0]["code"] == "too_many_requests"


# --- rules that are wrong ---


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({}, "does nothing; give it one of status, reset"),
        ({"status": 503, "lost": True}, "does status and lost; make a rule of each"),
        ({"lost": True, "code": "conflict"}, "code: goes with status only"),
        ({"status": 200}, "status: takes 400 to 599"),
        ({"status": 503, "code": "conflict"}, "code: conflict comes with status 409"),
        ({"status": 503, "code": "teapot"}, "code: teapot is unknown"),
        ({"status": 409, "code": "conflict", "body": "html"}, "code and body exclude each other"),
        ({"status": 502, "body": "echo"}, "body: echo needs a code"),
        ({"status": 503, "method": "FETCH"}, "method: takes GET, POST"),
        ({"status": 503, "path": "instance"}, "path: starts with / or *"),
        ({"status": 503, "path": "/v1/instance"}, "path: leave /v1 out"),
        ({"status": 503, "nth": 0}, "nth: counts from 1"),
        ({"status": 503, "from_": 0}, "from: counts from 1"),
        ({"status": 503, "nth": 2, "from_": 2}, "nth and from exclude each other"),
        ({"status": 503, "times": 0}, "times: takes 1 or more"),
        ({"status": 503, "share": 1.5}, "share: takes more than 0"),
        ({"slow": -1.0}, "slow: takes more than 0"),
        ({"stale": -1.0}, "stale: takes more than 0"),
        ({"reset": "sometimes"}, "reset: takes before or after"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(words: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        Fault(**words)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", [(1, "a file of faults holds")]),
        ("\n\n[]", [(3, "a file of faults holds")]),
        ("faults: {}", [(1, "a file of faults holds")]),
        ("faults: []\nmore: 1", [(1, "a file of faults holds")]),
        ("faults:\n- }", [(2, "")]),
        ("faults:\n- !!python/object:os.x {}", [(2, "could not determine a constructor")]),
        ("faults:\n- lost", [(2, "rule 1: is not a map")]),
        ("faults:\n- {lost: true}\n- {1: 2}", [(3, "rule 2: is not a map")]),
        ("faults:\n- {lost: true, lost: true}", [(2, "rule 1: lost stands there twice")]),
        ("faults:\n- {lots: true}", [(2, "rule 1: lots is unknown; known are method")]),
        (
            "faults:\n- {status: '503'}\n- lost: false\n  nth: x",
            [
                (2, "rule 1: status: takes a whole number"),
                (3, "rule 2: lost: takes true"),
                (3, "rule 2: nth: takes a whole number"),
            ],
        ),
        ("faults:\n- {status: 700}", [(2, "rule 1: status: takes 400 to 599")]),
        ("faults:\n- {status: 429, retry_after: {at: 3}}", [(2, "rule 1: retry_after: takes seconds")]),
        ("faults:\n- {slow: .inf}", [(2, "rule 1: slow: takes a number of seconds")]),
        ("faults:\n- {drop: []}", [(2, "rule 1: drop: takes a field")]),
        ("faults:\n- {rewrite: {}}", [(2, "rule 1: rewrite: takes a map")]),
        ("faults:\n- {second_writer: {method: GET}}", [(2, "rule 1: second_writer: takes a map of")]),
        ("faults:\n- {second_writer: {path: /v1/x}}", [(2, "rule 1: second_writer: takes a map of")]),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_every_line(
    tmp_path: Path, text: str, problems: list[tuple[int, str]]
) -> None:
    file = tmp_path / "faults.yml"
    file.write_text(text, "utf-8")
    with pytest.raises(BadFaults) as caught:
        read(file)
    found = caught.value.problems
    assert [line for line, _ in found] == [line for line, _ in problems]
    assert all(said.startswith(start) for (_, said), (_, start) in zip(found, problems, strict=True)), found


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "faults.yml"
    file.write_bytes(b"faults: \xff")
    with pytest.raises(BadFaults, match="not UTF-8"):
        read(file)


def test_the_same_rules_may_be_written_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "faults.yml"
    file.write_text(
        "faults:\n"
        "- {method: GET, path: /instance, from: 2, times: all, share: 0.5, status: 503, body: html, after: true}\n"
        "- {method: [POST, PUT], drop: url}\n"
        "- {nth: 2, status: 429, retry_after: {date: 3}}\n"
        "- {second_writer: {}}\n",
        "utf-8",
    )
    assert read(file).rules == (
        Fault(
            method=("GET",),
            path="/instance",
            from_=2,
            times="all",
            share=0.5,
            status=503,
            body="html",
            after=True,
        ),
        Fault(method=("POST", "PUT"), drop=("url",)),
        Fault(nth=2, status=429, retry_after={"date": 3}),
        Fault(second_writer=SecondWriter()),
    )


def test_the_examples_of_the_page_are_rules_and_its_tables_name_every_member(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "faults.md").read_text("utf-8")
    examples = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        (tmp_path / "faults.yml").write_text(example, "utf-8")
        assert read(tmp_path / "faults.yml").rules
    named = set(re.findall(r"^\| `(\w+)[`:]", page, re.MULTILINE))
    members = {name.rstrip("_") for name in Fault.__dataclass_fields__}
    assert (named, set(EFFECTS) - named) == (members, set())


# --- the command ---


def simulate(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from reconcile.cli import main; main()", "simulate", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_wrong_file_of_rules_ends_the_command_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "faults.yml"
    file.write_text("faults:\n- {lost: true}\n- {status: 700}\n", "utf-8")
    ran = simulate("--faults", str(file))
    assert ran.returncode == 65
    assert f"{file}:3" in ran.stderr
    assert "rule 2: status: takes 400 to 599" in ran.stderr
    assert simulate("--faults", str(tmp_path / "none.yml")).returncode == 64


def test_a_seed_is_where_a_new_instance_starts_and_is_never_written(tmp_path: Path, api: Client) -> None:
    seed, state = tmp_path / "seed.json", tmp_path / "state.json"
    api.post("/redirect_urls", URL)
    api.store.save(seed)
    before = seed.read_bytes(), seed.stat().st_mtime_ns
    for words, kept in ((["--seed", str(seed)], 1), (["--seed", str(seed), "--state", str(state)], 1)):
        with served(tmp_path, "faults: []", *words) as (_, port), over_http(port) as client:
            assert len(client.get("/redirect_urls").json()) == kept
            assert client.post("/redirect_urls", json={"url": "myapp://b"}).status_code == 200
    assert (seed.read_bytes(), seed.stat().st_mtime_ns) == before
    assert len(Store.load(state).all("redirect_urls")) == 2
    words = ["--seed", str(seed), "--state", str(state)]
    with served(tmp_path, "faults: []", *words) as (_, port), over_http(port) as client:
        assert len(client.get("/redirect_urls").json()) == 2


@pytest.mark.parametrize(
    ("content", "words", "code"),
    [("{", (), 65), (json.dumps({"format": 1}), (), 65), (None, ("--type", "production"), 64)],
)
def test_a_seed_that_does_not_fit_is_refused(
    tmp_path: Path, api: Client, content: str | None, words: tuple[str, ...], code: int
) -> None:
    seed = tmp_path / "seed.json"
    api.store.save(seed)
    if content is not None:
        seed.write_text(content, "utf-8")
    ran = simulate("--seed", str(seed), *words)
    assert (ran.returncode, os.fspath(seed) in ran.stderr) == (code, True)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "is no regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "is no regular file"),
        (lambda path: path.write_bytes(b" " * ((4 << 20) + 1)), "is larger than 4 MiB"),
    ],
    ids=["pipe", "device", "huge"],
)
def test_what_is_no_file_of_rules_is_not_read(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    make(tmp_path / "faults.yml")
    with pytest.raises(BadFaults, match=reason):
        read(tmp_path / "faults.yml")
