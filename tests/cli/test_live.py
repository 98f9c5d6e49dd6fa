from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from reconcile import catalogue
from reconcile.cli import live
from reconcile.cli.groups import Opening
from reconcile.cli.live import read_snapshot
from reconcile.cli.opening import World
from reconcile.cli.reach import Reach
from reconcile.errors import FilesError, RefusedError
from reconcile.model.versions import VERSIONS
from reconcile.simulator import Store
from reconcile.simulator.embedded import secret_key
from tests.lab import KEYS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Shell

BASE = """\
jwt_templates:
  one: {claims: {a: 1}, custom_signing_key: true, signing_algorithm: HS256, signing_key: "${env:SIGNING}"}
allowlist: [ada@acme.example]
restrictions: {block_email_subaddresses: true}
"""
PROPOSED = BASE.replace("a: 1", "a: 2")
SIGNING = "a-signing-key-of-ours"


@pytest.fixture
def taken(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A project whose instance is as it says, a snapshot of that, and a change that somebody proposes."""
    monkeypatch.setenv("SIGNING", SIGNING)
    shell.project(BASE)
    shell("apply -e local --yes")
    monkeypatch.delenv("SIGNING")
    assert shell("snapshot -e local --out live.json").code == 0
    shell.project(PROPOSED)
    return shell


def snapshot(shell: Shell) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shell.folder / "live.json").read_text(encoding="utf-8"))
    return found


def test_a_snapshot_holds_what_is_declared_needs_no_secret_of_the_files_and_is_for_its_owner(
    taken: Shell,
) -> None:
    found = snapshot(taken)
    jsonschema.Draft202012Validator(catalogue.schema("snapshot")).validate(found)
    assert sorted(found["objects"]) == ["allowlist", "jwt_template"]
    assert found["unreadable"] == ["restrictions"]
    assert SIGNING not in json.dumps(found)
    assert (taken.folder / "live.json").stat().st_mode & 0o077 == 0


def test_a_snapshot_of_all_kinds_holds_what_nobody_has_declared(taken: Shell) -> None:
    said = taken("snapshot -e local --out live.json --all")
    assert "of 13 kinds" in said.err
    assert len(read_snapshot(taken.folder / "live.json").kinds) == 13


@pytest.mark.parametrize("version", VERSIONS)
def test_all_kinds_can_be_taken_with_every_version_of_the_api(shell: Shell, version: str) -> None:
    shell.project("redirect_urls: [myapp://b]\n", f"local: {{api_url: embedded, api_version: '{version}'}}")
    assert shell("snapshot -e local --out live.json --all").code == 0


def test_a_plan_against_a_snapshot_shows_the_change_and_touches_no_instance(taken: Shell) -> None:
    before = taken.state()
    document = taken("plan -e local --live live.json --format json").document
    jsonschema.Draft202012Validator(catalogue.schema("plan")).validate(document)
    assert (document["applicable"], document["snapshot"]) == (False, snapshot(taken)["taken_at"])
    assert "signature" not in document
    assert [(one["address"], one["action"]) for one in document["changes"]] == [
        ("jwt_template/one", "update"),
        ("restrictions", "assert"),
    ]
    assert document["findings"][0]["rule"] == "snapshot"
    assert taken.state() == before


def test_a_plan_against_a_snapshot_has_the_digest_of_one_against_the_instance(shell: Shell) -> None:
    shell.project("redirect_urls: [myapp://b]\n")
    shell("snapshot -e local --out live.json")
    here = shell("plan -e local --format json").document
    there = shell("plan -e local --live live.json --format json").document
    assert here["digest"] == there["digest"]


def test_neither_key_nor_secrets_nor_instance_are_needed_where_a_snapshot_is(
    shell: Shell, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", KEYS["production"])
    monkeypatch.setenv("RECONCILE_ALLOW_API_HOST", "127.0.0.1")
    live_one = "live: {{api_url: '{url}', secret_key: '${{env:KEY}}', type: production}}"
    shell.project(BASE, live_one.format(url=served))
    assert shell("snapshot -e live --out live.json").code == 0
    monkeypatch.delenv("KEY")
    shell.project(PROPOSED, live_one.format(url="http://127.0.0.1:9/v1"))
    said = shell("plan -e live --live live.json --format markdown")
    assert (said.code, "create <code>jwt_template/one</code>" in said.out) == (0, True), said.err


def test_a_plan_from_a_snapshot_is_refused_with_the_reason_before_a_key_is_asked_for(
    taken: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = taken("plan -e local --live live.json --out plan.json")
    assert (said.code, "will refuse it" in said.err) == (0, True)
    for line in ("apply plan.json", "show plan.json"):
        said = taken(line)
        assert (said.code, "was made from a snapshot" in said.err) == (5, True)
    document = json.loads((taken.folder / "plan.json").read_text(encoding="utf-8"))
    taken.write("plan.json", json.dumps({**document, "applicable": True}))
    monkeypatch.setenv("SIGNING", SIGNING)
    said = taken("apply plan.json")
    assert (said.code, "has no signature" in said.err) == (5, True)


def test_a_snapshot_in_which_the_key_would_stand_is_not_written(shell: Shell) -> None:
    shell.project("redirect_urls: [myapp://b]\n")
    shell("apply -e local --yes")
    key = secret_key(Store.load(shell.folder / ".reconcile" / "embedded" / "local.json"))
    state = shell.state()
    (url,) = state["objects"]["redirect_urls"].values()
    url["url"] = f"https://a.example/{key}"
    shell.tamper(state)
    said = shell("snapshot -e local --out live.json")
    assert (said.code, "returns [secret key]" in said.err) == (5, True)
    assert key not in said.err
    assert not (shell.folder / "live.json").exists()


def test_a_snapshot_of_another_environment_or_instance_is_refused(taken: Shell) -> None:
    taken.project(PROPOSED, "local: {api_url: embedded}\nother: {api_url: embedded}")
    said = taken("plan -e other --live live.json")
    assert (said.code, "this snapshot is of environment local" in said.err) == (5, True)
    taken.project(PROPOSED, "local: {api_url: embedded, instance: ins_another}")
    said = taken("plan -e local --live live.json")
    assert (said.code, "pinned to ins_another" in said.err) == (5, True)


def test_a_kind_that_the_snapshot_does_not_hold_is_named_with_its_place(taken: Shell) -> None:
    taken.project(f"{PROPOSED}redirect_urls: [myapp://b]\n")
    said = taken("plan -e local --live live.json")
    assert (said.code, "clerk.yml:5: redirect_url: the snapshot of" in said.err) == (65, True)
    assert "--all" in said.err


def test_a_list_that_is_at_stake_has_to_be_in_the_snapshot_as_well(taken: Shell) -> None:
    taken.project("restrictions: {allowlist: true}\n")
    taken("snapshot -e local --out live.json")
    assert taken("plan -e local --live live.json").code == 0
    assert [one["key"] for one in snapshot(taken)["objects"]["allowlist"]] == ["ada@acme.example"]
    taken.project("restrictions: {block_email_subaddresses: true}\n")
    taken("snapshot -e local --out live.json")
    taken.project("restrictions: {allowlist: true}\n")
    said = taken("plan -e local --live live.json")
    assert (said.code, "allowlist: the snapshot of" in said.err) == (65, True)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "cannot be read"),
        (b"[]", "holds no JSON object"),
        (b"{}", "its format is None"),
        (b'{"format_version": "1"', "cannot be read"),
        (b'{"format_version": "1", "format_version": "1"}', "stands twice"),
        (b'{"format_version": NaN}', "NaN is not JSON"),
        (b"\xff\xfe", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
    ],
)
def test_a_damaged_file_is_said_with_the_reason(taken: Shell, content: bytes, complaint: str) -> None:
    (taken.folder / "live.json").write_bytes(content)
    said = taken("plan -e local --live live.json")
    assert (said.code, complaint in said.err) == (65, True), said.err
    assert "reconcile snapshot" in said.err


def test_a_truncated_or_edited_snapshot_is_noticed(taken: Shell) -> None:
    text = (taken.folder / "live.json").read_text(encoding="utf-8")
    for changed in (text[:-20], text.replace("ada@", "eve@")):
        taken.write("live.json", changed)
        assert taken("plan -e local --live live.json").code == 65


def test_a_snapshot_that_is_too_large_or_not_there_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LARGEST", 10)
    (tmp_path / "large.json").write_text("x" * 11, encoding="utf-8")
    with pytest.raises(FilesError, match="it is larger than 0 MiB"):
        read_snapshot(tmp_path / "large.json")
    with pytest.raises(FilesError, match="No such file"):
        read_snapshot(tmp_path / "none.json")


def test_a_plan_from_a_snapshot_does_not_depend_on_receipts(taken: Shell) -> None:
    first = taken("plan -e local --live live.json --format json").document
    (next((taken.folder / ".reconcile" / "receipts").iterdir())).unlink()
    assert taken("plan -e local --live live.json --format json").document == first


def test_nothing_can_be_sent_to_a_snapshot(taken: Shell) -> None:
    offline = live.Offline(
        read_snapshot(taken.folder / "live.json"), Opening(taken.folder, Reach(), "local"), World()
    )
    with pytest.raises(RefusedError, match="nothing is sent"):
        offline.client(read_only=True)
