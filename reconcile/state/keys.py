"""Keys for our own digests, derived from an instance's secret key so that nobody without it can make or test one."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconcile.diff import canonical
from reconcile.model import Secret, Value
from reconcile.redact import Redactor

if TYPE_CHECKING:
    from reconcile.model import Path, Tagged

_SALT = b"clerk-reconcile"


@dataclass(frozen=True, slots=True)
class Keys:
    """Derives one key for each purpose (HKDF with SHA-256, RFC 5869); the secret key itself is never used."""

    secret_key: str = field(repr=False)
    redact: Redactor = field(default_factory=Redactor, repr=False, compare=False)
    """Knows every secret of which a digest was made, and the key: what is kept in files is held against it."""

    def __post_init__(self) -> None:
        self.redact.learn("key", self.secret_key)

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose."""
        extracted = hmac.digest(_SALT, self.secret_key.encode("utf-8", "surrogatepass"), "sha256")
        return hmac.digest(extracted, purpose.encode() + b"\x01", "sha256")

    def seal(self, purpose: str, text: str) -> str:
        """The HMAC of a text for one purpose."""
        mac = hmac.new(self.derive(purpose), text.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return f"hmac-sha256:{mac.hexdigest()}"

    def sign(self, content: str) -> str:
        """The signature of a plan."""
        return self.seal("plan", content)

    def signed(self, content: str, signature: str) -> bool:
        """Whether a signature was made with this key over just this content."""
        return hmac.compare_digest(self.sign(content).encode(), signature.encode("utf-8", "surrogatepass"))

    def secret(self, name: str, value: str) -> Secret:
        """A secret as plans hold it: its name, and a digest that tells two values apart."""
        self.redact.learn(name, value)
        return Secret(name, self.seal("secret", value))

    def receipt(self, address: str, path: Path, value: Tagged) -> str:
        """What a receipt keeps of a value that was sent."""
        content = value.value if isinstance(value, Value) else getattr(value, "digest", "")
        return self.seal("receipt", canonical([address, list(path), content]))
