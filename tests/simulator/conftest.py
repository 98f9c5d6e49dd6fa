from __future__ import annotations

import json
import random
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from openapi_schema_validator import OAS30Validator

from reconcile.simulator import Options, Request, Response, Simulator, Store
from reconcile.simulator.client import Client
from reconcile.simulator.contract import published

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.clock import Clock

KEYS = {"development": "sk_test_abcdefgh12345678", "production": "sk_live_abcdefgh12345678"}


class FakeClock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@cache
def validator(method: str, path: str, status: int) -> OAS30Validator:
    """Checks the answers of one operation, or of none: then only the shape of an error is known."""
    found = published().at(path.removeprefix("/v1"))
    answers = found[method][0].answers if method in found else {}
    return OAS30Validator(answers.get(status) or published().errors)


def must_have_the_shape_of_the_contract(request: Request, response: Response) -> None:
    if response.headers.get("content-type") == "application/json":
        validator(request.method, request.path, response.status).validate(json.loads(response.body))


@pytest.fixture
def clock() -> Clock:
    return FakeClock()


@pytest.fixture
def instance(clock: Clock) -> Callable[..., Client]:
    """Makes instances; takes the same words as Options. Every answer is held against the contract."""

    def make(**words: Any) -> Client:
        options = Options(**{"rate_limit": False, **words})
        rng = random.Random(7)  # noqa: S311 - repeatable, not secret
        simulator = Simulator(Store.new(options, rng), options, clock, rng)
        client = Client(simulator, KEYS[options.type])
        if not options.future:
            client.watch = must_have_the_shape_of_the_contract
        return client

    return make


@pytest.fixture
def api(instance: Callable[..., Client]) -> Client:
    """A development instance with every feature."""
    return instance()


@pytest.fixture
def production(instance: Callable[..., Client]) -> Client:
    """A production instance without any paid feature."""
    return instance(type="production", features=frozenset())
