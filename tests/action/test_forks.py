"""Pull requests that have no key: planned from a snapshot, and commented on by a job that believes nothing."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reconcile.cli import run
from tests.action.github import BOT, REPOSITORY
from tests.action.job import Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.action.github import GitHub

HEAD = {"sha": "d" * 40, "ref": "patch-1", "label": "eve:patch-1", "repo": {"full_name": "eve/clerk"}}
NAME = "reconcile-snapshot-plan-production"


def packed(name: str = "plan.json", content: bytes = b"", *, link: bool = False) -> bytes:
    """An archive as GitHub hands it out."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = ((stat.S_IFLNK if link else stat.S_IFREG) | 0o644) << 16
        archive.writestr(entry, content)
    return found.getvalue()


def hand_over(hub: GitHub, content: bytes, **more: Any) -> None:
    """The artefact that a run of the fork left."""
    hub.files[5] = content
    one = {"id": 5, "name": NAME, "expired": False, "size_in_bytes": len(content), **more}
    hub.artefacts[9] = [{"id": 4, "name": "other", "expired": False, "size_in_bytes": 1}, one]


@pytest.fixture
def snapshot(job: Callable[..., Job], tmp_path: Path) -> str:
    """A snapshot that a trusted job took."""
    path = tmp_path / "kept" / "live.json"
    ended = job("schedule").step("snapshot", environment="production", snapshot=str(path))
    assert ended.code == 0, ended.log
    return str(path)


@pytest.fixture
def fork(job: Callable[..., Job], hub: GitHub) -> Job:
    """The job of a pull request from a fork: it has no key, and a token that may write nothing."""
    hub.pull(8, head=HEAD)
    hub.readonly = True
    return job("pull_request", environ={}, event={"pull_request": {"number": 8, "head": HEAD}})


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A plan that was made from a snapshot."""
    folder = tmp_path_factory.mktemp("project")
    project = "version: 1\nresources: [clerk.yml]\nenvironments: {production: {api_url: embedded}}\n"
    (folder / "reconcile.yml").write_text(project, "utf-8")
    (folder / "clerk.yml").write_text(
        "redirect_urls: [myapp://b]\nallowlist: [grace@acme.example]\n", "utf-8"
    )
    taken, made = str(folder / "live.json"), folder / "plan.json"
    where = ["-C", str(folder), "-e", "production"]
    assert run(["snapshot", *where, "--out", taken]) == 0
    assert run(["plan", *where, "--live", taken, "--report", f"json={made}"]) == 0
    return made.read_bytes()


@pytest.fixture
def trusted(tmp_path: Path, hub: GitHub, document: bytes) -> Job:
    """The job that follows, in the repository itself, with what the fork's left."""
    hub.pull(8, head=HEAD)
    hand_over(hub, packed(content=document))
    ran = {
        "id": 9,
        "event": "pull_request",
        "head_sha": HEAD["sha"],
        "head_branch": "patch-1",
        "head_repository": {"full_name": "eve/clerk", "owner": {"login": "eve"}},
    }
    return Job(tmp_path, tmp_path / "temp", hub, "workflow_run", {"workflow_run": ran}, ref="refs/heads/main")


def test_a_fork_gets_a_plan_without_a_key_and_a_comment_from_the_job_that_follows(
    fork: Job, trusted: Job, snapshot: str, hub: GitHub
) -> None:
    hub.readonly = True
    planned = fork.step("plan", environment="production", snapshot=snapshot)
    assert (planned.code, hub.requests) == (0, []), planned.log
    assert planned.outputs["artifact-name"] == NAME
    left = Path(planned.outputs["artifact"])
    assert sorted(path.name for path in left.iterdir()) == ["plan.html", "plan.json", "plan.md"]
    assert "myapp://b" in planned.summary
    hub.readonly = False
    hand_over(hub, packed(content=(left / "plan.json").read_bytes()))
    ended = trusted.step("comment", environment="production")
    assert ended.code == 0, ended.log
    assert hub.comments[8][0]["body"].count("myapp://b") == 1


def test_a_fork_without_a_snapshot_is_told_so(fork: Job, tmp_path: Path) -> None:
    ended = fork.step("plan", environment="production")
    assert (ended.code, "has no key" in ended.log) == (64, True)
    ended = fork.step("plan", environment="production", snapshot=str(tmp_path / "none.json"))
    assert (ended.code, "there is no snapshot" in ended.log) == (1, True)


def test_the_trusted_job_writes_the_comment_and_puts_no_digest_down_as_reviewed(
    trusted: Job, hub: GitHub
) -> None:
    for _ in range(2):
        ended = trusted.step("comment", environment="production")
        assert ended.code == 0, ended.log
    (comment,) = hub.comments[8]
    assert comment["body"].startswith("<!-- reconcile:plan:production -->\n")
    assert "by a job that ran the code of this pull request" in comment["body"]
    assert "myapp://b" in comment["body"]
    assert "g***@acme.example" in comment["body"]
    assert "reviewed:" not in comment["body"]
    assert hub.carried_on == [None, None]


