"""A server that limits, fails, lies and breaks off, as the client sees it: answers are played back from a list."""

from __future__ import annotations

import json
import ssl
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from reconcile import catalogue
from reconcile.client import ReadOnly, transport_for
from reconcile.errors import AnswerError, ApiError, ReconcileError, UnreachableError
from reconcile.observe import PAGE, observe, read_list, read_whole
from tests.client.tape import Tape, client, limited, ok
from tests.lab import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.client import Client
    from tests.client.tape import Answer


def test_every_call_carries_the_key_and_the_version() -> None:
    tape = Tape([ok({})])
    client(tape).get("/instance")
    assert tape.asked[0].headers["authorization"] == "Bearer sk_test_abcdefgh"
    assert tape.asked[0].headers["clerk-api-version"] == "2026-05-12"
    assert str(tape.asked[0].url) == "http://127.0.0.1:1/v1/instance"


@pytest.mark.parametrize("verb", ["GET", "POST", "PATCH", "PUT", "DELETE"])
def test_a_limited_call_of_any_verb_waits_as_long_as_it_is_told(verb: str) -> None:
    clock, tape = FakeClock(), Tape([limited("7"), ok({"done": True})])
    start = clock.now()
    assert client(tape, clock).send(verb, "/x", {}) == {"done": True}
    assert clock.now() - start == 7


def test_a_wait_may_be_told_as_a_date() -> None:
    clock = FakeClock()
    start = clock.now()
    client(Tape([limited(formatdate(start + 30, usegmt=True)), ok({})]), clock).get("/x")
    assert clock.now() - start == pytest.approx(30, abs=1)


def test_a_limit_that_says_nothing_of_use_is_waited_out_all_the_same() -> None:
    clock, tape = FakeClock(), Tape([limited("soon"), limited(""), ok({})])
    client(tape, clock).get("/x")
    assert len(tape.asked) == 3


def test_a_limit_that_never_ends_is_given_up_after_some_minutes() -> None:
    clock = FakeClock()
    start = clock.now()
    with pytest.raises(ApiError) as caught:
        client(Tape([limited("20")]), clock).send("POST", "/x", {})
    assert caught.value.status == 429
    assert 200 < clock.now() - start <= 300


@pytest.mark.parametrize(
    "failure", [httpx.Response(503, text="<html>"), httpx.ReadTimeout("slow"), httpx.ConnectError("no")]
)
def test_a_read_that_fails_is_tried_again(failure: Answer) -> None:
    tape = Tape([failure, failure, ok([1])])
    assert client(tape).get("/x") == [1]


@pytest.mark.parametrize("failure", [httpx.Response(503, text="<html>"), httpx.ReadTimeout("slow")])
def test_a_write_that_fails_is_not_sent_twice(failure: Answer) -> None:
    tape = Tape([failure, ok({})])
    with pytest.raises(ReconcileError):
        client(tape).send("POST", "/x", {})
    assert len(tape.asked) == 1


def test_a_write_without_an_answer_says_that_it_may_have_taken() -> None:
    with pytest.raises(UnreachableError, match="may have taken"):
        client(Tape([httpx.ReadError("reset")])).send("POST", "/x", {})


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 422, 423, 501])
def test_an_answer_that_asking_again_cannot_better_is_taken_at_once(status: int) -> None:
    tape = Tape([httpx.Response(status, json={"errors": []})])
    with pytest.raises(ApiError) as caught:
        client(tape).get("/x")
    assert (caught.value.status, len(tape.asked)) == (status, 1)


def test_an_error_says_all_that_the_service_said() -> None:
    rows = [
        {
            "code": "form_param_missing",
            "message": "is missing",
            "long_message": "claims must be included.",
            "meta": {"param_name": "claims"},
        },
        {"code": "unsupported", "meta": {"unsupported_features": ["allowlist", "blocklist"]}},
        "not a row",
    ]
    body = {"errors": rows, "clerk_trace_id": "abc123"}
    with pytest.raises(ApiError) as caught:
        client(Tape([httpx.Response(422, json=body)])).get("/x")
    text = str(caught.value)
    for part in (
        "422",
        "form_param_missing",
        "claims must be included.",
        "(claims)",
        "allowlist, blocklist",
        "[trace abc123]",
    ):
        assert part in text
    assert caught.value.codes == ("form_param_missing", "unsupported")


@pytest.mark.parametrize(
    "body", [b"", b"<html>blocked</html>", b"[]", b'{"errors": 5}', b'"text"', b"\xff\xfe"]
)
def test_an_error_without_a_proper_body_is_still_an_error(body: bytes) -> None:
    with pytest.raises(ApiError) as caught:
        client(Tape([httpx.Response(403, content=body, headers={"cf-ray": "ray1"})])).get("/x")
    assert (caught.value.status, caught.value.codes) == (403, ())
    assert "[trace ray1]" in str(caught.value)


def test_an_answer_that_is_no_json_is_said() -> None:
    with pytest.raises(AnswerError, match="no JSON"):
        client(Tape([httpx.Response(200, text="<html>login</html>")])).get("/x")


