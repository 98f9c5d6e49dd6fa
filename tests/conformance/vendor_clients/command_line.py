"""The vendor's command line tool at work: `command_line.py http://127.0.0.1:PORT look|create|rehearse|update|delete`.

Needs the program `clerk` as CLERK_PROGRAM, and the secret key as CLERK_SECRET_KEY; no account. Settings go through
`config pull` and `config patch` (with `--dry-run` in `rehearse`), all else through `api`. Prints one line of JSON for
each call of the tool. Knows nothing of `reconcile`, and repairs nothing that the tool does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Fields = dict[str, Any]

COLLECTIONS = {
    "jwt_template": ("/jwt_templates", "name"),
    "allowlist": ("/allowlist_identifiers", "identifier"),
    "blocklist": ("/blocklist_identifiers", "identifier"),
    "redirect_url": ("/redirect_urls", "url"),
}
LISTS = {
    **COLLECTIONS,
    "email_template": ("/templates/email", "slug"),
    "sms_template": ("/templates/sms", "slug"),
    "organization_role": ("/organization_roles", "key"),
}
TEMPLATE_FIELDS = (
    "name",
    "subject",
    "markup",
    "body",
    "delivered_by_clerk",
    "from_email_name",
    "reply_to_email_name",
)
_TIMEOUT = 60


class ToolError(Exception):
    """The tool ended with an error; the message is what it said."""


class Tool:
    """The program in a home of its own, so that it knows of no account and no linked application."""

    def __init__(self, url: str, home: str) -> None:
        quiet = {"CLERK_TELEMETRY_DISABLED": "1", "DO_NOT_TRACK": "1", "CLERK_NO_UPDATE_CHECK": "1"}
        self._home = home
        self._environment = {
            **os.environ,
            **quiet,
            "NO_UPDATE_NOTIFIER": "1",
            "CLERK_MODE": "agent",
            "CLERK_BACKEND_API_URL": url,
            "CLERK_PLATFORM_API_URL": url,
            "HOME": home,
            "CLERK_CONFIG_DIR": f"{home}/config",
            "CLERK_CACHE_DIR": f"{home}/cache",
        }

    def __call__(self, *words: str) -> Any:
        """Run the tool; the JSON that it prints, or None; raises ToolError with its own words."""
        done = subprocess.run(
            [os.environ["CLERK_PROGRAM"], *words],
            cwd=self._home,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT,
        )
        if done.returncode:
            raise ToolError(f"exit {done.returncode}: {' '.join(done.stderr.split())[:200]}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def entries(self, kind: str) -> list[Fields]:
        """Everything that a list holds, whichever shape it comes in."""
        listed = self("api", f"{LISTS[kind][0]}?limit=500")
        entries: list[Fields] = listed["data"] if isinstance(listed, dict) else listed
        return entries


def look(tool: Tool) -> Iterator[Fields]:
    """Every list through `api`, and every group that `config pull` knows."""
    for kind, (path, key) in LISTS.items():
        line = {"verb": "look", "kind": kind, "call": f"clerk api {path}"}
        try:
            yield {**line, "items": {one[key]: one for one in tool.entries(kind)}}
        except ToolError as error:
            yield {**line, "error": str(error)}
    try:
        for kind, fields in tool("config", "pull").items():
            yield {"verb": "look", "kind": kind, "call": "clerk config pull", "items": {"": fields}}
    except ToolError as error:
        yield {"verb": "look", "kind": "", "call": "clerk config pull", "error": str(error)}


def change(tool: Tool, phase: str, steps: list[Fields]) -> Iterator[Fields]:
    """The steps of one phase: objects one by one, then all settings in one patch."""
    objects = [step for step in steps if step["kind"] in LISTS]
    groups = [step for step in steps if step["kind"] not in LISTS]
    for step in objects:
        yield _change_object(tool, phase, step)
    if groups:
        yield from _patch(tool, phase, groups, [])


def rehearse(tool: Tool, steps: list[Fields]) -> Iterator[Fields]:
    """What the patch would do, which must be nothing yet."""
    groups = [step for step in steps if step["kind"] not in LISTS]
    return _patch(tool, "rehearse", groups, ["--dry-run"])


def _patch(tool: Tool, verb: str, groups: list[Fields], more: list[str]) -> Iterator[Fields]:
    """One `config patch` of several groups."""
    call = " ".join(["clerk config patch", *more])
    wanted = {step["kind"]: step["fields"] for step in groups}
    try:
        tool("config", "patch", "--json", json.dumps(wanted), "--yes", *more)
        error = {}
    except ToolError as raised:
        error = {"error": str(raised)}
    for step in groups:
        yield {"verb": verb, "kind": step["kind"], "key": "", "call": call, "fields": step["fields"], **error}


def _change_object(tool: Tool, verb: str, step: Fields) -> Fields:
    """One object through `api`; says which fields the tool was given."""
    kind, key = step["kind"], step["key"]
    line: Fields = {"verb": verb, "kind": kind, "key": key, "call": "clerk api", "fields": {}}
    try:
        method, path, line["fields"] = _request(tool, verb, step)
        line["call"] = f"clerk api {LISTS[kind][0]} -X {method}"
        data = ["-d", json.dumps(line["fields"])] if line["fields"] else []
        tool("api", path, "-X", method, *data, "--yes")
    except ToolError as error:
        return {**line, "error": str(error)}
    return line


def _request(tool: Tool, verb: str, step: Fields) -> tuple[str, str, Fields]:
    """Method, path and fields that carry a step out."""
    kind, key, fields = step["kind"], step["key"], step.get("fields", {})
    base, name = LISTS[kind]
    if kind == "sms_template":
        return "POST", f"{base}/{key}/toggle_delivery", fields
    if kind == "email_template" and verb == "delete":
        return "POST", f"{base}/{key}/revert", {}
    if kind == "email_template":
        live = tool("api", f"{base}/{key}")
        return "PUT", f"{base}/{key}", {**{one: live[one] for one in TEMPLATE_FIELDS}, **fields}
    if verb == "create":
        return "POST", base, fields
    id_ = next(one["id"] for one in tool.entries(kind) if one[name] == key)
    return {"update": "PATCH", "delete": "DELETE"}[verb], f"{base}/{id_}", fields


def main() -> None:
    """Carry one phase out."""
    url, phase = sys.argv[1:]
    steps = json.loads((Path(__file__).parent / "steps.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as home:
        tool = Tool(url, home)
        if phase == "look":
            lines = look(tool)
        elif phase == "rehearse":
            lines = rehearse(tool, steps["update"])
        else:
            lines = change(tool, phase, steps[phase])
        for line in lines:
            sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
