"""What comes back: read to its end but not without limit, and understood, good or bad."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

from reconcile.errors import AnswerError, ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reconcile.clock import Clock

LARGEST = 64 * 2**20
"""Bytes of one answer. The longest list that we read page by page comes in less than one of them."""

_CARRIED_OUT_PERHAPS = frozenset({408, *range(500, 600)}) - {501}
_MAY_HAVE_TAKEN = "it may have taken: plan again to see"
_HINTS: Mapping[int, str] = {
    401: "check that the secret key is complete, not revoked, and that of this instance",
    402: "the plan of this instance does not include this; upgrade it, or take this out of the files",
    423: "the service has locked these writes; write to its support, it will not pass by itself",
}


_FEATURES = ("unsupported_features", "features")


class Answer(NamedTuple):
    """One answer with its body."""

    asked: str
    status: int
    reason: str
    headers: httpx.Headers
    body: bytearray

    @property
    def good(self) -> bool:
        """Whether the service did what it was asked for."""
        return 200 <= self.status < 300


def read(response: httpx.Response, asked: str, clock: Clock, deadline: float) -> Answer:
    """Read an answer to its end, in one piece, because the many parts of a long list leave holes in the memory.

    Raises AnswerError where it is too long, and httpx.ReadTimeout where it trickles in without an end in sight.
    """
    answer = Answer(asked, response.status_code, response.reason_phrase, response.headers, bytearray())
    for part in response.iter_bytes():
        answer.body.extend(part)
        if len(answer.body) > LARGEST:
            raise AnswerError(
                f"{asked}: the answer is longer than {LARGEST // 2**20} MiB, so it was not read; "
                "look for a proxy in between"
            )
        if clock.now() > deadline:
            raise httpx.ReadTimeout("the answer does not come to an end")
    return answer


def decoded(answer: Answer) -> Any:
    """The JSON of an answer, None for an empty one."""
    try:
        text = answer.body.decode("utf-8-sig")
        answer.body.clear()  # a long list would lie beside its text and its objects
        return json.loads(text, object_hook=_sharing()) if text else None
    except (ValueError, RecursionError) as error:
        raise AnswerError(
            f"{answer.asked}: answered {answer.status} with something that is no JSON; "
            "try again, and look for a proxy in between"
        ) from error


def _sharing() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Keeps a text that an object has in common with the one before only once: a quarter of a long list."""
    before: dict[str, Any] = {}

    def share(row: dict[str, Any]) -> dict[str, Any]:
        nonlocal before
        for name, value in row.items():
            if isinstance(value, str) and before.get(name) == value:
                row[name] = before[name]
        before = row
        return row

    return share


def retry_after(answer: Answer, clock: Clock) -> float:
    """What `Retry-After` asks for in seconds, whether it is written as seconds or as a date; 0 where it says nothing."""
    text = answer.headers.get("retry-after", "")
    try:
        wait = float(text)
    except ValueError:
        try:
            wait = parsedate_to_datetime(text).timestamp() - clock.now()
        except (ValueError, OverflowError):
            return 0.0
    return max(wait, 0.0) if wait < float("inf") else 0.0  # nan as well


def codes(answer: Answer) -> tuple[str, ...]:
    """The codes of the errors in an answer."""
    return tuple(str(row.get("code", "")) for row in _error_rows(answer)[0])


def api_error(answer: Answer, wait: float) -> ApiError:
    """The error that the service answered, in one sentence with its codes, field names and trace id."""
    rows, trace = _error_rows(answer)
    said = "; ".join(_row(row) for row in rows) or answer.reason
    trace = trace or answer.headers.get("cf-ray", "")
    parts = [f"{answer.asked}: {answer.status} {said}", _hint(answer, wait)]
    text = "; ".join(part for part in parts if part) + (f" [trace {trace}]" if trace else "")
    return ApiError(
        text, status=answer.status, codes=codes(answer), retry_after=wait, features=_features(rows)
    )


def _features(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """What the plan of the instance would have to include, as a 402 names it."""
    metas = [row["meta"] for row in rows if isinstance(row.get("meta"), dict)]
    lists = [meta[name] for meta in metas for name in _FEATURES if isinstance(meta.get(name), list)]
    return tuple(sorted({str(item) for found in lists for item in found}))


def _hint(answer: Answer, wait: float) -> str:
    """What to do about it, where that can be told from the status."""
    if answer.status in _CARRIED_OUT_PERHAPS:
        return "" if answer.asked.startswith("GET ") else _MAY_HAVE_TAKEN
    if 300 <= answer.status < 400:
        return "redirects are not followed, so that the key stays where it belongs; check api_url"
    if answer.status == 429 and wait:
        return f"the service asks to wait {wait:.0f} seconds; try again then"
    return _HINTS.get(answer.status, "")


def _row(row: Mapping[str, Any]) -> str:
    meta = row.get("meta") if isinstance(row.get("meta"), dict) else {}
    names = [
        str(item)
        for value in (meta or {}).values()
        for item in (value if isinstance(value, list) else [value])
    ]
    message = row.get("long_message") or row.get("message") or ""
    return " ".join(
        part
        for part in (f"{row.get('code', '')}:", str(message), f"({', '.join(names)})" if names else "")
        if part
    )


def _error_rows(answer: Answer) -> tuple[list[Mapping[str, Any]], str]:
    try:
        document = json.loads(answer.body)
        rows: list[Mapping[str, Any]] = [row for row in document.get("errors", ()) if isinstance(row, dict)]
        return rows, str(document.get("clerk_trace_id") or "")
    except (ValueError, AttributeError, TypeError, RecursionError):
        return [], ""
