"""What Clerk does with JWT templates beyond the contract: reserved claims, custom keys, claims stored as JSON."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from reconcile.simulator.problems import problem, refuse
from reconcile.simulator.seed import SESSION_TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.simulator.lag import Record
    from reconcile.simulator.problems import Problem
    from reconcile.simulator.world import Call

RESERVED_CLAIMS = ("azp", "exp", "iat", "iss", "jti", "nbf", "sub", "sid", "v", "pla", "fea")
DEFAULTS: dict[str, Any] = {
    "lifetime": 60,
    "allowed_clock_skew": 5,
    "custom_signing_key": False,
    "signing_algorithm": "RS256",
    "signing_key": None,
}
_KEY_FIELDS = ("signing_algorithm", "signing_key")


def problems(call: Call, body: dict[str, Any], old: Record | None) -> Iterator[Problem]:
    """Names that are blank or taken, reserved claims, and a custom key that is not all there."""
    if not body["name"].strip():
        yield problem("form_param_format_invalid", "name", why="must not be blank")
    holder = call.world.store.key_of(call.owner, "name", body["name"])
    if holder is not None and holder != (old or {}).get("id"):
        yield problem("form_identifier_exists", "name", value=body["name"])
    if _custom(body, old):
        yield from _incomplete_key(body)
    for claim in RESERVED_CLAIMS:
        if claim in body["claims"]:
            yield problem("jwt_template_reserved_claim", "claims", value=claim)


def stored(_call: Call, body: dict[str, Any], old: Record | None) -> dict[str, Any]:
    """What is kept: nulls become defaults, claims are rewritten, and no key stays where none is wanted."""
    sent = {name: value for name, value in body.items() if name in {"name", *DEFAULTS}}
    cleaned = {name: DEFAULTS.get(name) if value is None else value for name, value in sent.items()}
    if key := cleaned.get("signing_key"):
        cleaned["signing_key"] = fingerprint(key)
    keyless = {} if _custom(body, old) else {name: DEFAULTS[name] for name in _KEY_FIELDS}
    return {**cleaned, **keyless, "claims": rewritten(body["claims"])}


def fingerprint(signing_key: str) -> str:
    """What is kept of a signing key: no call returns it, so a state file need not hold it."""
    return "sha256:" + hashlib.sha256(signing_key.encode("utf-8", "surrogatepass")).hexdigest()


def before_delete(record: Record) -> None:
    """The session token's template stays."""
    if record.get(SESSION_TOKEN):
        raise refuse("session_token_jwt_template")


def rewritten(claim: Any) -> Any:
    """JSON as a database gives it back: shorter keys first, then by alphabet; `1.0` is the number 1."""
    if isinstance(claim, dict):
        return {key: rewritten(claim[key]) for key in sorted(claim, key=lambda key: (len(key), key))}
    if isinstance(claim, list):
        return [rewritten(one) for one in claim]
    return int(claim) if isinstance(claim, float) and claim.is_integer() else claim


def _custom(body: dict[str, Any], old: Record | None) -> bool:
    """Whether the template signs with its own key once the body is in force."""
    return bool(body.get("custom_signing_key", (old or {}).get("custom_signing_key", False)))


def _incomplete_key(body: dict[str, Any]) -> Iterator[Problem]:
    """A custom key wants its algorithm and itself, every time."""
    for name in _KEY_FIELDS:
        if not body.get(name):
            yield problem("form_conditional_param_missing", name, why="custom_signing_key is true")