def test_an_empty_answer_is_nothing() -> None:
    assert client(Tape([httpx.Response(204)])).send("PATCH", "/instance", {}) is None


def test_a_redirect_is_not_followed() -> None:
    tape = Tape([httpx.Response(302, headers={"Location": "https://evil.example/"})])
    with pytest.raises(ApiError):
        client(tape).get("/x")
    assert len(tape.asked) == 1


@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_read_only_way_sends_nothing_but_get(verb: str) -> None:
    tape = Tape([ok({})])
    with pytest.raises(ReconcileError, match="a plan only reads"):
        client(ReadOnly(tape)).send(verb, "/instance/restrictions", {})
    assert tape.asked == []


def test_the_one_exception_is_an_empty_patch_to_a_group_without_get() -> None:
    tape = Tape([ok({})])
    way = client(ReadOnly(tape, frozenset({"/v1/instance/restrictions"})))
    way.send("PATCH", "/instance/restrictions", {})
    for path, body in (("/instance/restrictions", {"allowlist": True}), ("/instance", {})):
        with pytest.raises(ReconcileError):
            way.send("PATCH", path, body)
    assert len(tape.asked) == 1


def test_certificates_are_always_checked_over_https() -> None:
    way = transport_for("https://api.clerk.com/v1", {})
    assert isinstance(way, httpx.HTTPTransport)
    context = way._pool._ssl_context
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    way.close()


# --- lists ---


def page(first: int, count: int, total: int) -> httpx.Response:
    return ok(
        {"data": [{"id": f"id{number}"} for number in range(first, first + count)], "total_count": total}
    )


def array(first: int, count: int) -> httpx.Response:
    return ok([{"id": f"id{number}"} for number in range(first, first + count)])


@pytest.mark.parametrize(
    ("answers", "calls", "rows"),
    [
        ([page(0, 0, 0)], 1, 0),
        ([page(0, 3, 3)], 1, 3),
        ([page(0, PAGE, PAGE)], 1, PAGE),
        ([page(0, PAGE, PAGE + 1), page(PAGE, 1, PAGE + 1)], 2, PAGE + 1),
        ([array(0, 3)], 1, 3),
        ([array(0, PAGE), array(PAGE, 0)], 2, PAGE),
        ([array(0, PAGE), array(PAGE, 7)], 2, PAGE + 7),
    ],
)
def test_a_list_is_read_to_its_end_in_as_few_calls_as_possible(
    answers: list[Answer], calls: int, rows: int
) -> None:
    tape = Tape(answers)
    assert len(read_list(client(tape), "/x")) == rows
    assert len(tape.asked) == calls


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([page(0, PAGE, PAGE + 5), page(0, 5, PAGE + 5)], "twice"),  # ignores offset
        ([array(0, PAGE), array(0, PAGE), array(0, 3)], "twice"),
        ([page(0, 3, 9), page(3, 0, 9)], "3 objects came where 9 were announced"),
        ([ok({"data": "x", "total_count": 1})], "neither a list nor a page"),
        ([ok({"errors": []})], "neither a list nor a page"),
        ([ok("hello")], "neither a list nor a page"),
        ([ok(None)], "neither a list nor a page"),
    ],
)
def test_a_list_that_does_not_add_up_is_an_error_and_never_nothing(
    answers: list[Answer], reason: str
) -> None:
    with pytest.raises(AnswerError, match=reason):
        read_list(client(Tape(answers)), "/x")


@pytest.mark.parametrize("read", [read_list, read_whole])
@pytest.mark.parametrize("rows", [[1], ["x"], [None], [{"id": None}], [{"no": "id"}]])
def test_a_list_of_what_has_no_identity_is_an_error(
    read: Callable[[Client, str], Any], rows: list[Any]
) -> None:
    with pytest.raises(AnswerError):
        read(client(Tape([ok({"data": rows, "total_count": len(rows)})])), "/x")


@pytest.mark.parametrize("body", [[], "x", None, 5])
def test_an_instance_that_is_no_object_is_an_error(body: Any) -> None:
    kinds = catalogue.load().kinds
    with pytest.raises(AnswerError):
        observe(client(Tape([ok(body)])), [kinds["protect"]])


@pytest.mark.parametrize("key", [None, 5, [], {}])
def test_an_entry_whose_key_is_no_text_is_an_error(key: Any) -> None:
    answers: list[Answer] = [ok({"id": "ins_1", "data": [{"id": "a", "identifier": key}], "total_count": 1})]
    with pytest.raises(AnswerError):
        observe(client(Tape(answers)), [catalogue.load().kinds["blocklist"]])


def test_bodies_are_sent_as_utf8_json_with_every_character() -> None:
    tape = Tape([ok({})])
    client(tape).send("PUT", "/x", {"body": "\u200f 🔒\u00a0\f"})
    assert json.loads(tape.asked[0].content)["body"] == "\u200f 🔒\u00a0\f"
