"""Faults by rule: a service that fails, loses answers and lies, as often as wanted and where wanted.

Rules stand in a row between the client and the instance. A request that was let in passes them in their order, each
rule counts the requests that reach it, and one that answers by itself keeps the request from the rules below it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from reconcile.simulator.effects import DEFAULT_CODES, EFFECTS
from reconcile.simulator.problems import STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from reconcile.simulator.effects import Behind
    from reconcile.simulator.values import Request, Response

MARK = "x-simulated-fault"
"""The header of every answer that a rule had a hand in: the numbers of these rules, counted from 1."""
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
ECHO = "echo"
_OF_AN_ANSWER = ("code", "feature", "param", "body", "retry_after", "after")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondWriter:
    """Another client's write; what is left out is as in the request that it comes just before."""

    method: str = ""
    path: str = ""
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One rule: which requests it concerns, how often it fires, and what it does: exactly one thing."""

    method: str | Sequence[str] = ()
    """One method, or several; none means any."""
    path: str = "*"
    """A pattern of paths, without `/v1`; `*` stands for anything, slashes too."""
    nth: int | None = None
    """Fire at this one of the matching requests, and at no other."""
    from_: int = 1
    """Fire at no request before this one."""
    times: int | Literal["all"] | None = None
    """How often at most; None means once, or without limit where there is a share."""
    share: float = 1.0
    """The part of the matching requests that it fires at, by chance."""

    status: int | None = None
    """Answer with this status."""
    code: str = ""
    """The error code of that answer; the usual one of the status if left out."""
    feature: str = ""
    """The paid feature that a 402 names."""
    param: str = ""
    """The parameter that a 422 names; the first one of the request if left out."""
    body: str | None = None
    """`html`, `empty`, `echo` (the error repeats what was sent) or any text, in place of the error's own body."""
    retry_after: float | str | Mapping[str, float] | None = None
    """Seconds; `{"date": seconds}` for a date so far ahead; or any text, as it is."""
    after: bool = False
    """The request is carried out before the error is answered."""

    reset: Literal["before", "after"] | None = None
    """Reset the connection before the request is carried out, or after."""
    lost: bool = False
    """Carry the request out and never answer."""
    slow: float | None = None
    """Answer so many seconds late."""
    truncate: bool = False
    """End the connection in the middle of the body."""
    not_json: bool = False
    """Answer with something that says it is JSON, and is none."""
    stale: float | None = None
    """Show a reader how things were so many seconds ago."""
    drop: Sequence[str] = ()
    """Lose these members of the body without a word."""
    rewrite: Mapping[str, Any] = field(default_factory=dict)
    """Put other values into these members; `upper` and `lower` change the letters of what was sent."""
    second_writer: SecondWriter | None = None
    """Let another client write first."""

    def __post_init__(self) -> None:
        wrong = "; ".join(_mistakes(self))
        if wrong:
            raise ValueError(wrong)

    @property
    def effect(self) -> str:
        """The name of what it does."""
        return _effects(self)[0]

    @property
    def most(self) -> float:
        """How often it may fire."""
        if self.times is None:
            return 1 if self.share == 1 else inf
        return inf if self.times == "all" else self.times

    def concerns(self, request: Request) -> bool:
        """Whether the request is one of those that count."""
        methods = (self.method,) if isinstance(self.method, str) else self.method
        path = unquote(request.path.removeprefix("/v1"))
        return (not methods or request.method in methods) and fnmatchcase(path, self.path)


def _effects(rule: Fault) -> list[str]:
    """What a rule does, by name."""
    nothing: tuple[Any, ...] = (None, False, (), [], {})
    return [name for name in EFFECTS if not any(getattr(rule, name) == empty for empty in nothing)]


