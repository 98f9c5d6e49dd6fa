"""Redirect URLs that native applications may return to. The API has no update: the URL is the whole resource."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reconcile.model import Kind, Remark, Review

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(review: Review) -> Iterator[Remark]:
    """The service wants a scheme and matches exactly, so a wildcard would never match anything."""
    if "*" in review.key:
        yield Remark("wildcards are not supported, URLs are matched exactly; list each URL")
    if any(character.isspace() for character in review.key):
        yield Remark("holds white space, and URLs are matched exactly; remove it, or write %20")
    try:
        parts = urlsplit(review.key)
    except ValueError as error:
        yield Remark(f"is no URL ({error}); write a full URL such as https://app.example.com/callback")
        return
    port = not parts.netloc and parts.path[:1].isdigit()  # localhost:3000 reads like a scheme
    if not parts.scheme or not (parts.netloc or parts.path) or port:
        yield Remark(
            "has no scheme; write a full URL such as https://app.example.com/callback or myapp://callback"
        )


def _scheme(url: str) -> str:
    """An application that answers to a scheme of its own has nowhere to return to without a URL of it."""
    scheme, colon, _ = url.partition(":")
    return f"the scheme {scheme.lower()}" if colon else ""


KIND = Kind(
    name="redirect_url",
    section="redirect_urls",
    path="/redirect_urls",
    key="url",
    entries="urls",
    update=None,
    present=frozenset({"duplicate_record", "form_identifier_exists", "form_already_exists"}),
    family=_scheme,
    check=_check,
)
