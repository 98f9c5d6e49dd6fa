"""A short walk past every operation, in an order that never changes: Acme's files under each version of the API, and the
simulator asked for everything that it can answer and for one refusal of each sort.

Run as a program it says what was not as expected, and ends with 1. It judges nothing; who wants to know what was said
starts it with the recorder.
"""

from __future__ import annotations

import io
import os
import random
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from reconcile.cli import run
from reconcile.simulator import Options, Simulator, Store
from reconcile.simulator.client import Client
from reconcile.simulator.door import VERSIONS
from reconcile.simulator.embedded import embedded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ACME: Final = Path(__file__).parents[2] / "examples" / "acme"
KEYS: Final = {"development": "sk_test_abcdefgh12345678", "production": "sk_live_abcdefgh12345678"}
_START: Final = 1_800_000_000.0

Step = tuple[int, str, str, Any]
"""The expected status, method, path with its query, and body. `{id}` is the id of what was made last."""

TEMPLATE: Final = "/templates/email/verification_code"
JWT: Final = {"name": "api", "claims": {"aud": "api", "deep": [{"n": 1.5, "x": None}]}, "lifetime": 60}
OVERRIDE: Final = {"name": "Code", "subject": "Code", "body": "<p>{{otp_code}}</p>", "markup": ""}
EVERYTHING: Final[tuple[Step, ...]] = (
    (200, "GET", "/templates/email", None),
    (200, "GET", "/templates/email?paginated=true&limit=500&offset=0", None),
    (200, "GET", "/templates/sms", None),
    (200, "GET", TEMPLATE, None),
    (200, "PUT", TEMPLATE, OVERRIDE),
    (200, "GET", TEMPLATE, None),
    (200, "POST", f"{TEMPLATE}/toggle_delivery", {"delivered_by_clerk": False}),
    (200, "POST", f"{TEMPLATE}/revert", None),
    (200, "POST", "/jwt_templates", JWT),
    (200, "GET", "/jwt_templates/{id}", None),
    (200, "PATCH", "/jwt_templates/{id}", {**JWT, "lifetime": 90}),
    (200, "GET", "/jwt_templates", None),
    (200, "GET", "/jwt_templates?paginated=true", None),
    (200, "DELETE", "/jwt_templates/{id}", None),
    (200, "POST", "/allowlist_identifiers", {"identifier": "ada@acme.example", "notify": True}),
    (200, "GET", "/allowlist_identifiers", None),
    (200, "GET", "/allowlist_identifiers?paginated=true", None),
    (200, "DELETE", "/allowlist_identifiers/{id}", None),
    (200, "POST", "/blocklist_identifiers", {"identifier": "+15555550100"}),
    (200, "GET", "/blocklist_identifiers", None),
    (200, "DELETE", "/blocklist_identifiers/{id}", None),
    (200, "POST", "/redirect_urls", {"url": "acme://callback"}),
    (200, "GET", "/redirect_urls/{id}", None),
    (200, "GET", "/redirect_urls", None),
    (200, "GET", "/redirect_urls?paginated=true", None),
    (200, "DELETE", "/redirect_urls/{id}", None),
    (204, "PATCH", "/instance", {"support_email": "a@acme.example", "allowed_origins": ["a://b"]}),
    (200, "GET", "/instance", None),
    (200, "PATCH", "/instance/restrictions", {}),
    (200, "PATCH", "/instance/organization_settings", {"enabled": True}),
    (200, "GET", "/instance/organization_settings", None),
    (200, "PATCH", "/instance/protect", {"rules_enabled": True}),
    (200, "GET", "/instance/protect", None),
    (200, "PATCH", "/instance/communication", {"blocked_country_codes": ["BI", "LK"]}),
    (200, "GET", "/instance/communication", None),
    (200, "PATCH", "/instance/oauth_application_settings", {"oauth_jwt_access_tokens": True}),
    (200, "GET", "/instance/oauth_application_settings", None),
    (200, "PATCH", "/beta_features/instance_settings", {"from_email_address": "acme"}),
)
ROLES: Final = "/organization_roles?limit=500&offset=0"
REFUSALS: Final[tuple[Step, ...]] = (
    (400, "GET", "/templates/fax", None),
    (404, "GET", "/templates/email/none", None),
    (422, "PUT", TEMPLATE, {**OVERRIDE, "body": "no code"}),
    (403, "PUT", TEMPLATE, {**OVERRIDE, "body": "{{otp_code}}<script>"}),
    (400, "POST", f"{TEMPLATE}/revert", None),
    (422, "POST", "/jwt_templates", {"name": "api"}),
    (400, "POST", "/jwt_templates", {"name": "api", "claims": {"sub": "x"}}),
    (404, "PATCH", "/jwt_templates/none", JWT),
    (404, "DELETE", "/jwt_templates/none", None),
    (200, "POST", "/blocklist_identifiers", {"identifier": "ada@acme.example"}),
    (400, "POST", "/blocklist_identifiers", {"identifier": "ada@acme.example"}),
    (422, "POST", "/blocklist_identifiers", {"identifier": "ada"}),
    (404, "DELETE", "/blocklist_identifiers/none", None),
    (404, "GET", "/redirect_urls/none", None),
    (422, "PATCH", "/instance", {"support_email": "ada"}),
    (422, "PATCH", "/instance/communication", {"blocked_country_codes": ["ZZZ"]}),
)
GATED: Final[tuple[Step, ...]] = (
    (402, "GET", "/allowlist_identifiers", None),
    (402, "POST", "/blocklist_identifiers", {"identifier": "ada@acme.example"}),
    (402, "PUT", TEMPLATE, OVERRIDE),
    (402, "PATCH", "/instance/restrictions", {"allowlist": True}),
)


