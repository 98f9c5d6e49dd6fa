"""`-v`, `-v -v` and the options about the service: what is shown of calls, and how many there are at once."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from reconcile.cli.trace import Trace
from reconcile.client import Exchange
from reconcile.redact import Redactor
from tests.lab import known

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

KEY = "sk_live_abcdefgh12345678"
LINE = re.compile(
    r"^(GET|POST|PUT|PATCH|DELETE) (/\S+): (\d+) in \d+ ms(, after waiting \d+\.\d s)?$", re.MULTILINE
)
RESOURCES = """\
redirect_urls: ["https://app.acme.example/callback"]
instance: {support_email: help@acme.example}
jwt_templates:
  signed:
    claims: {role: admin, api_key: the claim of a user}
    custom_signing_key: true
    signing_algorithm: HS256
    signing_key: "${env:SIGNING}"
"""


def calls(said: str) -> set[tuple[str, str]]:
    """Method and path of each call that was shown."""
    return {(method, path.partition("?")[0]) for method, path, _, _ in LINE.findall(said)}


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNING", "the key that nobody may see")


@pytest.mark.usefixtures("secrets")
def test_every_call_is_shown_beside_the_plan_and_not_in_it(shell: Shell) -> None:
    shell.project(RESOURCES)
    quiet, watched = shell("plan -e local"), shell("plan -e local -v")
    assert watched.out == quiet.out
    assert LINE.findall(quiet.err) == []
    assert calls(watched.err) == {("GET", "/instance"), ("GET", "/redirect_urls"), ("GET", "/jwt_templates")}
    assert "sent {" not in watched.err
    assert "came " not in watched.err


def test_what_is_shown_of_a_body_commands_no_terminal(shell: Shell) -> None:
    shell.project('jwt_templates: {a: {claims: {b: "\\x9b2J \\u202eback"}}}\n')
    said = shell("apply -e local --yes -v -v")
    assert said.code == 0
    assert r"\x9b2J \u202eback" in said.err
    assert not {"\x9b", "\u202e"} & {*said.err}


@pytest.mark.usefixtures("secrets")
def test_twice_shows_what_was_sent_and_what_came_but_no_secret(shell: Shell) -> None:
    shell.project(RESOURCES)
    said = shell("apply -e local --yes -v -v")
    assert said.code == 0
    assert {("POST", "/redirect_urls"), ("PATCH", "/instance")} <= calls(said.err)
    assert '  sent {"url": "https://app.acme.example/callback"}' in said.err
    assert re.search(r'^  came {.*"url": "https://app.acme.example/callback"', said.err, re.MULTILINE)
    assert '"signing_key": "[hidden]"' in said.err
    assert '"support_email": "[hidden]"' in said.err
    assert '"api_key": "[hidden]"' in said.err
    assert "the key that nobody may see" not in said.err + said.out
    assert "Bearer" not in said.err


@pytest.mark.parametrize(
    "option", ["--max-capacity 0", "--max-capacity 101", "--parallelism 0", "--parallelism 65"]
)
def test_what_makes_no_sense_is_a_matter_of_usage(shell: Shell, option: str) -> None:
    shell.project("redirect_urls: []\n")
    assert shell(f"apply -e local --yes {option}").code == 64


def test_the_options_reach_a_server(shell: Shell, served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", KEY)
    urls = ", ".join(f"'https://a.example/{number}'" for number in range(60))
    shell.project(
        f"redirect_urls: [{urls}]\n",
        f"prod: {{type: production, api_url: '{served}', secret_key: '${{env:KEY}}'}}",
    )
    said = shell("apply -e prod --yes -v --max-capacity 10 --parallelism 20 --timeout 10")
    assert said.code == 0
    shown = LINE.findall(said.err)
    assert {status for _, _, status, _ in shown} == {"200"}
    assert sum(method == "POST" for method, _, _, _ in shown) == 60
    assert any(
        waited for _, _, _, waited in shown
    )  # 40 at once, and then ten in a second: half of it waits for none


@pytest.mark.parametrize(
    ("capacity", "seconds", "text"),
    [
        ("", 0, "60 calls."),
        (" --max-capacity 10", 2.0, "60 calls, about 2 s."),
        (" --max-capacity 1", 50.0, "about 50 s."),
    ],
)
def test_a_plan_says_how_long_it_takes_at_the_pace_that_was_asked_for(
    shell: Shell, served: str, monkeypatch: pytest.MonkeyPatch, capacity: str, seconds: float, text: str
) -> None:
    monkeypatch.setenv("KEY", KEY)
    urls = ", ".join(f"'https://a.example/{number}'" for number in range(60))
    shell.project(
        f"redirect_urls: [{urls}]\n",
        f"prod: {{type: production, api_url: '{served}', secret_key: '${{env:KEY}}'}}",
    )
    said = shell(f"plan -e prod --format json --out plan.json{capacity}")
    assert said.document["estimate"] == {"calls": 60, "seconds": seconds}
    assert text in shell("show plan.json").out


# --- what is shown of one call ---


def told(exchange: Exchange, redact: Redactor | None = None) -> str:
    said: list[str] = []
    Trace(known().kinds, redact or Redactor(), said.append, bodies=True).tell(exchange)
    return said[0]


def test_a_call_without_an_answer_says_why_and_how_long_it_was_waited_for() -> None:
    text = told(Exchange("GET", "/instance", 0, 30.0, 2.0, reason="timed out"))
    assert text == "GET /instance: no answer (timed out) in 30000 ms, after waiting 2.0 s"


def test_what_is_no_json_is_only_counted() -> None:
    assert told(Exchange("GET", "/x", 502, 0.1, 0.0, answered=b"<html>secret</html>")).endswith(
        "\n  came 19 bytes that are no JSON"
    )


def test_fields_are_hidden_where_they_belong_to_the_kind_and_deep_inside_lists() -> None:
    rows = {"data": [{"name": "a", "signing_key": "x", "meta": [{"Client_Secret": "y", "ok": 1}]}]}
    shown = told(
        Exchange("GET", "/jwt_templates?limit=500", 200, 0.1, 0.0, answered=json.dumps(rows).encode())
    )
    assert (
        '{"name": "a", "signing_key": "[hidden]", "meta": [{"Client_Secret": "[hidden]", "ok": 1}]}' in shown
    )


def test_a_group_below_another_has_its_own_fields() -> None:
    sent = {"allowlist": True, "support_email": "x"}
    assert '"allowlist": true' in told(Exchange("PATCH", "/instance/restrictions", 200, 0.1, 0.0, sent))
    assert '"support_email": "[hidden]"' in told(Exchange("PATCH", "/instance", 200, 0.1, 0.0, sent))


def test_a_long_body_is_cut_after_its_secrets_were_taken_out() -> None:
    redact = Redactor()
    redact.learn("LONG", "s" * 50)
    text = told(Exchange("POST", "/x", 200, 0.1, 0.0, {"a": "b" * 3970 + "s" * 50 + "c" * 100}), redact)
    assert "ss" not in text
    assert re.search(r"… and \d+ characters more$", text)


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "0", "soon"])
def test_a_time_is_a_number_of_seconds(shell: Shell, text: str) -> None:
    shell.project("redirect_urls: []")

    assert shell(f"plan -e local --timeout {text}").code == 64
