from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconcile.model import Counterpart, Declared, Origin, Secret, Value
from reconcile.promote import Literals, literals
from reconcile.promote.literals import Literal, bare, host, specific

if TYPE_CHECKING:
    from reconcile.model import Json

PLACE = Origin("reconcile.yml", 40)
NAMES = ("dev", "prod")
URLS = literals(NAMES, ({"app": "https://dev.acme.example"}, {"app": "https://app.acme.example"}), ())


def test_the_value_of_a_variable_becomes_that_of_the_other_environment_and_so_does_its_host() -> None:
    assert URLS.mapped("See https://dev.acme.example/join.") == "See https://app.acme.example/join."
    assert URLS.mapped("write to x@dev.acme.example") == "write to x@app.acme.example"
    assert URLS.mapped("nothing of it") == "nothing of it"


@pytest.mark.parametrize(
    "text",
    [
        "https://notdev.acme.example",
        "https://my-dev.acme.example",
        "https://dev.acme.example.org",
        "dev.acme.examples",
    ],
)
def test_a_longer_name_is_another_one(text: str) -> None:
    assert URLS.mapped(text) == text
    assert URLS.left(text) is None


@pytest.mark.parametrize(
    "text", ["x.dev.acme.example", "https://DEV.acme.example", "dev.acme.example.", '"dev.acme.example"']
)
def test_a_part_of_it_and_other_letter_case_are_the_same_host(text: str) -> None:
    assert "app.acme.example" in URLS.mapped(text)
    assert URLS.left(text) is not None


def test_all_texts_inside_of_a_value_are_mapped_and_everything_else_stays() -> None:
    before: Json = {"https://dev.acme.example/claims": [1, True, None, {"aud": "dev.acme.example"}]}
    after = {"https://app.acme.example/claims": [1, True, None, {"aud": "app.acme.example"}]}
    assert URLS.json(before) == after
    assert URLS.path(("claims", "https://dev.acme.example/claims", 0)) == (
        "claims",
        "https://app.acme.example/claims",
        0,
    )


def test_an_object_is_mapped_without_what_nobody_knows() -> None:
    one = Declared("k", PLACE, {"a": Value("dev.acme.example"), "s": Secret("X")}, default=True)
    assert URLS.declared(one, "other", PLACE) == Declared(
        "other", PLACE, {"a": Value("app.acme.example")}, default=True
    )


def test_what_was_put_in_is_not_mapped_again() -> None:
    swapped = literals(
        NAMES, ({"a": "one.example", "b": "two.example"}, {"a": "two.example", "b": "one.example"}), ()
    )
    assert swapped.mapped("one.example two.example") == "two.example one.example"


def test_the_longest_text_is_found_first() -> None:
    both = literals(
        NAMES,
        ({"a": "acme.example", "b": "mail.acme.example"}, {"a": "acme.test", "b": "post.acme.test"}),
        (),
    )
    assert both.mapped("mail.acme.example and acme.example") == "post.acme.test and acme.test"


def test_rows_of_the_map_are_believed_before_variables() -> None:
    rows = [
        Counterpart({"dev": "dev.acme.example", "prod": "www.acme.example"}, PLACE),
        Counterpart({"staging": "s.acme.example", "prod": "x.acme.example"}, PLACE),
    ]
    found = literals(NAMES, ({"host": "dev.acme.example"}, {"host": "app.acme.example"}), rows)

    assert found.mapped("dev.acme.example s.acme.example") == "www.acme.example s.acme.example"
    assert found.left("dev.acme.example") == Literal(
        "dev.acme.example", "www.acme.example", "promote.map at reconcile.yml:40"
    )
    assert found.own == ("app.acme.example", "www.acme.example", "x.acme.example")


def test_what_only_one_environment_has_is_not_mapped_and_still_found() -> None:
    row = Counterpart({"dev": "dev-project", "staging": "staging-project"}, PLACE)
    found = literals(NAMES, ({"db": "db.dev.example"}, {}), [row])

    assert found.mapped("db.dev.example dev-project") == "db.dev.example dev-project"
    assert found.left("at db.dev.example") == Literal("db.dev.example", "", "variable db", "db")
    assert found.left("dev-project") == Literal("dev-project", "", "promote.map at reconcile.yml:40")


