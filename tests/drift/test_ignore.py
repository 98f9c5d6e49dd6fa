"""What rules hide, and what they do not."""

from __future__ import annotations

import pytest

from reconcile.drift import expired, sort_out
from reconcile.model import ABSENT, Difference, Drifted, Found, Ignore, Side, Value

ROLE = Difference(("claims", "role"), Side.INSTANCE, Value(1), Value(2), Value(1))
LIFETIME = Difference(("lifetime",), Side.FILES, Value(1), Value(1), Value(2))
TOKEN = Drifted("jwt_template/a", "jwt_template", "a", Found.CHANGED, Side.BOTH, fields=(ROLE, LIFETIME))
GONE = Drifted(
    "redirect_url/myapp://x",
    "redirect_url",
    "myapp://x",
    Found.MISSING,
    Side.INSTANCE,
    fields=(Difference(("url",), Side.INSTANCE, Value("myapp://x"), ABSENT, Value("myapp://x")),),
)
TODAY = "2027-01-15"


def rule(address: str, field: str = "", expires: str = TODAY) -> Ignore:
    return Ignore(address, "known", expires, field)


def shown(*rules: Ignore) -> tuple[list[tuple[str, list[str]]], list[tuple[str, list[str]]]]:
    """Address and fields of what is seen, and of what is hidden."""
    seen, hidden = sort_out((TOKEN, GONE), rules, TODAY)
    return [_told(one) for one in seen], [_told(one.what) for one in hidden]


def _told(one: Drifted) -> tuple[str, list[str]]:
    return one.address, [".".join(map(str, item.path)) for item in one.fields]


def test_without_rules_everything_is_seen() -> None:
    assert sort_out((TOKEN, GONE), (), TODAY) == ((TOKEN, GONE), ())


@pytest.mark.parametrize("address", ["jwt_template/a", "jwt_template/*", "*/a"])
def test_a_rule_without_a_field_hides_the_whole_object(address: str) -> None:
    assert shown(rule(address)) == (
        [("redirect_url/myapp://x", ["url"])],
        [("jwt_template/a", ["claims.role", "lifetime"])],
    )


@pytest.mark.parametrize("field", ["claims", "claims.role", "claims.*", "cl*"])
def test_a_rule_with_a_field_hides_it_and_what_lies_in_it(field: str) -> None:
    seen, hidden = sort_out((TOKEN,), (rule("jwt_template/a", field),), TODAY)

    assert [(one.side, one.fields) for one in seen] == [(Side.FILES, (LIFETIME,))]
    assert [(one.what.side, one.what.fields) for one in hidden] == [(Side.INSTANCE, (ROLE,))]


@pytest.mark.parametrize("field", ["claim", "role", "lifetime.x"])
def test_a_rule_for_another_field_hides_nothing(field: str) -> None:
    assert sort_out((TOKEN,), (rule("jwt_template/a", field),), TODAY) == ((TOKEN,), ())


def test_several_rules_take_their_parts_and_the_first_that_means_something_counts() -> None:
    rules = (rule("*", "lifetime"), rule("jwt_template/a", "claims"), rule("*"))

    seen, hidden = sort_out((TOKEN, GONE), rules, TODAY)

    assert seen == ()
    assert [(one.rule, _told(one.what)) for one in hidden] == [
        (rules[0], ("jwt_template/a", ["lifetime"])),
        (rules[1], ("jwt_template/a", ["claims.role"])),
        (rules[2], ("redirect_url/myapp://x", ["url"])),
    ]


def test_that_an_object_is_gone_is_no_matter_of_one_field() -> None:
    assert sort_out((GONE,), (rule("redirect_url/*", "url"),), TODAY) == ((GONE,), ())


def test_a_rule_holds_until_the_end_of_its_last_day_and_no_longer() -> None:
    over, last = rule("*", expires="2027-01-14"), rule("*", expires="2027-01-15")

    assert sort_out((TOKEN,), (over,), TODAY) == ((TOKEN,), ())
    assert sort_out((TOKEN,), (last,), TODAY)[0] == ()
    assert expired((over, last), TODAY) == (over,)
