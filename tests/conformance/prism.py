"""Prism as an independent judge: it stands between `reconcile` and the simulator, and holds the vendor's file against both.

Acme is planned, applied, changed by hand, planned and applied again through it, once for each version of the API.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import yaml

from tests.conformance import install
from tests.conformance.relay import relay
from tests.conformance.report import Verdict, Violation
from tests.conformance.running import KEY, prism, reconcile, simulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.conformance.relay import Message
    from tests.conformance.vendor import Vendor

JUDGE = "prism"
THINGS = "requests"
PREFIX = "/v1"
ROOT = Path(__file__).parents[2]
_ENVIRONMENT = "simulated"
_ROLES = "/organization_roles"
_STATUS = re.compile(r"Unable to match the returned status code")
_ADDITIONAL = re.compile(r"must NOT have additional properties; found '([^']+)'")
_REQUIRED = re.compile(r"must have required property '([^']+)'")
_NUMBER = re.compile(r"\d+")

_BARE_LISTS = (
    "/templates/email",
    "/templates/sms",
    "/jwt_templates",
    "/allowlist_identifiers",
    "/redirect_urls",
)

Finding = Mapping[str, Any]


def judge(specs: Mapping[str, Vendor]) -> Iterable[Verdict]:
    """One verdict for each version, of every message that acme's walk sends and gets."""
    try:
        program = install.javascript() / ".bin" / "prism"
    except install.NotInstalledError as error:
        return [Verdict(JUDGE, "", THINGS, 0, (Violation(JUDGE, "", "install", "install", str(error)),))]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(partial(_verdict, program), specs.values()))


def _verdict(program: Path, vendor: Vendor) -> Verdict:
    """Walk through one version and collect what Prism says of it."""
    described = vendor.slice(_paths(), prefix=PREFIX)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        description = folder / "vendor.json"
        description.write_text(json.dumps(described), encoding="utf-8")
        with (
            simulator() as upstream,
            prism(program, description, upstream) as judging,
            relay(judging) as watched,
        ):
            walk = Walk(folder / "acme", watched.url + PREFIX, vendor.version)
            walk.lay(roles=_ROLES in vendor.document["paths"])
            wrong = tuple(walk.go())
            messages = watched.take()
    found = [one for message in messages for one in objections(vendor.version, described["paths"], message)]
    return Verdict(JUDGE, vendor.version, THINGS, distinct(messages), (*wrong, *once(found)))


def distinct(messages: Iterable[Message]) -> int:
    """How many requests were judged, each counted once: how often `reconcile` reads again depends on the machine."""
    return len({(one.method, one.path, str(sorted(one.query.items())), str(one.body)) for one in messages})


def once(violations: Iterable[Violation]) -> list[Violation]:
    """One for each part of each operation: a list of a hundred entries would repeat it a hundred times."""
    first: dict[tuple[str, str], Violation] = {}
    for one in violations:
        first.setdefault((one.operation, one.about), one)
    return sorted(first.values())


def _paths() -> list[str]:
    """The paths that we use, as our own contract has them."""
    return list(yaml.safe_load((ROOT / "openapi.yml").read_text(encoding="utf-8"))["paths"])


