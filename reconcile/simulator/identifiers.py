"""Allow- and block-list entries: what counts as an identifier, of which type, and how it is written down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reconcile.simulator.problems import problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.simulator.lag import Record
    from reconcile.simulator.problems import Problem
    from reconcile.simulator.world import Call

_LABEL = r"[^\s@.*]+"
_FORMS: tuple[tuple[str, re.Pattern[str], bool], ...] = (
    # (identifier_type, form, whether it is written down in lower case)
    ("web3_wallet", re.compile(r"0[xX][0-9A-Fa-f]{40}"), True),
    ("web3_wallet", re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}"), False),
    ("phone_number", re.compile(r"\+[1-9][0-9]{6,14}"), False),
    ("email_address", re.compile(rf"[^\s@]+@(?:\*\.)?{_LABEL}(?:\.{_LABEL})+"), True),
)
_INVITED = ("email_address", "phone_number")


def problems(call: Call, body: dict[str, Any], _old: Record | None) -> Iterator[Problem]:
    """Neither an address, a pattern, a phone number nor a wallet; or listed already."""
    try:
        _type, identifier = recognised(body["identifier"])
    except ValueError:
        yield problem(
            "form_param_format_invalid", "identifier", why="must be an email address, phone number or wallet"
        )
        return
    if call.world.store.key_of(call.owner, "identifier", identifier) is not None:
        what = call.owner.removesuffix("_identifiers") + " identifier"
        yield problem("duplicate_record", "identifier", value=identifier, what=what)


def recognised(text: str) -> tuple[str, str]:
    """The type of an identifier and its stored form; ValueError when it is none."""
    for kind, form, lowered in _FORMS:
        if form.fullmatch(text):
            return kind, text.lower() if lowered else text
    raise ValueError(text)


def stored(_call: Call, body: dict[str, Any], _old: Record | None) -> dict[str, Any]:
    """The entry in its stored form."""
    kind, identifier = recognised(body["identifier"])
    return {"identifier": identifier, "identifier_type": kind}


def stored_allowed(call: Call, body: dict[str, Any], old: Record | None) -> dict[str, Any]:
    """The same, and an invitation if one was asked for and somebody can receive it."""
    entry = stored(call, body, old)
    invited = body.get("notify") and entry["identifier_type"] in _INVITED and "*" not in entry["identifier"]
    if not invited:
        return entry
    invitation = {"id": call.world.new_id("inv_"), "identifier": entry["identifier"]}
    call.world.store.data["invitations"].append(invitation)
    return {**entry, "invitation_id": invitation["id"]}