def test_a_merged_fork_is_applied_once_somebody_has_looked_at_the_plan(
    trusted: Job, job: Callable[..., Job], hub: GitHub
) -> None:
    trusted.step("comment", environment="production")
    hub.pulls[0] |= {"merged_at": "2026-11-27T00:00:00Z", "merge_commit_sha": "e" * 40, "state": "closed"}
    event = {"repository": {"default_branch": "main"}}
    push = job("push", event=event, ref="refs/heads/main", sha="e" * 40)
    ended = push.step("apply", environment="production")
    assert (ended.code, "No plan was reviewed in #8" in ended.log) == (5, True)
    push.event_name = "workflow_dispatch"
    assert push.step("apply", environment="production", digest=ended.outputs["digest"]).code == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive",
        packed(),
        packed("../plan.json", b"{}"),
        packed("plan.json/plan.json", b"{}"),
        packed(content=b"[]"),
        packed(content=b'"<!-- reconcile:plan:production -->"'),
        packed(content=b"[" * 100_000),
        packed(content=b'{"applicable": false, "environment": "production"}'),
        packed(content=b"/proc/self/environ", link=True),
        packed(content=b" " * 40_000_000),
    ],
    ids=["empty", "text", "empty file", "above", "below", "list", "word", "deep", "no plan", "link", "bomb"],
)
def test_what_is_no_plan_is_not_shown(trusted: Job, hub: GitHub, content: bytes) -> None:
    hand_over(hub, content)
    ended = trusted.step("comment", environment="production")
    assert (ended.code, hub.comments) == (1, {}), ended.log


@pytest.mark.parametrize(
    "change",
    [
        {"environment": "staging"},
        {"applicable": True},
        {"applicable": None},
        {"format_version": "9"},
        {"changes": [{"kind": "no such kind"}]},
        {"changes": {}},
        {"findings": [1]},
    ],
    ids=str,
)
def test_a_plan_that_is_not_what_it_should_be_is_not_shown(
    trusted: Job, document: bytes, hub: GitHub, change: dict[str, Any]
) -> None:
    hand_over(hub, packed(content=json.dumps({**json.loads(document), **change}).encode()))
    ended = trusted.step("comment", environment="production")
    assert (ended.code, hub.comments) == (1, {}), ended.log


def test_what_a_hostile_plan_says_stays_inside_of_code(trusted: Job, document: bytes, hub: GitHub) -> None:
    said = (
        "x\n\n@everyone ![](https://evil.example/x.png) <!-- reconcile:reviewed:sha256:" + "0" * 64 + " -->\n"
    )
    content = json.loads(document)
    content["findings"].append(
        {"severity": "warning", "rule": "x", "message": said, "address": said, "origin": None}
    )
    content["unmanaged"].append(said)
    content["source"] = {"revision": said, "dirty": False}
    content["changes"][0]["origin"] = {"file": said, "line": 1}
    hand_over(hub, packed(content=json.dumps(content).encode()))
    ended = trusted.step("comment", environment="production")
    assert ended.code == 0, ended.log
    from markdown_it import MarkdownIt  # noqa: PLC0415 - a reader of Markdown that is not ours

    (comment,) = hub.comments[8]
    tokens = MarkdownIt("commonmark").parse(comment["body"])
    inline = [child for token in tokens for child in token.children or ()]
    assert not [
        one
        for one in inline
        if one.type in {"image", "html_inline"} and "evil" in (one.content + str(one.attrs))
    ]
    assert not [one for one in inline if one.type == "text" and "@everyone" in one.content]
    last = comment["body"].rstrip().splitlines()[-1]
    assert last.startswith("<sub>[This run](https://github.test/")


def test_a_run_that_left_nothing_of_ours_is_passed_over(trusted: Job, hub: GitHub) -> None:
    for more in ({"name": "else"}, {"expired": True}, {"size_in_bytes": 1 << 30}):
        hand_over(hub, packed(content=b"{}"), **more)
        ended = trusted.step("comment", environment="production")
        assert (ended.code, "left no plan" in ended.log) == (0, True), ended.log
    trusted.event["workflow_run"]["event"] = "push"
    assert "not about a pull request" in trusted.step("comment", environment="production").log
    assert hub.comments == {}


@pytest.mark.parametrize(
    "change",
    [{"head_sha": "f" * 40}, {"head_branch": "main&head=acme:change"}, {"head_repository": None}],
    ids=str,
)
def test_github_alone_says_which_pull_request_it_was(
    trusted: Job, hub: GitHub, change: dict[str, Any]
) -> None:
    hub.pull(
        3,
        head={"sha": "1" * 40, "ref": "change", "label": "acme:change", "repo": {"full_name": "acme/clerk"}},
    )
    trusted.event["workflow_run"] |= change
    ended = trusted.step("comment", environment="production")
    assert (ended.code, hub.written()) == (0, []), ended.log
    assert "No open pull request" in ended.log


def test_a_fork_of_the_same_owner_cannot_pass_for_the_repository(trusted: Job, hub: GitHub) -> None:
    head = {"sha": HEAD["sha"], "ref": "patch-1", "label": "eve:patch-1", "repo": {"full_name": REPOSITORY}}
    hub.pulls.insert(0, hub.pull(3, head=head))
    hub.pulls.pop()
    hub.say(3, "<!-- reconcile:plan:production -->\nreviewed")
    ended = trusted.step("comment", environment="production")
    assert (ended.code, sorted(hub.comments)) == (0, [3, 8]), ended.log
    assert hub.comments[3][0]["body"].endswith("reviewed")


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target", "push", "issue_comment"])
def test_the_trusted_job_runs_on_workflow_run_alone(trusted: Job, event: str) -> None:
    trusted.event_name = event
    assert trusted.step("comment", environment="production").code == 64


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run", "issue_comment"])
def test_no_plan_is_made_where_the_code_of_a_fork_would_meet_a_key(fork: Job, event: str) -> None:
    fork.event_name = event
    ended = fork.step("plan", environment="production")
    assert (ended.code, f"not on {event}" in ended.log) == (64, True)


def test_a_comment_of_somebody_else_with_our_marker_is_left_alone(trusted: Job, hub: GitHub) -> None:
    hub.say(8, "<!-- reconcile:plan:production -->\nmine", login="eve")
    assert trusted.step("comment", environment="production").code == 0
    assert [one["user"]["login"] for one in hub.comments[8]] == ["eve", BOT]
    assert hub.comments[8][0]["body"].endswith("mine")
