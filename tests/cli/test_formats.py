"""Documents and streams of format version 1, kept as they were written: what is made today has to be readable like them.

These files are never written again. A member may be added to a format; one that is gone or means something else is
another format version.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from reconcile import catalogue
from reconcile.codec import decode_plan, decode_snapshot, signed_content
from reconcile.model import Action, Outcome, Status
from reconcile.render.events import ended, line
from reconcile.state.keys import Keys
from tests.lab import KEYS, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.cli.conftest import Shell

FOLDER = ROOT / "tests" / "golden" / "format_1"
GOOD = """\
redirect_urls: {prune: true, urls: ["myapp://b"]}
restrictions: {block_email_subaddresses: true}
"""
EMPTIED = "redirect_urls: {prune: true, urls: []}\n"
NOT_DONE = [
    Outcome("protect", Action.UPDATE, Status.FAILED, "needs a paid plan", features=("protection",)),
    Outcome("restrictions", Action.ASSERT, Status.SKIPPED, "needs allowlist/*"),
    Outcome("redirect_url/myapp://b", Action.CREATE, Status.UNCONFIRMED, "no answer"),
]


def kept(name: str) -> list[Any]:
    """The documents in a kept file: one, or one a line."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()] if name.endswith("l") else [json.loads(text)]


def members(value: Any, place: str = "") -> Iterator[str]:
    """Where each member of a document stands; the entries of a list stand in the same place."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{place}.{name}"
            yield from members(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner, f"{place}[]")


def all_members(documents: Iterable[Any]) -> set[str]:
    """The members of some documents; those of events by their name, and those that files and instances name aside."""
    found = {place for one in documents for place in members(one, one.get("event", ""))}
    return {place for place in found if not any(f".{name}." in place for name in ("body", "live", "objects"))}


def produced(shell: Shell) -> dict[str, list[Any]]:
    """The same documents as they are made today."""
    shell.project(GOOD)
    made: dict[str, list[Any]] = {}
    lines = [shell("apply -e local --yes --format jsonl -q").out]
    outcomes = [shell("apply -e local --yes --reassert --format json -q").document]
    shell("snapshot -e local --out live.json")
    made["snapshot.json"] = [json.loads((shell.folder / "live.json").read_text(encoding="utf-8"))]
    shell.project(EMPTIED)
    lines.append(shell("apply -e local --yes --format jsonl -q").out)
    shell.project(GOOD)
    lines.append(shell("apply -e local --yes --format jsonl -q --expect-digest sha256:0").out)
    shell.project("redirect_url: []\n")
    made["findings.json"] = [shell("validate --format json").document]
    events = [json.loads(line) for text in lines for line in text.splitlines()]
    made["events.jsonl"] = [*events, *(line(ended(one), events[0]["time"]) for one in NOT_DONE)]
    return {**made, "outcomes.json": outcomes}


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("plan.json", "plan"),
        ("plan_before_snapshots.json", "plan"),
        ("outcomes.json", "outcomes"),
        ("findings.json", "findings"),
        ("events.jsonl", "events"),
        ("snapshot.json", "snapshot"),
    ],
)
def test_what_was_valid_stays_valid(name: str, schema: str) -> None:
    validator = jsonschema.Draft202012Validator(catalogue.schema(schema))
    documents = kept(name)
    assert documents
    for document in documents:
        validator.validate(document)


@pytest.mark.parametrize("name", ["plan.json", "plan_before_snapshots.json"])
def test_a_plan_that_was_signed_stays_signed_and_readable(name: str) -> None:
    (document,) = kept(name)
    keys = Keys(KEYS["development"])
    assert keys.signed(signed_content(document), document["signature"])
    plan = decode_plan(document)
    assert (plan.environment, len(plan.changes), plan.applicable) == ("local", 8, True)


def test_a_snapshot_stays_readable() -> None:
    snapshot = decode_snapshot(kept("snapshot.json")[0])
    assert [*snapshot.live.objects["redirect_url"]] == ["myapp://b"]
    assert snapshot.unreadable == {"restrictions"}


def test_what_is_made_today_fits_the_schemas_and_lacks_no_member(shell: Shell) -> None:
    for name, documents in produced(shell).items():
        validator = jsonschema.Draft202012Validator(catalogue.schema(name.partition(".")[0]))
        for document in documents:
            validator.validate(document)
        assert all_members(kept(name)) <= all_members(documents), name


def test_the_kept_stream_holds_every_event() -> None:
    told = {event["event"] for event in kept("events.jsonl")}
    assert told == {"planned", "started", *Status, "refused", "verified", "finished"}
