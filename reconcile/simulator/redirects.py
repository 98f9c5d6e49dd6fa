"""Which redirect URLs Clerk takes: an exact URL with a scheme, no wildcard, each once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reconcile.simulator.problems import problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconcile.simulator.lag import Record
    from reconcile.simulator.problems import Problem
    from reconcile.simulator.world import Call

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<host>\[[^\]]*\]|[^/?#:\s]*)[^\s]*")
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_PROHIBITED = ("javascript", "data", "vbscript", "file")


def problems(call: Call, body: dict[str, Any], _old: Record | None) -> Iterator[Problem]:
    """Not a URL, a wildcard, an insecure scheme, or there already."""
    url = body["url"]
    found = _URL.fullmatch(url)
    if found is None or url.endswith("://"):
        yield problem("form_param_format_invalid", "url", why="must be a full URL with a scheme")
    elif "*" in url:
        yield problem("form_param_format_invalid", "url", why="must not hold a wildcard")
    elif _insecure(found["scheme"].lower(), found["host"].lower(), call.world.options.type):
        yield problem("insecure_url", "url", value=url)
    elif call.world.store.key_of(call.owner, "url", url) is not None:
        yield problem("form_identifier_exists", "url", value=url)


def _insecure(scheme: str, host: str, instance_type: str) -> bool:
    """Schemes that run code, and plain HTTP to another machine in production."""
    plain = scheme == "http" and host not in _LOOPBACK and instance_type == "production"
    return plain or scheme in _PROHIBITED
