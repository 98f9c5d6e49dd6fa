"""An answer held against what was sent. No I/O here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconcile.apply.ending import Taken
from reconcile.diff import as_compared, equal
from reconcile.model import FieldChange, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconcile.model import Fields, Json, Kind

    Accepts = Callable[[str, str, Json, Json], bool]


def taken(kind: Kind, address: str, body: Fields, answer: Any, accepts: Accepts) -> Taken:
    """What of a body took; a field that the answer does not show is left to the re-read.

    `accepts` says of an address, a field, what was sent and what came back whether that is fine.
    """
    problems, rewritten = [], []
    for name, sent, got in different(kind, body, answer if isinstance(answer, dict) else {}):
        if accepts(address, name, sent, got):
            rewritten.append(FieldChange((name,), Value(sent), Value(got)))
        else:
            problems.append(f"{name} did not take: sent {_short(sent)}, the service answered {_short(got)}")
    remark = ", ".join(str(item.path[0]) for item in rewritten)
    return Taken(
        tuple(problems), tuple(rewritten), f"{remark}: the service's own form is accepted" if remark else ""
    )


def different(kind: Kind, body: Fields, row: dict[str, Any]) -> Iterator[tuple[str, Json, Json]]:
    """The fields that a row of the service shows in another form than they were sent, with both."""
    for name, value in body.items():
        if isinstance(value, Value) and value.value is not None and name in row and name in kind.fields:
            got, sent = as_compared(kind, name, row[name], value.value)
            if not equal(got, sent):
                yield name, sent, got


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
