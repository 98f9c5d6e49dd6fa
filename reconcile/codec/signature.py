"""What the signature of a plan document is over. Making and testing it takes a key, and that is not known here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.diff import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconcile.model import Json

_SIGNATURE = "signature"


def signed_content(document: Mapping[str, Json]) -> str:
    """All of a document but its signature, in a form that layout and the order of members do not change."""
    return canonical({name: value for name, value in document.items() if name != _SIGNATURE})


def signed(document: Mapping[str, Json], sign: Callable[[str], str]) -> dict[str, Json]:
    """The document with its signature behind the digest; `sign` makes one of a text.

    What is not applicable gets none, whoever asks.
    """
    if document.get("applicable") is False:
        return dict(document)
    rows = list(document.items())
    behind = [name for name, _ in rows].index("digest") + 1
    return dict([*rows[:behind], (_SIGNATURE, sign(signed_content(document))), *rows[behind:]])
