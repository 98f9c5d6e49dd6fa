"""What `doctor` asks an instance: each question once, and nothing but GET."""

from __future__ import annotations

import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from reconcile.cli.examine import fine, problem, skipped
from reconcile.cli.way import way_to
from reconcile.client import Client, ReadOnly
from reconcile.errors import AnswerError, ApiError, ReconcileError, RefusedError, UnreachableError
from reconcile.guard import check_instance
from reconcile.model import Check, Instance, Level, Read
from reconcile.model.versions import NEWEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from reconcile.cli.opening import World
    from reconcile.cli.reach import Reach
    from reconcile.client import Exchange
    from reconcile.load import Environment
    from reconcile.model import Desired, Kind

SLOW = 3.0
"""Seconds for one small answer from which a run will feel it."""

_FARTHEST = 60.0
"""Seconds by which two clocks may differ before somebody should be told."""

_BEYOND = ("tls", "clock", "version", "instance", "kinds")


class Visit:
    """One instance that is asked how it is."""

    def __init__(self, environment: Environment, state: Path, reach: Reach, world: World) -> None:
        self.environment = environment
        self.timeout = reach.timeout
        self.clock = world.clock
        self.environ = world.environ
        self.seen: list[Exchange] = []
        self.url = "http://127.0.0.1/v1" if environment.embedded else environment.api_url
        way = way_to(environment, state, world)
        self.secret_key = way.secret_key
        self.client = Client(
            self.url,
            self.secret_key,
            ReadOnly(way.transport()),
            world.clock,
            timeout=reach.timeout,
            api_version=environment.api_version,
            pace=reach.pace(environment, world.clock),
            observer=self.seen.append,
            stopped=lambda: True,  # one try is an answer too
        )

    def identify(self) -> tuple[list[Check], Instance | None]:
        """How the instance answers, and which one it is; None where it is not the right one, or does not say."""
        try:
            answer = self.client.get("/instance")
        except ReconcileError as error:
            return list(self._unanswered(error)), None
        version = fine("version", _version(self.environment.api_version))
        checks = [self._reached(), self._tls(), self._time(), version]
        row = answer if isinstance(answer, dict) else {}
        who = Instance(str(row.get("id", "")), str(row.get("environment_type", "")))
        if not who.id:
            remedy = "check api_url, which ends in /v1; look for a proxy in between"
            stranger = Check("reach", Level.PROBLEM, f"{self.url}: what answers is not Clerk's API", remedy)
            return [stranger, *skipped("the server", *_BEYOND, "state")], None
        try:
            check_instance(self.environment.name, who, self.environment.type, self.environment.instance)
        except RefusedError as error:
            return [*checks, problem("instance", error), *skipped("the instance", "kinds", "state")], None
        return [*checks, self._instance(who)], who

    # --- no answer, or a bad one ---

    def _unanswered(self, error: ReconcileError) -> Iterator[Check]:
        if isinstance(error, ApiError) and error.status in {401, 403}:
            yield self._reached()
            message = f"{self.environment.secret_key} is refused ({error.status}{_codes(error)})"
            remedy = "copy the key of this instance again from the dashboard: it may be revoked, or belong elsewhere"
            yield Check("key", Level.PROBLEM, message, remedy)
            yield from skipped("the key", *_BEYOND[2:], "state")
            return
        yield from self._no_way(error)
        yield from skipped("the server", *_BEYOND[1:], "state")

    def _no_way(self, error: ReconcileError) -> Iterator[Check]:
        causes = list(_causes(error))
        host = f"{self.url}: "
        if any(isinstance(one, ssl.SSLError) for one in causes):
            reason = next(str(one) for one in causes if isinstance(one, ssl.SSLError))
            remedy = "if a proxy opens connections, name its authority in SSL_CERT_FILE; certificates are always checked"
            yield Check("tls", Level.PROBLEM, f"{host}its certificate is not trusted ({reason})", remedy)
        elif any(type(one).__name__.endswith("Timeout") for one in causes):
            remedy = "try again, or wait longer with --timeout; if others are slow as well, look for a proxy in between"
            yield Check("reach", Level.PROBLEM, f"{host}no answer within {self.timeout:g} s", remedy)
        elif any(isinstance(one, socket.gaierror) for one in causes):
            remedy = "check the network, the name server, and api_url of the environment"
            yield Check("reach", Level.PROBLEM, f"{host}nobody knows this name", remedy)
        elif any(isinstance(one, ConnectionRefusedError) for one in causes):
            remedy = "start the server there, or correct api_url of the environment"
            yield Check("reach", Level.PROBLEM, f"{host}nobody listens there", remedy)
        elif isinstance(error, UnreachableError):
            yield Check("reach", Level.PROBLEM, f"{host}{error}", "check the network, the proxy and api_url")
        elif isinstance(error, ApiError | AnswerError):
            remedy = "check api_url, which ends in /v1; look for a proxy in between; try again in a while"
            yield Check(
                "reach",
                Level.PROBLEM,
                f"{host}what answers is in trouble, or is not Clerk's API ({error})",
                remedy,
            )
        else:
            yield problem("reach", error)

    # --- a good answer ---

    def _reached(self) -> Check:
        seconds = self.seen[-1].seconds
        who = "the built-in simulator" if self.environment.embedded else self.url
        message = f"{who} answers in {seconds:.2f} s"
        if seconds >= SLOW:
            remedy = "expect long runs; look at the network and at proxies in between"
            return Check("reach", Level.WARNING, f"{message}, which is slow", remedy)
        return fine("reach", message)

    def _tls(self) -> Check:
        if not self.url.startswith("https:"):
            return fine("tls", "none: the instance is on this machine")
        named = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if self.environ.get(name)), "")
        return fine("tls", f"the certificate is good, by {named or 'the usual authorities'}")

    def _time(self) -> Check:
        exchange = self.seen[-1]
        ahead = _ahead(exchange.date, self.clock.now() - exchange.seconds / 2)
        if ahead is None:
            return Check("clock", Level.SKIPPED, "the server does not say what time it is there")
        if abs(ahead) > _FARTHEST:
            direction = "behind" if ahead > 0 else "ahead of"
            message = f"this machine is {abs(ahead):.0f} s {direction} the server"
            remedy = "set its clock: times of receipts and waits are wrong until then"
            return Check("clock", Level.WARNING, message, remedy)
        return fine("clock", "this machine and the server agree on the time")

    def _instance(self, who: Instance) -> Check:
        message = f"{who.id} of type {who.environment_type}"
        if self.environment.instance or self.environment.embedded:
            return fine("instance", message)
        remedy = f"write `instance: {who.id}` in reconcile.yml, so that a key of another instance is refused"
        return Check("instance", Level.WARNING, f"{message}, and the environment is not pinned to it", remedy)

    # --- kinds ---

    def kinds(self, kinds: Mapping[str, Kind], desired: Desired) -> Iterator[Check]:
        """Which kinds the instance serves; what is missing is a problem where the files want it."""
        version = self.environment.api_version
        asked = [kind for kind in kinds.values() if kind.since <= version]
        readable = [kind for kind in asked if kind.read is not Read.ECHO]
        with ThreadPoolExecutor(8) as pool:
            answers = dict(zip((kind.name for kind in readable), pool.map(self._ask, readable), strict=True))
        served = [name for name, error in answers.items() if error is None]
        unread = [kind.name for kind in asked if kind.read is Read.ECHO]
        yield fine(
            "kinds",
            f"served: {', '.join(served) or 'none'}; not asked, as no GET reads them: {', '.join(unread)}",
        )
        lacking = [kind.name for kind in kinds.values() if kind.since > version]
        if lacking:
            yield fine("kinds", f"not in version {version} of the API: {', '.join(lacking)}")
        for name, error in answers.items():
            if error is not None:
                yield self._unserved(kinds[name], error, declared=name in desired.sections)

    def _ask(self, kind: Kind) -> ReconcileError | None:
        """Why a kind cannot be read, if it cannot: one small page is enough to tell."""
        paged = kind.read is Read.PAGED and not kind.singleton
        query: Mapping[str, str | int] | None = {"limit": 1, "offset": 0} if paged else None
        try:
            self.client.get(kind.path, query)
        except ReconcileError as error:
            return error
        return None

    def _unserved(self, kind: Kind, error: ReconcileError, *, declared: bool) -> Check:
        status = error.status if isinstance(error, ApiError) else 0
        features: tuple[str, ...] = error.features if isinstance(error, ApiError) else ()
        if status == 402:
            message = f"{kind.name}: needs a paid plan ({', '.join(features) or '402'})"
            level = Level.WARNING if self.environment.skip_gated else Level.PROBLEM
            remedy = f"upgrade the plan, write `on_gated: skip`, or take {kind.section} out of the files"
        elif status == 410 or (status == 404 and kind.deprecated):
            message = f"{kind.name}: this instance does not offer it any more ({status})"
            level, remedy = Level.WARNING, f"it is left alone; take {kind.section} out of the files"
        else:
            return Check(
                "kinds", Level.PROBLEM, f"{kind.name}: {error}", "try again; if it stays, ask Clerk's support"
            )
        return (
            Check("kinds", level, message, remedy)
            if declared
            else fine("kinds", f"{message}; no file declares it")
        )


def _codes(error: ApiError) -> str:
    return f" {', '.join(error.codes)}" if error.codes else ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _ahead(date: str, now: float) -> float | None:
    """By how many seconds a server's clock is ahead of ours; None where it does not tell."""
    try:
        return parsedate_to_datetime(date).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return None


def _version(version: str) -> str:
    return (
        f"{version}, the newest"
        if version == NEWEST
        else f"{version}, by api_version; the newest is {NEWEST}"
    )