class Standstill:
    """A clock that stands: nothing here takes time."""

    @staticmethod
    def now() -> float:
        """Always the same moment."""
        return _START

    @staticmethod
    def sleep(_seconds: float) -> None:
        """Wait for nothing."""


# --- the simulator, asked for everything ---


def answers(version: str) -> Iterator[str]:
    """What the simulator answered otherwise than expected."""
    api = _instance("development", None, version)
    has_roles = version > VERSIONS[0]
    yield from walk(api, EVERYTHING)
    yield from walk(api, [(200 if has_roles else 404, "GET", ROLES, None)])
    yield from walk(api, REFUSALS)
    yield from walk(_instance("production", frozenset(), version), GATED)
    api.key = "sk_test_wrong"
    yield from walk(api, [(401, "GET", "/instance", None)])


def _instance(kind: str, features: frozenset[str] | None, version: str) -> Client:
    options = Options(type=kind, features=features, rate_limit=False)
    rng = random.Random(7)  # noqa: S311 - repeatable, not secret
    return Client(Simulator(Store.new(options, rng), options, Standstill(), rng), KEYS[kind], version)


def walk(api: Client, steps: Iterable[Step]) -> Iterator[str]:
    """Take each step; what was answered otherwise than expected."""
    last = ""
    for status, method, place, body in steps:
        path, _, query = place.replace("{id}", last).partition("?")
        pairs = dict(pair.split("=", 1) for pair in query.split("&") if pair)
        reply = api.send(method, path, body, query=pairs)
        if reply.status != status:
            yield f"{api.version}: {method} {place}: answered {reply.status}, not {status}: {reply.text[:200]}"
        elif (method, status) == ("POST", 200):
            last = reply.json.get("id", last)


# --- our client, by way of the command ---