def test_variables_may_hold_lists_and_maps() -> None:
    mine: dict[str, Json] = {"origins": ["a.dev.example", {"x": "b.dev.example"}]}
    theirs: dict[str, Json] = {"origins": ["a.example", {"x": "b.example"}]}
    assert literals(NAMES, (mine, theirs), ()).mapped("a.dev.example b.dev.example") == "a.example b.example"


def test_letters_that_only_look_alike_once_their_case_is_gone_are_others() -> None:
    found = literals(
        NAMES, ({"a": "kiosk.example", "b": "b\u00dcro.example"}, {"a": "a.example", "b": "b.example"}), ()
    )
    assert found.left("\u212aiosk.example") is None
    assert found.mapped("KIOSK.example B\u00dcRO.example \u017ftop") == "a.example b.example \u017ftop"
    assert found.left("b\u00fcro.example") is None


def test_what_is_the_same_in_both_is_no_sign_of_either() -> None:
    same = literals(NAMES, ({"docs": "docs.acme.example"}, {"docs": "docs.acme.example"}), ())
    assert same.known == ()
    assert same.mapped("docs.acme.example") == "docs.acme.example"
    assert Literals().left("docs.acme.example") is None


def test_what_the_other_environment_has_itself_is_not_taken_for_that_of_the_first() -> None:
    found = literals(NAMES, ({"app": "acme.example"}, {"app": "app.acme.example"}), ())
    assert found.left("https://app.acme.example/x") is None
    assert found.left("https://acme.example/x") is not None


def test_a_value_is_spelled_with_the_variables_that_say_a_part_of_it() -> None:
    value: Json = {
        "https://dev.acme.example": ["https://dev.acme.example/x", 1, None, "dev.acme.example", "else"]
    }
    assert URLS.spelled(value, "var") == {
        "https://dev.acme.example": ["${var.app}/x", 1, None, "dev.acme.example", "else"]
    }
    rows = literals(NAMES, ({}, {}), [Counterpart({"dev": "dev-project", "prod": "project"}, PLACE)])
    assert rows.spelled("dev-project", "var") == "dev-project"


def test_the_host_of_one_environment_may_end_like_that_of_the_other() -> None:
    found = literals(NAMES, ({"app": "staging.acme.example"}, {"app": "acme.example"}), ())
    assert found.left("https://staging.acme.example/x") is not None
    assert found.left("https://acme.example/x") is None
    back = literals(NAMES, ({"app": "acme.example"}, {"app": "staging.acme.example"}), ())
    assert back.mapped("acme.example staging.acme.example") == "staging.acme.example staging.acme.example"


@pytest.mark.parametrize(
    "text",
    [
        "https://dev.acme.example",
        "dev.acme.example",
        "localhost:3000",
        "a@b.io",
        "10.0.0.12",
        "a-project-of-sixteen",
    ],
)
def test_what_nobody_writes_by_chance_is_specific(text: str) -> None:
    assert specific(text)


@pytest.mark.parametrize(
    "text", ["", "x", "true", "false", "eu", "staging", "3000", "1.25.3", "12:30", "a.b"]
)
def test_short_words_and_numbers_are_not_specific(text: str) -> None:
    assert not specific(text)


def test_switches_and_numbers_of_variables_refuse_nothing() -> None:
    found = literals(
        NAMES, ({"test_mode": True, "n": 3000, "e": "d"}, {"test_mode": False, "n": 1, "e": "p"}), ()
    )
    assert found == Literals()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://dev.acme.example/x?y#z", "dev.acme.example"),
        ("http://localhost:3000", "localhost:3000"),
        ("https://me@dev.acme.example", "dev.acme.example"),
        ("dev.acme.example", ""),
        ("mailto:me@acme.example", ""),
    ],
)
def test_only_a_url_has_a_host(text: str, expected: str) -> None:
    assert host(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "https://x.example/?next=https%3A%2F%2Fdev.acme.example%2Fx",
        "https://x.example/?next=https%253a%252f%252fDEV.acme.example",
        "x?to=a%40dev.acme.example",
        "<a href='https&#58;//dev&#46;acme.example'>",
        "dev%2Eacme.example",
    ],
)
def test_what_is_encoded_is_found_and_not_mapped(text: str) -> None:
    assert URLS.left(text) is not None
    assert URLS.left(text.replace("dev", "other").replace("DEV", "other")) is None


