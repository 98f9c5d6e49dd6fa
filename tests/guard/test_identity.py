from __future__ import annotations

import pytest

from reconcile.errors import RefusedError
from reconcile.guard import check_confirmed, check_instance, check_key
from reconcile.model import Instance

DEV = Instance("ins_1", "development")


@pytest.mark.parametrize(("key", "type_"), [("sk_test_a", "development"), ("sk_live_a", "production")])
def test_a_key_that_fits_the_environment_is_taken(key: str, type_: str) -> None:
    check_key("staging", key, type_)


@pytest.mark.parametrize(
    ("key", "type_", "why"),
    [
        ("sk_live_a", "development", "its secret key is that of a production instance"),
        ("sk_test_a", "production", "its secret key is that of a development instance"),
        ("pk_test_a", "development", "starts with neither sk_test_ nor sk_live_"),
        ("", "development", "starts with neither sk_test_ nor sk_live_"),
    ],
)
def test_a_key_of_another_type_is_refused_before_anything_is_sent(key: str, type_: str, why: str) -> None:
    with pytest.raises(RefusedError, match=why) as caught:
        check_key("staging", key, type_)

    assert "environment staging" in str(caught.value)
    assert not key or key not in str(caught.value)


@pytest.mark.parametrize("pinned", ["", "ins_1"])
def test_the_instance_that_is_meant_is_taken(pinned: str) -> None:
    check_instance("staging", DEV, "development", pinned)


def test_another_instance_than_the_pinned_one_is_refused() -> None:
    with pytest.raises(RefusedError, match="is pinned to ins_2, and its secret key belongs to ins_1"):
        check_instance("staging", DEV, "development", "ins_2")


def test_an_instance_of_another_type_is_refused() -> None:
    with pytest.raises(RefusedError, match="has type production, and the instance says it is development"):
        check_instance("staging", DEV, "production", "")


def test_a_protected_environment_wants_its_name_once_more() -> None:
    check_confirmed("production", "production")

    for given in ("", "Production", "staging"):
        with pytest.raises(RefusedError, match="say `--confirm production` to write to it"):
            check_confirmed("production", given)
