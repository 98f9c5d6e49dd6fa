"""Identifiers that look like Clerk's: a prefix and 27 characters of base 62."""

from __future__ import annotations

import hashlib
import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_LENGTH = 27


def new_id(prefix: str, rng: random.Random) -> str:
    """A fresh identifier, such as `jtmp_2pX…`."""
    return prefix + "".join(rng.choices(_ALPHABET, k=_LENGTH))


def derived_id(prefix: str, secret: str, *names: str) -> str:
    """The identifier that one state always gives to one thing, and another state never does."""
    number = int.from_bytes(hashlib.sha256("\0".join((secret, *names)).encode()).digest(), "big")
    digits = []
    for _ in range(_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return prefix + "".join(digits)


def new_hex(rng: random.Random, length: int = 32) -> str:
    """Random hexadecimal digits: trace ids and the state's own secret."""
    return f"{rng.getrandbits(length * 4):0{length}x}"
