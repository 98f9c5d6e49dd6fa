"""What is sent again, how often, after how long, and what is never sent twice."""

from __future__ import annotations

import ssl
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from reconcile.client import Exchange
from reconcile.client.retry import LONGEST, RULES, Trouble
from reconcile.errors import ApiError, ServiceError, UnreachableError
from reconcile.pace import Pace
from tests.client.tape import client, limited, ok, refusal, tape
from tests.lab import FakeClock

if TYPE_CHECKING:
    from tests.client.tape import Answer

ABSOLUTE = ["PUT", "PATCH", "DELETE"]
EVERY = ["GET", "POST", *ABSOLUTE]


def lost() -> list[Answer]:
    return [
        httpx.ReadTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.RemoteProtocolError("closed in the middle"),
        httpx.DecodingError("no gzip"),
    ]


def down() -> list[Answer]:
    return [
        refusal(500),
        refusal(503, "service_unavailable"),
        httpx.Response(502, text="<html>"),
        refusal(408),
    ]


def unsent() -> list[Answer]:
    return [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.ProxyError("407")]


def named(answer: Answer) -> str:
    return str(answer.status_code) if isinstance(answer, httpx.Response) else type(answer).__name__


@pytest.mark.parametrize("verb", ABSOLUTE)
@pytest.mark.parametrize("failure", [*lost(), *down(), *unsent()], ids=named)
def test_a_write_that_sets_something_is_sent_again(verb: str, failure: Answer) -> None:
    way = tape(failure, failure, ok({"done": True}))
    assert client(way).send(verb, "/x", {"a": 1}) == {"done": True}
    assert [request.content for request in way.asked] == [b'{"a": 1}'] * 3


@pytest.mark.parametrize("failure", [*lost(), *down()], ids=named)
def test_a_post_is_sent_again_where_the_caller_says_that_it_sets_something(failure: Answer) -> None:
    way = tape(failure, ok({}))
    client(way).send("POST", "/x/toggle_delivery", {}, repeatable=True)
    assert len(way.asked) == 2


@pytest.mark.parametrize("failure", [*lost(), *down()], ids=named)
def test_a_create_that_may_have_taken_is_left_to_the_caller(failure: Answer) -> None:
    way = tape(failure, ok({}))
    with pytest.raises(ServiceError, match="may have taken") as caught:
        client(way).send("POST", "/x", {})
    assert len(way.asked) == 1
    assert not isinstance(caught.value, UnreachableError) or caught.value.sent


@pytest.mark.parametrize("verb", EVERY)
@pytest.mark.parametrize("failure", unsent(), ids=named)
def test_what_was_never_sent_is_sent_whatever_it_is(verb: str, failure: Answer) -> None:
    way = tape(failure, failure, ok({}))
    client(way).send(verb, "/x", {})
    assert len(way.asked) == 3


@pytest.mark.parametrize("verb", EVERY)
def test_without_a_connection_it_surely_did_not_take(verb: str) -> None:
    with pytest.raises(UnreachableError, match="check the network") as caught:
        client(tape(httpx.ConnectError("refused"))).send(verb, "/x", {})
    assert not caught.value.sent


@pytest.mark.parametrize("first", [httpx.ReadError("reset"), refusal(503)], ids=named)
def test_one_try_that_may_have_taken_is_enough_for_doubt(first: Answer) -> None:
    with pytest.raises(UnreachableError, match="may have taken") as caught:
        client(tape(first, httpx.ConnectError("refused"))).send("PUT", "/x", {})
    assert caught.value.sent


def test_a_create_that_could_not_be_sent_and_then_was_lost_is_in_doubt() -> None:
    way = tape(httpx.ConnectError("refused"), httpx.ReadError("reset"), ok({}))
    with pytest.raises(UnreachableError) as caught:
        client(way).send("POST", "/x", {})
    assert (caught.value.sent, len(way.asked)) == (True, 2)


@pytest.mark.parametrize("verb", EVERY)
def test_what_meets_something_under_way_waits_and_tries_again(verb: str) -> None:
    way, clock = tape(refusal(409, "resource_locked"), ok({})), FakeClock()
    start = clock.now()
    client(way, clock).send(verb, "/x", {})
    assert (len(way.asked), clock.now() > start) == (2, True)


@pytest.mark.parametrize("verb", EVERY)
@pytest.mark.parametrize("status", [402, 403, 422, 423])
def test_a_refusal_is_final(verb: str, status: int) -> None:
    way = tape(refusal(status), ok({}))
    with pytest.raises(ApiError):
        client(way).send(verb, "/x", {})
    assert len(way.asked) == 1


