"""What `-v` shows of each call; the bodies of `-v -v` without whatever is nobody's business."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from reconcile.render.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconcile.client import Exchange
    from reconcile.model import Kind
    from reconcile.redact import Redactor

_HIDDEN = "[hidden]"
_TELLING = re.compile(
    r"secret|password|token|credential|authorization|private|signing_key|api_?key", re.IGNORECASE
)
_LONGEST = 4000  # characters of one body
_NOTICED = 0.05  # seconds of waiting below which nothing is said about it


class Trace:
    """Tells the calls of one run, each in a line, and with `bodies` what was sent and what came."""

    def __init__(
        self, kinds: Mapping[str, Kind], redact: Redactor, say: Callable[[str], None], *, bodies: bool
    ) -> None:
        self._fields = {kind.path: _hidden_fields(kind) for kind in kinds.values()}
        self._redact = redact
        self._say = say
        self._bodies = bodies

    def tell(self, exchange: Exchange) -> None:
        """Say what became of one try; all of it at once, because others are told at the same time."""
        lines = [_summary(exchange)]
        if self._bodies:
            hidden = self._hidden(exchange.path.partition("?")[0])
            if exchange.sent is not None:
                lines.append(f"  sent {self._shown(exchange.sent, hidden)}")
            if exchange.answered:
                lines.append(f"  came {self._answer(exchange.answered, hidden)}")
        self._say("\n".join(lines))

    def _hidden(self, path: str) -> frozenset[str]:
        """Names of fields that are not shown on a path: those of the kind that it belongs to."""
        owners = [one for one in self._fields if path == one or path.startswith(f"{one}/")]
        return self._fields[max(owners, key=len)] if owners else frozenset()

    def _answer(self, body: bytes, hidden: frozenset[str]) -> str:
        """An answer, as far as it can be looked through; what cannot, might hold anything."""
        try:
            return self._shown(json.loads(body), hidden)
        except (ValueError, RecursionError):
            return f"{len(body)} bytes that are no JSON"

    def _shown(self, document: Any, hidden: frozenset[str]) -> str:
        text = safe(self._redact(json.dumps(_without(document, hidden), ensure_ascii=False)))
        more = len(text) - _LONGEST
        return text if more <= 0 else f"{text[:_LONGEST]}… and {more} characters more"


def _hidden_fields(kind: Kind) -> frozenset[str]:
    return frozenset(field.name for field in kind.fields.values() if field.sensitive or field.write_only)


def _without(value: Any, hidden: frozenset[str]) -> Any:
    """A document without the values of members whose names are hidden, or sound like a secret."""
    if isinstance(value, dict):
        return {
            name: _HIDDEN if name in hidden or _TELLING.search(name) else _without(item, hidden)
            for name, item in value.items()
        }
    return [_without(item, hidden) for item in value] if isinstance(value, list) else value


def _summary(exchange: Exchange) -> str:
    came = str(exchange.status) if exchange.status else f"no answer ({exchange.reason})"
    waited = f", after waiting {exchange.waited:.1f} s" if exchange.waited >= _NOTICED else ""
    return f"{exchange.method} {exchange.path}: {came} in {exchange.seconds * 1000:.0f} ms{waited}"