_RULES: tuple[tuple[Callable[[Fault], object], str], ...] = (
    # (what is wrong with a rule, in words)
    (
        lambda rule: set(_methods(rule)) - set(METHODS),
        f"method: takes {', '.join(METHODS)}, or a list of them",
    ),
    (lambda rule: not rule.path.startswith(("/", "*")), "path: starts with / or *"),
    (lambda rule: rule.path.startswith("/v1/"), "path: leave /v1 out"),
    (lambda rule: rule.nth is not None and rule.nth < 1, "nth: counts from 1"),
    (lambda rule: rule.from_ < 1, "from: counts from 1"),
    (lambda rule: rule.nth is not None and rule.from_ != 1, "nth and from exclude each other"),
    (lambda rule: isinstance(rule.times, int) and rule.times < 1, "times: takes 1 or more, or all"),
    (lambda rule: not 0 < rule.share <= 1, "share: takes more than 0, and 1 at most"),
    (lambda rule: rule.status is not None and not 400 <= rule.status <= 599, "status: takes 400 to 599"),
    (lambda rule: rule.slow is not None and rule.slow <= 0, "slow: takes more than 0 seconds"),
    (lambda rule: rule.stale is not None and rule.stale <= 0, "stale: takes more than 0 seconds"),
    (lambda rule: rule.reset not in {None, "before", "after"}, "reset: takes before or after"),
    (lambda rule: rule.code and rule.body not in {None, ECHO}, "code and body exclude each other"),
    (
        lambda rule: rule.body == ECHO and not (rule.code or rule.status in DEFAULT_CODES),
        "body: echo needs a code, which this status has none of by itself",
    ),
)


def _mistakes(rule: Fault) -> Iterator[str]:
    """Everything that is wrong with a rule."""
    effects = _effects(rule)
    if not effects:
        yield f"does nothing; give it one of {', '.join(EFFECTS)}"
    if len(effects) > 1:
        yield f"does {' and '.join(effects)}; make a rule of each"
    if effects != ["status"]:
        yield from (f"{name}: goes with status only" for name in _OF_AN_ANSWER if getattr(rule, name))
    yield from (text for is_wrong, text in _RULES if is_wrong(rule))
    yield from _code_mistakes(rule)


def _code_mistakes(rule: Fault) -> Iterator[str]:
    """A code that no error has, or that belongs to another status."""
    if rule.code and rule.code not in STATUSES:
        yield f"code: {rule.code} is unknown; known are {', '.join(sorted(STATUSES))}"
    elif rule.code and rule.status is not None and STATUSES[rule.code] != rule.status:
        yield f"code: {rule.code} comes with status {STATUSES[rule.code]}"


def _methods(rule: Fault) -> Sequence[str]:
    """The methods of a rule as a list."""
    return (rule.method,) if isinstance(rule.method, str) else rule.method


class Faults:
    """A row of rules at work, and how often each of them fired; it serves one simulator."""

    def __init__(self, rules: Iterable[Fault]) -> None:
        self.rules = tuple(rules)
        self._seen = [0] * len(self.rules)
        self._fired = [0] * len(self.rules)

    @property
    def fired(self) -> tuple[int, ...]:
        """How often each rule fired. One that could do nothing (no such member to drop, say) did not."""
        return tuple(self._fired)

    @property
    def memory(self) -> float:
        """Seconds of the past that the rules need."""
        return max((rule.stale or 0.0 for rule in self.rules), default=0.0)

    def answer(self, request: Request, behind: Behind) -> Response:
        """Answer a request, with all that the rules do to it."""
        return self._passed(0, request, behind)

    def _passed(self, place: int, request: Request, behind: Behind) -> Response:
        """What comes back to the rule at this place in the row; behind the last one is the instance."""
        if place == len(self.rules):
            return behind.carry_out(request)
        below = partial(self._passed, place + 1, behind=behind)
        if not self._is_due(place, request, behind):
            return below(request)
        rule = self.rules[place]
        response, took = EFFECTS[rule.effect](rule, request, below, behind)
        if not took:
            return response
        self._fired[place] += 1
        numbers = [str(place + 1), *([response.headers[MARK]] if MARK in response.headers else [])]
        return replace(response, headers={**response.headers, MARK: ", ".join(numbers)})

    def _is_due(self, place: int, request: Request, behind: Behind) -> bool:
        """Count the request if the rule concerns it, and say whether the rule fires."""
        rule = self.rules[place]
        if not rule.concerns(request):
            return False
        self._seen[place] += 1
        number = self._seen[place]
        in_turn = number >= rule.from_ if rule.nth is None else number == rule.nth
        if not in_turn or self._fired[place] >= rule.most:
            return False
        return rule.share == 1 or behind.rng.random() < rule.share
