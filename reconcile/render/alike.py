"""Two values that differ and look the same: what nobody would see in them otherwise."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from reconcile.model import Value

if TYPE_CHECKING:
    from reconcile.model import Tagged

_SPACES = re.compile(
    "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
)  # Unicode's separators (Zs), but for the usual one
_MOST = 3


def alike(before: Tagged, after: Tagged) -> str:
    """What to say of two values that look the same: in which characters they differ; nothing of any others."""
    old, new = _text(before), _text(after)
    if old == new or old is None or new is None or _looks(old) != _looks(new):
        return ""
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    became = f"{_named(gone)} became {_named(come)}" if gone else "the order of its characters differs"
    return f"looks the same: {became}"


def _text(tagged: Tagged) -> str | None:
    if not isinstance(tagged, Value):
        return None
    return tagged.value if isinstance(tagged.value, str) else json.dumps(tagged.value, ensure_ascii=False)


def _looks(text: str) -> str:
    """One text for all that look like it: spaces of every sort, letters with their accents and without."""
    return unicodedata.normalize("NFC", text if text.isascii() else _SPACES.sub(" ", text))


def _named(characters: Counter[str]) -> str:
    codes = [f"U+{ord(one):04X}" for one in characters]
    return " ".join(codes[:_MOST]) + (" …" if len(codes) > _MOST else "")