class Walk:
    """Acme from a fresh instance to one that was changed by hand and put right again."""

    def __init__(self, folder: Path, api_url: str, version: str) -> None:
        self.folder = folder
        self.api_url = api_url
        self.version = version

    def lay(self, *, roles: bool) -> None:
        """A copy of acme that speaks to the judge; without roles where the version has none."""
        shutil.copytree(ROOT / "examples" / "acme", self.folder)
        environment = {
            "api_url": self.api_url,
            "secret_key": "${env:CLERK_SECRET_KEY}",
            "api_version": self.version,
            "reads": "probe",
            "vars": {"app": "https://dev.acme.example", "test_mode": True},
        }
        project_file = self.folder / "reconcile.yml"
        project = yaml.safe_load(project_file.read_text(encoding="utf-8"))
        project["environments"] = {_ENVIRONMENT: environment}
        project_file.write_text(json.dumps(project), encoding="utf-8")
        if not roles:
            settings = self.folder / "resources" / "settings.yml"
            lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
            settings.write_text("".join(line for line in lines if "_role: " not in line), encoding="utf-8")

    def go(self) -> Iterator[Violation]:
        """Plan, apply, change by hand, plan, apply, plan; yields what did not come out as it has to, and stops there."""
        for step in (
            self._plan_all,
            self._apply,
            self._plan_none,
            self._by_hand,
            self._apply,
            self._plan_none,
        ):
            wrong = list(step())
            yield from wrong
            if wrong:
                return

    def _plan_all(self) -> Iterator[Violation]:
        return self._runs("plan", "--detailed-exitcode", code=2)

    def _plan_none(self) -> Iterator[Violation]:
        return self._runs("plan", "--detailed-exitcode")

    def _apply(self) -> Iterator[Violation]:
        return self._runs("apply", "--yes")

    def _by_hand(self) -> Iterator[Violation]:
        headers = {"Authorization": f"Bearer {KEY}", "Clerk-API-Version": self.version}
        with httpx.Client(base_url=self.api_url, headers=headers, timeout=30) as http:
            expected = by_hand(http)
        return self._shows(expected)

    def _reconcile(self, command: str, *words: str) -> Any:
        secret = {"SUPABASE_JWT_SECRET": "made-up-for-a-simulated-instance"}
        return reconcile(self.folder, command, "-e", _ENVIRONMENT, *words, environment=secret)

    def _runs(self, command: str, *words: str, code: int = 0) -> Iterator[Violation]:
        said = self._reconcile(command, *words)
        if said.code != code:
            end = "\n".join((said.out + said.err).splitlines()[-8:])
            yield self._violation(command, "exit code", f"{said.code} and not {code}: {end}")

    def _shows(self, expected: Mapping[str, str]) -> Iterator[Violation]:
        """The plan has to show what was done by hand, and nothing else."""
        said = self._reconcile("plan", "--format", "json")
        shown = {one["address"]: one["action"] for one in said.document["changes"]} if said.out else {}
        for address in sorted(shown.keys() | expected.keys()):
            if shown.get(address) != expected.get(address):
                text = f"{shown.get(address)} is shown, and {expected.get(address)} was to be"
                yield self._violation("plan", f"change {address}", text)

    def _violation(self, command: str, about: str, message: str) -> Violation:
        return Violation(JUDGE, self.version, f"reconcile {command}", about, message)


def by_hand(http: httpx.Client) -> dict[str, str]:
    """Change the instance as somebody at the dashboard might; the changes that a plan then has to show.

    Lists are read bare as well: the vendor's file describes no other form, so only then every entry is judged.
    """
    for path in _BARE_LISTS:
        _ask(http, "GET", f"{path}?limit=500")
    return dict([change(http) for change in _CHANGES])


def _ask(http: httpx.Client, method: str, path: str, body: object = None) -> Any:
    answer = http.request(method, path, json=body) if body is not None else http.request(method, path)
    answer.raise_for_status()
    return answer.json()


def _token(http: httpx.Client, name: str) -> dict[str, Any]:
    found: Iterable[dict[str, Any]] = _ask(http, "GET", "/jwt_templates?limit=500")
    return next(one for one in found if one["name"] == name)


def _add_url(http: httpx.Client) -> tuple[str, str]:
    url = "https://elsewhere.example/callback"
    _ask(http, "POST", "/redirect_urls", {"url": url})
    return f"redirect_url/{url}", "delete"


def _allow(http: httpx.Client) -> tuple[str, str]:
    _ask(http, "POST", "/allowlist_identifiers", {"identifier": "eve@elsewhere.example", "notify": False})
    return "allowlist/eve@elsewhere.example", "delete"


