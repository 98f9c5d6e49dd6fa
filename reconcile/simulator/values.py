"""What goes into the simulator and what comes out of it, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Options:
    """How the simulated instance behaves; the defaults are those of a development instance without mercy or faults."""

    type: str = "development"
    """The instance's environment: `development` or `production`."""
    features: frozenset[str] | None = None
    """Paid features that the plan includes (names in `plans.FEATURES`); None means all, the empty set none."""
    rate_limit: bool = True
    """False lifts the request limit and the limit on template writes."""
    lag: float = 0.0
    """Seconds by which reads may trail behind writes, per object and not monotonically."""
    future: bool = False
    """Answers hold fields and enum values that no published version of the API has yet."""
    keys: frozenset[str] | None = None
    """The secret keys that are accepted; None takes any well-formed key of the right environment."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names are lower case, `path` starts with `/v1/`."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response, and what becomes of it on its way; whoever carries it over a connection sees to that."""

    status: int
    """0 where no answer arrives."""
    headers: Mapping[str, str]
    body: bytes
    broken: str = ""
    """How the connection fails: `RESET`, `LOST` or `TRUNCATED`; empty when it does not."""
    delay: float = 0.0
    """Seconds by which it comes late."""


RESET = "reset"
"""The connection is reset in place of an answer."""
LOST = "lost"
"""No answer ever comes; whoever waits gives up in the end."""
TRUNCATED = "truncated"
"""The connection ends in the middle of the body."""
PATIENCE = 60.0
"""Seconds after which a lost answer is given up even if the client would wait longer."""
