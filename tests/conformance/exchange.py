"""What our client and the simulator said: one value for each message, kept as lines of JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

CLIENT: Final = "client"
SIMULATOR: Final = "simulator"
_WORD: Final = re.compile(r"[A-Za-z0-9_]{1,20}")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that our client sent, or an answer of the simulator beside the request that it belongs to.

    Headers and body are the speaker's: the client's own of a request, the simulator's of an answer.
    """

    speaker: str
    method: str
    path: str
    """As sent, with `/v1` and its escapes."""
    query: tuple[tuple[str, str], ...]
    version: str
    """The version of the API that the request names; empty where it names none."""
    headers: tuple[tuple[str, str], ...]
    """Names in lower case; values only where they matter."""
    body: str
    status: int = 0
    """0 where the client speaks."""

    def header(self, name: str) -> str:
        """The value of a header, empty where there is none."""
        return dict(self.headers).get(name, "")

    @property
    def document(self) -> Any:
        """The body as data; raises ValueError where it is no JSON."""
        return json.loads(self.body)


def read(folder: Path) -> list[Exchange]:
    """Everything that was recorded into a folder, in an order that does not depend on who ran when."""
    lines = {line for path in folder.glob("*.jsonl") for line in path.read_bytes().splitlines()}
    return [_exchange(json.loads(line)) for line in sorted(lines)]


def _exchange(row: dict[str, Any]) -> Exchange:
    pairs = {name: tuple((key, value) for key, value in row[name]) for name in ("query", "headers")}
    return Exchange(**{**row, **pairs})


def distinct(spoken: Iterable[tuple[str, Exchange]]) -> list[tuple[str, Exchange]]:
    """Operations with their exchanges, one for each form of speaking: the first."""
    found: dict[tuple[object, ...], tuple[str, Exchange]] = {}
    for operation, one in spoken:
        found.setdefault((operation, *form_of(one, with_version=True)), (operation, one))
    return list(found.values())


def form_of(one: Exchange, *, with_version: bool) -> Iterator[object]:
    """What tells an exchange of one operation from another one."""
    yield from (one.speaker, one.version if with_version else bool(one.version), one.status)
    yield tuple(sorted({name for name, _ in one.query}))
    yield tuple(header for header in one.headers if with_version or header[0] != "clerk-api-version")
    try:
        yield _shape(one.document)
    except ValueError:
        yield bool(one.body)


def _shape(value: Any) -> object:
    """Names and types, and of texts those that could be a choice from a list; of a list, what its items look like."""
    if isinstance(value, dict):
        return tuple(sorted((name, _shape(member)) for name, member in value.items()))
    if isinstance(value, list):
        return frozenset(map(_shape, value))
    if isinstance(value, str) and _WORD.fullmatch(value):
        return f"={value}"
    return type(value).__name__