def _unblock(http: httpx.Client) -> tuple[str, str]:
    blocked = _ask(http, "GET", "/blocklist_identifiers")["data"]
    one = next(one for one in blocked if one["identifier"] == "mallory@rival.example")
    _ask(http, "DELETE", f"/blocklist_identifiers/{one['id']}")
    return "blocklist/mallory@rival.example", "create"


def _lengthen(http: httpx.Client) -> tuple[str, str]:
    token = _token(http, "hasura")
    body = {"name": "hasura", "claims": token["claims"], "lifetime": 86400}
    _ask(http, "PATCH", f"/jwt_templates/{token['id']}", body)
    return "jwt_template/hasura", "update"


def _drop(http: httpx.Client) -> tuple[str, str]:
    _ask(http, "DELETE", f"/jwt_templates/{_token(http, 'reporting')['id']}")
    return "jwt_template/reporting", "create"


def _rewrite(http: httpx.Client) -> tuple[str, str]:
    path = "/templates/email/waitlist_confirmation"
    live = _ask(http, "GET", path)
    body = {name: live[name] for name in ("name", "body", "markup")}
    _ask(http, "PUT", path, {**body, "subject": "You are on our list"})
    return "email_template/waitlist_confirmation", "revert"


def _take_over(http: httpx.Client) -> tuple[str, str]:
    _ask(http, "POST", "/templates/sms/new_device_sign_in/toggle_delivery", {"delivered_by_clerk": True})
    return "sms_template/new_device_sign_in", "update"


def _loosen(http: httpx.Client) -> tuple[str, str]:
    _ask(http, "PATCH", "/instance/restrictions", {"block_disposable_email_domains": False})
    return "restrictions", "update"


_CHANGES: tuple[Callable[[httpx.Client], tuple[str, str]], ...] = (
    _add_url,
    _allow,
    _unblock,
    _lengthen,
    _drop,
    _rewrite,
    _take_over,
    _loosen,
)


def objections(version: str, paths: Iterable[str], message: Message) -> Iterator[Violation]:
    """What Prism says of one message, in the words of our reports."""
    operation = f"{message.method} {operation_of(paths, message.path)}"
    found: list[Finding] = json.loads(message.answer_headers.get("sl-violations", "[]"))
    for one in found:
        yield Violation(JUDGE, version, operation, about(message, one), str(one["message"]))


def operation_of(paths: Iterable[str], path: str) -> str:
    """The described path, without its prefix, that a sent one fits; literal segments first. The path itself if none does."""
    fitting = [one for one in paths if _fits(one.split("/"), path.split("/"))]
    best = min(fitting, key=lambda one: one.count("{"), default=path)
    return best.removeprefix(PREFIX)


def _fits(described: list[str], sent: list[str]) -> bool:
    pairs = zip(described, sent, strict=False)
    return len(described) == len(sent) and all(one.startswith("{") or one == other for one, other in pairs)


def about(message: Message, finding: Finding) -> str:
    """The part of a message that a finding speaks of, such as `status 429` or `response data[].id`."""
    side, *place = map(str, finding["location"])
    text = str(finding["message"])
    if _STATUS.search(text):
        return f"status {message.status}"
    if not place:
        return "path" if "route" in text else side
    for pattern in (_ADDITIONAL, _REQUIRED):
        if named := pattern.search(text):
            place.append(named[1])
    where, *rest = place
    if where != "body":
        return f"{where} {dotted(rest)}".rstrip()
    separator = "." if side == "request" else " "
    whole = {"request": "request body", "response": "response"}[side]
    return separator.join(filter(None, (whole, dotted(rest))))


def dotted(steps: Iterable[str]) -> str:
    """Steps into a document as text: names with dots between them, and `[]` for any place of a list."""
    text = "".join("[]" if _NUMBER.fullmatch(step) else f".{step}" for step in steps)
    return text.removeprefix(".")