@pytest.mark.parametrize(
    ("failure", "trouble"),
    [
        (refusal(409), Trouble.BUSY),
        (refusal(503), Trouble.DOWN),
        (httpx.ReadError("reset"), Trouble.LOST),
        (httpx.ConnectError("refused"), Trouble.UNSENT),
    ],
)
def test_what_does_not_get_better_is_given_up_soon(failure: Answer, trouble: Trouble) -> None:
    way, clock = tape(failure), FakeClock()
    start = clock.now()
    with pytest.raises(ServiceError):
        client(way, clock).get("/x")
    assert len(way.asked) == RULES[trouble].tries
    assert 3 < clock.now() - start < 40


def test_waiting_for_a_limit_takes_no_try_from_other_troubles() -> None:
    way = tape(*[limited("1")] * 10, *[refusal(503)] * 5, ok({}))
    client(way).get("/x")
    assert len(way.asked) == 16


def test_pauses_grow_and_are_never_the_same() -> None:
    clock, seen = FakeClock(), list[Exchange]()
    for _ in range(2):
        with pytest.raises(ApiError):
            client(tape(refusal(503)), clock, observer=seen.append).get("/x")
    pauses = [exchange.waited for exchange in seen]
    assert pauses[0] == 0
    assert all(0.5 * 2**number <= pause <= 0.5 * 2**number + 0.5 for number, pause in enumerate(pauses[1:6]))
    assert pauses[1:6] != pauses[7:]


@pytest.mark.parametrize("status", [409, 429, 503])
def test_what_the_service_asks_for_goes_before_our_own_pause(status: int) -> None:
    way, clock = tape(refusal(status, retry_after="11"), ok({})), FakeClock()
    start = clock.now()
    client(way, clock).get("/x")
    assert clock.now() - start == 11


@pytest.mark.parametrize("wait", ["301", "86400"])
def test_a_wait_beyond_all_patience_is_told_and_not_waited_for(wait: str) -> None:
    way, clock = tape(limited(wait), ok({})), FakeClock()
    start = clock.now()
    pace = Pace(clock, 100)
    with pytest.raises(ApiError, match=f"asks to wait {wait} seconds") as caught:
        client(way, clock, pace=pace).send("PUT", "/x", {})
    assert (len(way.asked), clock.now(), caught.value.retry_after) == (1, start, float(wait))
    assert pace.ask() == 0


@pytest.mark.parametrize(
    "wait", ["nan", "inf", "-5", "1e400", "Tue, 99 Foo", "Tue, 01 Jan 99999 00:00:00 GMT"]
)
def test_a_wait_that_makes_no_sense_is_none(wait: str) -> None:
    way, clock = tape(limited(wait), ok({})), FakeClock()
    start = clock.now()
    client(way, clock).get("/x")
    assert (len(way.asked), clock.now() - start < 2) == (2, True)


def test_a_service_that_limits_for_ever_is_given_up_in_the_end() -> None:
    clock = FakeClock()
    start = clock.now()
    with pytest.raises(ApiError):
        client(tape(limited("7")), clock).get("/x")
    assert LONGEST - 10 < clock.now() - start <= LONGEST


def test_a_limit_of_the_instance_makes_everybody_wait() -> None:
    clock = FakeClock()
    pace = Pace(clock, 100)
    with pytest.raises(ApiError):
        client(tape(limited("20")), clock, pace=pace, stopped=lambda: True).get("/x")
    assert 19 < pace.ask() <= 20


def test_a_limit_of_templates_makes_only_that_call_wait() -> None:
    clock = FakeClock()
    pace = Pace(clock, 100)
    answer = limited("20", "email_template_customization_rate_limited")
    with pytest.raises(ApiError):
        client(tape(answer), clock, pace=pace, stopped=lambda: True).get("/x")
    assert pace.ask() == 0


def test_once_somebody_says_stop_nothing_is_sent_again() -> None:
    clock, way = FakeClock(), tape(limited("60"), ok({}))
    start = clock.now()
    with pytest.raises(ApiError):
        client(way, clock, stopped=lambda: clock.now() > start + 5).get("/x")
    assert (len(way.asked), clock.now() - start) == (1, 6)


def test_a_write_that_may_have_taken_is_never_called_unsent_because_somebody_says_stop() -> None:
    clock, way = FakeClock(), tape(refusal(503), ok({}))
    start, pace = clock.now(), Pace(clock, 1)
    with pytest.raises(ApiError, match="503"):
        client(way, clock, pace=pace, stopped=lambda: clock.now() > start + 5).send("PATCH", "/x", {})
    assert len(way.asked) == 1


def test_a_certificate_that_is_wrong_stays_wrong() -> None:
    error = httpx.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLCertVerificationError()
    way = tape(error, ok({}))
    with pytest.raises(UnreachableError, match="certificate") as caught:
        client(way).get("/x")
    assert (len(way.asked), caught.value.sent) == (1, False)


def test_the_library_for_waiting_is_loaded_when_something_went_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tenacity", None)
    client(tape(ok({}))).get("/x")
    with pytest.raises(ApiError):
        client(tape(refusal(422))).get("/x")
    with pytest.raises(ImportError):
        client(tape(refusal(503))).get("/x")
