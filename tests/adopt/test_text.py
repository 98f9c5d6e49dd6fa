"""Bytes from any shell, as text; and JSON of which everybody would say the same."""

from __future__ import annotations

import codecs
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.adopt import decoded, json_object
from reconcile.errors import FilesError
from tests.adopt.papers import ACCOUNT

TEXT = json.dumps({**ACCOUNT, "branding": "grüße 👋"}, indent=2, ensure_ascii=False).replace("\n", "\r\n")
plain = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]))


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (b"", "utf-32-le"),
        (b"", "utf-32-be"),
    ],
)
def test_every_encoding_of_a_shell_is_the_same_text(mark: bytes, encoding: str) -> None:
    assert decoded(mark + TEXT.encode(encoding), "x.json") == TEXT


@given(plain, st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]))
def test_with_a_mark_every_text_comes_back(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding), "x") == text


@given(plain)
def test_without_a_mark_utf_8_comes_back(text: str) -> None:
    kept = text.removeprefix("\ufeff")
    assert decoded(kept.encode(), "x") == kept


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"a\nb\n\xff", "x:3: this is not UTF-8; save the file as UTF-8"),
        (b"a@b.c\r\nd\0\r\n", "x:2: a control character (U+0000) is no text; save the file as plain text"),
        (b"\x1b[2J", "x:1: a control character (U+001B) is no text; save the file as plain text"),
        (codecs.BOM_UTF16_LE + b"a\0\n", "x:1: this is not UTF-16-LE; save the file as UTF-8"),
        (b"G\xfc\xdfe", "x:1: this is not UTF-8; save the file as UTF-8"),
    ],
)
def test_what_is_no_text_is_said_with_its_line(raw: bytes, said: str) -> None:
    with pytest.raises(FilesError) as error:
        decoded(raw, "x")
    assert str(error.value) == said


def test_an_empty_file_is_an_empty_text() -> None:
    assert decoded(b"", "x") == ""


def test_a_json_object_is_read() -> None:
    assert json_object('{"a": {"b": [1]}}', "x") == {"a": {"b": [1]}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1,\n "b": }', "x:2: this is no JSON (Expecting value); save the output of the vendor's tool"),
        ("", "x:1: this is no JSON"),
        ("[]", "x:1: this holds a list, and the vendor's tool writes one object"),
        ("null", "x:1: this holds null"),
        ("true", "x:1: this holds true or false"),
        ('"a"', "x:1: this holds a text"),
        ("1", "x:1: this holds a number"),
        ("1.5", "x:1: this holds a number"),
        ('{"a": {"b": 1, "b": 2}}', 'the member "b" stands twice in one object; keep one of them'),
        ('{"a": NaN}', "NaN is not JSON"),
        ("[" * 100_000, "nested too deep"),
        ('{"a": ' + "9" * 5000 + "}", "this is no document of Clerk's"),
    ],
)
def test_what_is_no_document_is_said(text: str, said: str) -> None:
    with pytest.raises(FilesError) as error:
        json_object(text, "x")
    assert said in str(error.value)


@given(
    st.binary(max_size=60)
    | st.text(max_size=30).map(str.encode)
    | st.text(max_size=30).map(lambda one: one.encode("utf-16", "surrogatepass"))
)
def test_whatever_a_file_holds_is_text_or_said_to_be_none(raw: bytes) -> None:
    with suppress(FilesError):
        text = decoded(raw, "x")
        assert "\0" not in text
        assert text.encode("utf-8", "strict") or not text
        assert isinstance(json_object(text, "x"), dict)
