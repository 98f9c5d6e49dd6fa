"""Who may come in: the secret key and the API version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconcile.simulator.problems import Refused, problem, refuse

if TYPE_CHECKING:
    from reconcile.simulator.values import Options, Request

VERSIONS = ("2021-02-05", "2024-10-01", "2025-04-10", "2025-11-10", "2026-05-12")
_SINCE = {"organization_roles": "2024-10-01"}
_PREFIXES = {"development": "sk_test_", "production": "sk_live_"}
_SECRET = re.compile(r"[A-Za-z0-9_-]*(?:[A-Za-z0-9][_-]*){8}")


def authenticate(request: Request, options: Options) -> None:
    """Refuse a request without a key, or with one that does not open this instance."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key or key != key.strip() or " " in key:
        raise refuse("authorization_header_format_invalid")
    if not _opens(key, options):
        raise refuse("clerk_key_invalid")


def _opens(key: str, options: Options) -> bool:
    """Whether the key is of the right environment and known, or well-formed where none is prescribed."""
    prefix = _PREFIXES[options.type]
    if not key.startswith(prefix):
        return False
    return (
        key in options.keys if options.keys is not None else bool(_SECRET.fullmatch(key.removeprefix(prefix)))
    )


def version(request: Request) -> str:
    """The API version of a request: the oldest unless it names one."""
    header, query = request.headers.get("clerk-api-version"), request.query.get("__clerk_api_version")
    if header is not None and query is not None:
        raise refuse(
            "api_version_invalid", value=header, why="give it in the header or in the query, not in both"
        )
    named = query if header is None else header
    if named is not None and named not in VERSIONS:
        raise refuse("api_version_invalid", value=named, why="it is not one of " + ", ".join(VERSIONS))
    return named or VERSIONS[0]


def exists_in(version: str, path: str) -> bool:
    """Whether that version has this path at all."""
    return version >= _SINCE.get(path.strip("/").partition("/")[0], VERSIONS[0])


def too_many(code: str, seconds: int) -> Refused:
    """A refusal that says when to come back."""
    return Refused([problem(code, meta={"reset": seconds})], {"retry-after": str(seconds)})
