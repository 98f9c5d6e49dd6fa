from __future__ import annotations

import pytest

from reconcile.state.keys import Keys

ONE, OTHER = Keys("sk_test_one_secret_key"), Keys("sk_test_another_secret_key")


def test_a_signature_fits_what_was_signed_and_nothing_else() -> None:
    signature = ONE.sign("content")

    assert ONE.signed("content", signature)
    assert not ONE.signed("content ", signature)
    assert not OTHER.signed("content", signature)


@pytest.mark.parametrize("signature", ["", "hmac-sha256:", "hmac-sha256:é", "x" * 76])
def test_what_is_no_signature_fits_nothing(signature: str) -> None:
    assert not ONE.signed("content", signature)


def test_a_digest_made_for_another_purpose_is_no_signature() -> None:
    assert not ONE.signed("content", ONE.seal("secret", "content"))
    assert not ONE.signed("content", ONE.seal("receipt", "content"))


def test_the_secret_key_is_in_no_form_of_the_keys() -> None:
    assert "one_secret_key" not in repr(ONE)
    assert "one_secret_key" not in ONE.sign("content")
