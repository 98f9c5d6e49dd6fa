"""One issue about drift: opened, brought up to date, closed."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.action.conftest import BEFORE, KEY
from tests.action.job import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.action.github import GitHub

MARKER = "<!-- reconcile:drift:production -->"


@pytest.fixture
def watch(job: Callable[..., Job]) -> Job:
    """The scheduled job of a project whose instance is as the files say."""
    found = job("schedule", ref="refs/heads/main")
    (found.folder / "clerk.yml").write_text(BEFORE, "utf-8")
    return found


@pytest.fixture
def dashboard(instance: str) -> Iterator[httpx.Client]:
    """Somebody who changes the instance by hand."""
    with httpx.Client(headers={"Authorization": f"Bearer {KEY}"}, base_url=instance) as client:
        yield client


def take_away(dashboard: httpx.Client, path: str) -> None:
    """Remove the one object of a list."""
    (one,) = dashboard.get(path).raise_for_status().json()
    dashboard.delete(f"{path}/{one['id']}").raise_for_status()


def test_no_drift_opens_no_issue(watch: Job, hub: GitHub) -> None:
    ended = watch.step("drift", environment="production")
    assert (ended.code, ended.outputs["drift"], hub.issues) == (0, "false", []), ended.log


def test_drift_opens_one_issue_keeps_it_up_to_date_and_closes_it_when_it_is_gone(
    watch: Job, hub: GitHub, dashboard: httpx.Client
) -> None:
    take_away(dashboard, "/redirect_urls")
    ended = watch.step("drift", environment="production")
    assert (ended.code, ended.outputs["drift"], ended.outputs["exit-code"]) == (0, "true", "2"), ended.log
    (issue,) = hub.issues
    labels = [one["name"] for one in issue["labels"]]
    assert (issue["title"], labels) == ("Drift in production", ["reconcile-drift"])
    assert issue["body"].startswith(f"{MARKER}\n")
    assert "myapp://a" in issue["body"]
    assert "myapp://a" in ended.summary
    assert ended.outputs["issue"] == issue["html_url"]

    take_away(dashboard, "/allowlist_identifiers")
    ended = watch.step("drift", environment="production")
    assert ended.code == 0, ended.log
    assert len(hub.issues) == 1
    assert "a***@acme.example" in issue["body"]
    assert "ada@" not in issue["body"] + ended.log + ended.summary

    dashboard.post("/redirect_urls", json={"url": "myapp://a"}).raise_for_status()
    dashboard.post("/allowlist_identifiers", json={"identifier": "ada@acme.example"}).raise_for_status()
    ended = watch.step("drift", environment="production")
    assert (ended.code, ended.outputs["drift"]) == (0, "false"), ended.log
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert "The drift is gone" in hub.comments[issue["number"]][0]["body"]

    take_away(dashboard, "/redirect_urls")
    assert watch.step("drift", environment="production").code == 0
    assert [one["state"] for one in hub.issues] == ["closed", "open"]


@pytest.mark.parametrize(
    "other",
    [
        {"user": {"login": "eve"}},
        {"body": "<!-- reconcile:drift:staging -->\n"},
        {"pull_request": {}},
        {"labels": [{"name": "bug"}]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_only_our_own_issue_about_the_environment_is_touched(
    watch: Job, hub: GitHub, other: dict[str, Any]
) -> None:
    ours: dict[str, Any] = {
        "number": 1,
        "state": "open",
        "title": "x",
        "body": MARKER + "\n",
        "user": {"login": "github-actions[bot]"},
        "labels": [{"name": "reconcile-drift"}],
    }
    hub.issues.append({**ours, **other})
    assert watch.step("drift", environment="production").code == 0
    assert hub.issues == [{**ours, **other}]
    hub.issues.append({**ours, "number": 2})
    assert watch.step("drift", environment="production").code == 0
    assert [one["state"] for one in hub.issues] == ["open", "closed"]


def test_without_what_was_applied_the_commit_itself_says_what_was_changed_by_hand(
    watch: Job, hub: GitHub, dashboard: httpx.Client
) -> None:
    take_away(dashboard, "/redirect_urls")
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=Ada", "-c", "user.email=ada@acme.example", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", "-C", str(watch.folder), *words], check=True)  # noqa: S607 - the git of this machine
    ended = watch.step("drift", environment="production", options="--since=HEAD")
    assert (ended.code, ended.outputs["exit-code"]) == (0, "2"), ended.log
    assert "on the instance" in hub.issues[0]["body"].partition("\n\n")[2].splitlines()[0], hub.issues[0][
        "body"
    ]


def test_what_cannot_be_looked_at_says_nothing_about_drift(
    watch: Job, hub: GitHub, dashboard: httpx.Client
) -> None:
    take_away(dashboard, "/redirect_urls")
    watch.step("drift", environment="production")
    watch.environ = {"KEY": "sk_live_none"}
    ended = watch.step("drift", environment="production")
    assert (ended.code, hub.issues[0]["state"], "drift" in ended.outputs) == (1, "open", False), ended.log


def test_a_project_in_a_folder_has_an_issue_of_its_own(
    watch: Job, hub: GitHub, dashboard: httpx.Client
) -> None:
    other = watch.folder / "people"
    other.mkdir()
    (other / "reconcile.yml").write_text((watch.folder / "reconcile.yml").read_text("utf-8"), "utf-8")
    (other / "clerk.yml").write_text("allowlist: [ada@acme.example]\n", "utf-8")
    take_away(dashboard, "/redirect_urls")
    assert watch.step("drift", environment="production").outputs["drift"] == "true"
    ended = watch.step("drift", environment="production", project="people")
    assert (ended.code, ended.outputs["drift"]) == (0, "false"), ended.log
    assert [one["state"] for one in hub.issues] == ["open"]
    take_away(dashboard, "/allowlist_identifiers")
    for way in ("people", "./people/"):
        assert watch.step("drift", environment="production", project=way).outputs["drift"] == "true"
    assert [one["title"] for one in hub.issues] == ["Drift in production", "Drift in production (people)"]


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target", "workflow_run"])
def test_drift_is_not_looked_for_where_a_pull_request_is(tmp_path: Path, hub: GitHub, event: str) -> None:
    ended = Job(tmp_path, tmp_path / "temp", hub, event).step("drift", environment="production")
    assert (ended.code, hub.requests) == (64, [])
