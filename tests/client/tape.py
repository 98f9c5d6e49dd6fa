"""A server whose answers are played back from a list, and clients of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from reconcile.client import Client
from tests.lab import FakeClock

if TYPE_CHECKING:
    from collections.abc import Sequence

Answer = httpx.Response | Exception
URL = "http://127.0.0.1:1/v1"
KEY = "sk_test_abcdefgh"


@dataclass
class Tape(httpx.BaseTransport):
    """Plays answers in turn, the last one for ever, and keeps what was asked."""

    answers: list[Answer]
    asked: list[httpx.Request] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def ok(body: Any) -> httpx.Response:
    return httpx.Response(200, json=body)


def refusal(status: int, code: str = "", **headers: str) -> httpx.Response:
    rows = [{"code": code}] if code else []
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, json={"errors": rows})


def limited(wait: str, code: str = "too_many_requests") -> httpx.Response:
    return refusal(429, code, retry_after=wait)


def client(way: httpx.BaseTransport, clock: FakeClock | None = None, **words: Any) -> Client:
    return Client(URL, KEY, way, clock or FakeClock(), **words)


def tape(*answers: Answer) -> Tape:
    return Tape(list(answers))


def verbs(asked: Sequence[httpx.Request]) -> list[str]:
    return [request.method for request in asked]
