"""What the allow list and the block list have in common: the forms of an identifier, and how the service stores it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.model import Remark, Review, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

_OUTER = " \t\r\n"
_EVM = re.compile(r"0x[0-9a-fA-F]{40}")
_SOLANA = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_PHONE_PUNCTUATION = re.compile(r"[ ().-]")
_DOMAIN = r"[^\s@*,.]+(?:\.[^\s@*,.]+)+"
_EMAIL = re.compile(rf"[^\s@*,]+@{_DOMAIN}|\*@(?:\*\.)?{_DOMAIN}")
_LITERAL_STAR = re.compile(rf"[^\s@]*\*[^\s@]*@{_DOMAIN}")
_BARE_DOMAIN = re.compile(rf"@?{_DOMAIN}")
_FORMS = (
    "use an email address, *@domain, *@*.domain, a phone number such as +15555550100, or a wallet address"
)


def normalise(text: str) -> str:
    """The form that the service stores: emails in lower case, phones in E.164, EVM wallets in lower case.

    Base58 wallets are case-sensitive and stay as written.
    """
    text = text.strip(_OUTER)
    if "@" in text or _EVM.fullmatch(text):
        return text.lower()
    return _PHONE_PUNCTUATION.sub("", text) if text.startswith("+") else text


def literal_star(review: Review) -> Iterator[Remark]:
    """Warn of a pattern that the service would take for a plain address, also where it is about to be created."""
    if "*" in review.key and not _EMAIL.fullmatch(review.key) and _LITERAL_STAR.fullmatch(review.key):
        message = "the service takes this * literally, so the entry matches nobody; only *@domain and *@*.domain are patterns"
        yield Remark(message, Severity.WARNING, rule="literal-star")


def check(review: Review) -> Iterator[Remark]:
    """Refuse what the service refuses, and warn of a pattern that it would take for a plain address."""
    key = review.key
    if any(form.fullmatch(key) for form in (_EMAIL, _PHONE, _EVM, _SOLANA)):
        return
    if _LITERAL_STAR.fullmatch(key):
        yield from literal_star(review)
    elif _BARE_DOMAIN.fullmatch(key):
        yield Remark(f"a bare domain is not accepted; write '*@{key.removeprefix('@')}'")
    else:
        yield Remark(f"is no identifier; {_FORMS}")
