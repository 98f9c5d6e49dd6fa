"""The comparisons that are kept in every format: made of plain values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.compare import Comparison, compare
from reconcile.model import Origin
from tests.compare.sides import KINDS, declared, files, live, section, side
from tests.golden.hostile import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconcile.compare import Side

BODY = "\n".join([*(f"<p>Paragraph {number}</p>" for number in range(1, 40)), "<p>{{otp_code}}</p>"])


def _mixed(name: str, subject: str, role: str, *urls: str) -> Side:
    """An environment of a team: mails, tokens, lists, and switches that nobody can read."""
    text = {
        "resource_type": "user",
        "subject": subject,
        "body": BODY.replace("17", "17 " * (role == "admin")),
    }
    found = live(
        name,
        email_template={"verification_code": text, "invitation": {"resource_type": "system"}},
        jwt_template={"hasura": {"name": "hasura", "claims": {"role": role, "teams": ["a", role]}}},
        redirect_url={url: {"url": url} for url in urls},
        allowlist={f"{role}@acme.example": {"identifier": f"{role}@acme.example"}},
    )
    return side(
        name,
        found,
        email_template=section(declared("verification_code", f"{name}.yml", subject=f"[{name}] code")),
        jwt_template=section(declared("hasura", "base.yml", claims={"role": "user", "teams": ["a", "user"]})),
        redirect_url=section(*(declared(url, f"{name}.yml") for url in urls if "localhost" not in url)),
        restrictions=section(declared("", "base.yml", allowlist=True, blocklist=True)),
        allowlist=section(unset={f"{role}@acme.example": Origin(f"{name}.yml", 4)}),
    )


def mixed() -> Comparison:
    """Every standing, long texts, lists, an object on one side, and what nobody can read."""
    dev = _mixed(
        "dev", "[dev] code", "admin", "http://localhost:3000", "myapp://both", "https://dev.acme.example"
    )
    prod = _mixed("prod", "[prod] code", "user", "myapp://both", "https://acme.example")
    return compare(KINDS, dev, prod)


def alike() -> Comparison:
    """Nothing differs."""
    one = _mixed("dev", "[dev] code", "user", "myapp://both")
    return compare(KINDS, one, replace(one, name="twin"))


def hostile() -> Comparison:
    """Names and texts that try to break out, against files that say something else."""
    claims = {f"<b>{number}</b> ``": text for number, text in enumerate(HOSTILE)}
    name = "`</details>` @octocat #1"
    found = live("x", jwt_template={name: {"name": name, "claims": claims}, "more": {"name": "more"}})
    wanted = section(declared(name, "`</details>.yml", claims={**claims, "<b>0</b> ``": "@octocat"}))
    return compare(KINDS, side("x`@octocat", found, jwt_template=wanted), files("x", jwt_template=wanted))


def long() -> Comparison:
    """More objects on one side than anybody wants to read."""
    urls = {f"myapp://{number}": {"url": f"myapp://{number}"} for number in range(40)}
    one = side("dev", live("dev", redirect_url=urls), redirect_url=section())
    return compare(KINDS, one, side("prod", live("prod", redirect_url={}), redirect_url=section()))


COMPARISONS: Mapping[str, Callable[[], Comparison]] = {
    "compare_mixed": mixed,
    "compare_alike": alike,
    "compare_hostile": hostile,
    "compare_long": long,
}