def acme(version: str, folder: Path) -> Iterator[str]:
    """Plan and apply Acme's files, change the instance behind their back, and do it again; what ended otherwise."""
    shutil.copytree(ACME, folder)
    _prepare(folder, version)
    saved = folder / "first.plan"
    yield from command(version, 0, "plan", "-C", folder, "-e", "local", "--out", saved)
    yield from command(version, 0, "apply", "-C", folder, saved)
    yield from command(version, 0, "plan", "-C", folder, "-e", "local", "--detailed-exitcode")
    edit(folder, "resources/jwt.yml", "    lifetime: 60\n", "    lifetime: 90\n")
    yield from behind_our_back(version, folder / ".reconcile/embedded/local.json")
    yield from command(version, 2, "plan", "-C", folder, "-e", "local", "--detailed-exitcode")
    yield from command(version, 0, "apply", "-C", folder, "-e", "local", "--yes")
    yield from command(version, 0, "plan", "-C", folder, "-e", "local", "--detailed-exitcode")


_TAMPERING: Final[tuple[Step, ...]] = (
    # each is one change that the second plan has to undo
    (200, "POST", "/jwt_templates", {**JWT, "name": "old"}),
    (200, "POST", "/allowlist_identifiers", {"identifier": "old@acme.example"}),
    (200, "POST", "/blocklist_identifiers", {"identifier": "old@acme.example"}),
    (200, "POST", "/redirect_urls", {"url": "https://old.acme.example/callback"}),
    (200, "PUT", "/templates/email/waitlist_confirmation", {**OVERRIDE, "body": "Hello"}),
    (200, "PATCH", "/instance/protect", {"rules_enabled": False}),
)
_PATCHES: Final = (
    # (file, text, text in its place): the sections whose entries nobody removes otherwise
    ("resources/lists.yml", "blocklist:\n", "blocklist:\n  prune: true\n"),
    ("resources/jwt.yml", "jwt_templates:\n", "jwt_templates:\n  .prune: true\n"),
)
_ROLES_IN_FILES: Final = (
    ("resources/settings.yml", "  creator_role: org:admin\n", ""),
    ("resources/settings.yml", "  domains_default_role: org:member\n", ""),
)


def _prepare(folder: Path, version: str) -> None:
    """Make the copy ask for a version, and leave out what the oldest one cannot look up."""
    asked = (
        "reconcile.yml",
        "    api_url: embedded\n",
        f'    api_url: embedded\n    api_version: "{version}"\n',
    )
    roles = _ROLES_IN_FILES if version == VERSIONS[0] else ()
    for name, text, other in (asked, *_PATCHES, *roles):
        edit(folder, name, text, other)


def edit(folder: Path, name: str, text: str, other: str) -> None:
    """Put another text in place of the first of its kind in a file; raises ValueError where there is none."""
    path = folder / name
    before = path.read_text(encoding="utf-8")
    if text not in before:
        raise ValueError(f"{name} no longer holds {text!r}")
    path.write_text(before.replace(text, other, 1), encoding="utf-8")


def behind_our_back(version: str, state: Path) -> Iterator[str]:
    """Change the instance of a project by a client of the simulator's own."""
    rng = random.Random(7)  # noqa: S311 - repeatable, not secret
    transport, key = embedded(state, Standstill(), rng)
    yield from walk(Client(transport.simulator, key, version), _TAMPERING)
    transport.simulator.store.save(state)


def command(version: str, code: int, *words: object) -> Iterator[str]:
    """Run `reconcile` with these words; what it said if it ended otherwise than expected."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        ended = run(list(map(str, words)))
    if ended != code:
        said = (err.getvalue() + out.getvalue()).strip()
        yield f"{version}: reconcile {words[0]}: ended with {ended}, not {code}: {said[-500:]}"


def tour() -> Iterator[str]:
    """Everything that was not as expected. Where one walk with Acme's files fails the others would: each waits for proof."""
    os.environ["SUPABASE_JWT_SECRET"] = "a secret that is long enough for it"
    for version in VERSIONS:
        yield from answers(version)
    with TemporaryDirectory() as folder:
        walks = (acme(version, Path(folder) / version) for version in reversed(VERSIONS))
        yield from next(filter(None, (list(islice(one, 1)) for one in walks)), [])


if __name__ == "__main__":
    troubles = list(tour())
    sys.stderr.write("".join(f"{trouble}\n" for trouble in troubles))
    sys.exit(bool(troubles))