def test_so_many_encodings_are_taken_off_and_no_more() -> None:
    assert URLS.left("%252540dev.acme.example") is not None
    assert URLS.left("%" + "25" * 50 + "40dev.acme.example") is None


@pytest.mark.parametrize("value", ["https://dev.acme.example:8443", "dev.acme.example:8443"])
def test_a_host_is_looked_for_with_its_port_and_without(value: str) -> None:
    found = literals(NAMES, ({"app": value}, {"app": "https://acme.example"}), ())
    for text in ("x@dev.acme.example", "https://dev.acme.example/x", "https://dev.acme.example.:8443/"):
        assert found.left(text) is not None
    assert found.mapped("x@dev.acme.example") == "x@acme.example"


def test_the_same_host_with_another_port_is_no_sign_of_either() -> None:
    found = literals(NAMES, ({"app": "https://acme.example"}, {"app": "https://acme.example:8443"}), ())
    assert found.left("x@acme.example") is None
    assert (
        found.mapped("x@acme.example, https://acme.example/x")
        == "x@acme.example, https://acme.example:8443/x"
    )
    back = literals(NAMES, ({"app": "https://acme.example:8443"}, {"app": "https://acme.example"}), ())
    assert back.left("wss://acme.example:8443") is not None
    assert back.left("x@acme.example") is None


def test_an_address_with_a_port_is_found_with_and_without_it() -> None:
    found = literals(NAMES, ({"db": "http://10.0.0.12:8080"}, {"db": "http://10.9.9.9"}), ())
    assert found.mapped("ws://10.0.0.12:8080 at 10.0.0.12") == "ws://10.9.9.9 at 10.9.9.9"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://ada:x@dev.acme.example:8443/x?y#z", "dev.acme.example"),
        ("//dev.acme.example/", "dev.acme.example"),
        ("dev.acme.example/path", "dev.acme.example"),
        ("dev.acme.example.:80", "dev.acme.example"),
        ("http://[2001:db8::1]:80/x", "[2001:db8::1]"),
        ("10.0.0.0/8", "10.0.0.0"),
        ("http://localhost:3000", ""),
        ("ada@dev.acme.example", ""),
        ("See dev.acme.example", ""),
        ("application/json", ""),
        ("", ""),
    ],
)
def test_a_host_without_its_port(text: str, expected: str) -> None:
    assert bare(text) == expected


def test_where_two_variables_disagree_nothing_is_mapped_and_both_are_named() -> None:
    mine: dict[str, Json] = {"app": "https://dev.acme.example", "api": "https://dev.acme.example", "x": 1}
    theirs: dict[str, Json] = {"app": "https://acme.example/a", "api": "https://acme.example/b"}
    found = literals(NAMES, (mine, theirs), ())

    assert found.mapped("https://dev.acme.example/x") == "https://dev.acme.example/x"
    assert found.mapped("x@dev.acme.example") == "x@acme.example"
    assert found.left("https://dev.acme.example/x") == Literal(
        "https://dev.acme.example", "", "variable app and variable api, which are not the same there"
    )
    assert found.spelled("https://dev.acme.example/x", "var") == "https://dev.acme.example/x"
    row = Counterpart({"dev": "https://dev.acme.example", "prod": "https://app.acme.example"}, PLACE)
    said = literals(NAMES, (mine, theirs), [row])
    assert said.mapped("https://dev.acme.example/x") == "https://app.acme.example/x"


def test_what_one_variable_has_no_word_for_another_may_have() -> None:
    mine: dict[str, Json] = {"old": "https://dev.acme.example", "app": "https://dev.acme.example"}
    found = literals(NAMES, (mine, {"app": "https://acme.example"}), ())
    assert found.mapped("https://dev.acme.example/x") == "https://acme.example/x"
