"""Templates of custom tokens. Applications ask for them by name, so a rename is one update and never a new object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Kind, Remark, Review, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

_RESERVED = frozenset({"azp", "exp", "iat", "iss", "jti", "nbf", "sub"})
_SESSION_BOUND = frozenset({"sid", "v", "pla", "fea"})
_KEY_FIELDS = ("custom_signing_key", "signing_algorithm", "signing_key")


def _check(review: Review) -> Iterator[Remark]:
    claims = review.declared.get("claims")
    names = claims.value if isinstance(claims, Value) and isinstance(claims.value, dict) else {}
    for name in sorted(_RESERVED.intersection(names)):
        yield Remark("is set by the service in every token; remove it", path=("claims", name))
    for name in sorted(_SESSION_BOUND.intersection(names)):
        yield Remark(
            "belongs to session tokens and is refused in a template; remove it", path=("claims", name)
        )
    yield from _check_key(review)


def _check_key(review: Review) -> Iterator[Remark]:
    custom = review.declared.get("custom_signing_key") == Value(value=True)
    if "signing_key" in review.declared and not custom:
        yield Remark("needs custom_signing_key: true beside it; add it", path=("signing_key",))
    if custom and "signing_algorithm" not in review.declared:
        yield Remark(
            "needs signing_algorithm beside it, such as HS256 or RS256; add it", path=("custom_signing_key",)
        )


KIND = Kind(
    name="jwt_template",
    section="jwt_templates",
    path="/jwt_templates",
    key="name",
    always=("name", "claims"),
    carries={"custom_signing_key": _KEY_FIELDS},
    not_ours=frozenset({"session_token_jwt_template"}),
    present=frozenset({"duplicate_record", "form_identifier_exists", "form_already_exists"}),
    check=_check,
)
