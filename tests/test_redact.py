"""Secrets that others put into texts are taken out again, however they are written."""

from __future__ import annotations

import html
import io
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.cli.sinks import Redacting
from reconcile.redact import SHORTEST, Redactor

AWKWARD = 'p"a\\s/s w\u00f6rd&<1>\n+%'
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nshort\n-----END PRIVATE KEY-----\n"


def knowing(**secrets: str) -> Redactor:
    redact = Redactor()
    for name, value in secrets.items():
        redact.learn(name, value)
    return redact


@pytest.mark.parametrize(
    "written",
    [
        AWKWARD,
        json.dumps(AWKWARD),
        json.dumps(AWKWARD, ensure_ascii=False),
        json.dumps({"message": json.dumps({"key": AWKWARD})}),
        repr(AWKWARD),
        html.escape(AWKWARD),
        quote(AWKWARD),
        quote(AWKWARD, safe=""),
        quote(AWKWARD, safe="").lower(),
        quote_plus(AWKWARD),
    ],
)
def test_a_secret_is_found_in_every_form_in_which_texts_hold_it(written: str) -> None:
    shown = knowing(KEY=AWKWARD)(f"before {written} after")
    assert "[secret KEY]" in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert "w\u00f6rd" not in shown
    assert quote("w\u00f6rd") not in shown


def test_the_lines_of_a_long_secret_are_secrets_as_well() -> None:
    shown = knowing(PEM=PEM)("  | MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n  | short\n")
    assert shown == "  | [secret PEM]\n  | short\n"


def test_of_two_secrets_the_one_that_contains_the_other_goes_first() -> None:
    redact = knowing(SHORT="abcdefgh", LONG="abcdefghijkl")
    assert redact("abcdefghijkl abcdefgh") == "[secret LONG] [secret SHORT]"


def test_what_is_too_short_to_be_a_secret_is_left_alone() -> None:
    assert knowing(KEY="a" * (SHORTEST - 1))("aaaaaaaaaaaaaa") == "aaaaaaaaaaaaaa"


def test_a_text_is_asked_whether_it_holds_a_secret() -> None:
    redact = knowing(KEY="correct horse")
    assert redact.found('"correct horse"') == "[secret KEY]"
    assert redact.found("nothing") == ""


@given(st.text(min_size=SHORTEST), st.text(), st.text())
def test_no_text_keeps_a_secret(secret: str, before: str, after: str) -> None:
    redact = knowing(KEY=secret)
    assert secret not in redact(f"{before}{secret}{after}") or secret in "[secret KEY]"


def test_a_stream_passes_on_what_is_no_secret_and_tells_the_truth_about_itself() -> None:
    inner = io.StringIO()
    stream = Redacting(inner, knowing(KEY="correct horse"))
    assert stream.write("a correct horse\n") == len("a correct horse\n")
    stream.flush()
    assert inner.getvalue() == "a [secret KEY]\n"
    assert stream.writable()
    assert not stream.isatty()
    assert (stream.encoding, stream.errors) == (inner.encoding, inner.errors)
    assert not hasattr(stream, "buffer")


@pytest.mark.parametrize(
    "shown",
    [
        "no\n    correct horse\n    battery staple: refused\n",
        "no correct\thorse battery\n  staple: refused\n",
        "no correct \x1b[1;32mhorse\x1b[0m battery staple: refused\n",
        "no corr\x1b[31mect\x1b[0m horse\n battery staple: refused\n",
    ],
    ids=["wrapped", "tabs", "coloured", "both"],
)
def test_a_secret_is_found_where_a_terminal_broke_its_lines_or_coloured_its_words(shown: str) -> None:
    told = knowing(KEY="correct horse battery staple")(shown)
    assert " ".join(told.split()) == "no [secret KEY]: refused"


def test_colours_stay_where_they_stand_in_no_secret() -> None:
    text = "\x1b[31mno\x1b[0m correct horse \x1b[32myes\x1b[0m"
    assert knowing(KEY="correct horse")(text) == "\x1b[31mno\x1b[0m [secret KEY] \x1b[32myes\x1b[0m"


def test_a_secret_is_found_in_texts_inside_of_texts() -> None:
    written = AWKWARD
    for _ in range(4):
        written = json.dumps({"said": written})
        assert "rd" not in knowing(KEY=AWKWARD)(written)
    assert "rd" not in knowing(KEY=AWKWARD)(repr(("x", json.dumps(AWKWARD), quote(json.dumps(AWKWARD)))))


@pytest.mark.parametrize(
    "written",
    [
        "abc\\u0026defghijkl\\u003cmno\\u003e\\/pq",
        "abc\\u0026defghijkl\\u003cmno\\u003e/pq",
        "abc\\u0026defghijkl\\u003Cmno\\u003E/pq",
        "abc&defghijkl<mno>\\/pq",
    ],
)
def test_json_as_other_languages_write_it_is_recognised(written: str) -> None:
    redact = Redactor()
    redact.learn("KEY", "abc&defghijkl<mno>/pq")

    assert redact(f'{{"message": "{written}"}}') == '{"message": "[secret KEY]"}'


def test_what_a_stream_has_no_letter_for_is_escaped_instead_of_ending_the_command() -> None:
    behind = io.BytesIO()
    stream = Redacting(io.TextIOWrapper(behind, "ascii"), knowing(KEY="correct horse"))

    stream.write("{'a': '\ud800', 'b': '✓'} correct horse")
    stream.flush()

    assert behind.getvalue() == b"{'a': '\\ud800', 'b': '\\u2713'} [secret KEY]"
