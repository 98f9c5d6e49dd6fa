"""The example workflows and action.yml, as GitHub would read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.action.github import REPOSITORY, TOKEN
from tests.action.job import MANIFEST, Job
from tests.docs.test_docs_agree import first_column
from tests.lab import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.action.github import GitHub

WORKFLOWS = sorted((ROOT / "examples" / "github").glob("*.yml"))
GUIDE = ROOT / "docs" / "github-actions.md"
OURS = "OWNER/reconcile@COMMIT"
HELD_BACK = ("secrets.",)


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - builds text alone
    return found


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in read(path)["jobs"].items():
            yield f"{path.stem}/{name}", job


JOBS = dict(jobs())


def steps(job: dict[str, Any], command: str = "") -> list[dict[str, Any]]:
    """The steps of a job that run our action."""
    return [
        one for one in job["steps"] if one.get("uses") == OURS and command in {"", one["with"]["command"]}
    ]


def every_step() -> Iterator[dict[str, Any]]:
    yield from read(MANIFEST)["runs"]["steps"]
    for job in JOBS.values():
        yield from job["steps"]


def test_there_are_workflows_for_all_that_the_action_does() -> None:
    used = {one["with"]["command"] for job in JOBS.values() for one in steps(job)}
    (listed,) = re.findall(
        r"^  (validate[a-z |]+)\)", (ROOT / "action" / "main.sh").read_text("utf-8"), re.MULTILINE
    )
    assert used == set(listed.split(" | "))
    assert all((ROOT / "action" / f"{command}.sh").exists() for command in used)


def test_every_input_output_and_permission_is_in_the_guide() -> None:
    text = GUIDE.read_text("utf-8")
    manifest = read(MANIFEST)
    named = {word for cell in first_column(text, "Output") for word in re.findall(r"`([\w-]+)`", cell)}
    assert first_column(text, "Input") == [f"`{name}`" for name in manifest["inputs"]]
    assert named == set(manifest["outputs"])
    assert {path.name for path in WORKFLOWS} == set(re.findall(r"^\| \[`([\w.-]+)`\]", text, re.MULTILINE))
    table = dict(re.findall(r"^\| ([^|]+) \| (`[^|]+`) \|$", text.partition("| Job |")[2], re.MULTILINE))
    told = {
        job.replace(" ", "-"): set(re.findall(r"`([^`]+)`", cell))
        for jobs, cell in table.items()
        for job in jobs.split(", ")
    }
    for name, job in JOBS.items():
        assert told[name.partition("/")[2]] == {
            f"{scope}: {level}" for scope, level in job["permissions"].items()
        }


def test_no_expression_stands_in_a_script() -> None:
    scripts = [one["run"] for one in every_step() if "run" in one]
    assert scripts
    assert [script for script in scripts if "${{" in script] == []


def test_no_script_runs_a_text_or_a_word_that_it_was_given() -> None:
    for path in (ROOT / "action").glob("*.sh"):
        text = path.read_text("utf-8")
        assert not re.search(r"\beval\b|\bsource <|bash -c|sh -c|\bxargs\b|\$\{\{|set -x", text), path
        assert not text.startswith("#!") or "\nset -euo pipefail\n" in text


def test_every_action_of_others_is_pinned_to_a_commit_with_its_version_beside_it() -> None:
    for path in (*WORKFLOWS, MANIFEST):
        lines = [line.strip() for line in path.read_text("utf-8").splitlines() if "uses:" in line]
        for line in lines:
            assert re.fullmatch(
                r"(- )?uses: (OWNER/reconcile@COMMIT # the version that you use"
                r"|actions/[a-z-]+(/[a-z]+)?@[0-9a-f]{40} # v[0-9.]+)",
                line,
            ), line
    pins = {
        tuple(re.split(r"@| # ", line.partition("uses: ")[2]))
        for path in (*WORKFLOWS, MANIFEST)
        for line in path.read_text("utf-8").splitlines()
        if "uses: actions/" in line
    }
    assert len({one.split("/")[1] for one, *_ in pins}) == len({commit for _, commit, _ in pins})


def test_every_input_that_a_workflow_gives_is_one_that_the_action_has() -> None:
    known = set(read(MANIFEST)["inputs"])
    for name, job in JOBS.items():
        for step in steps(job):
            assert set(step["with"]) <= known, name


@pytest.mark.parametrize("name", JOBS)
def test_a_job_may_do_no_more_than_it_says_and_ends_by_itself(name: str) -> None:
    job = JOBS[name]
    writes = {scope for scope, level in job["permissions"].items() if level == "write"}
    allowed = {
        "clerk/plan": {"pull-requests"},
        "clerk/apply": {"pull-requests"},
        "clerk-watch/drift": {"issues"},
    }
    allowed["clerk-comment/comment"] = {"pull-requests"}
    assert writes == allowed.get(name, set())
    assert int(job["timeout-minutes"]) <= 60
    checkouts = [one for one in job["steps"] if one.get("uses", "").startswith("actions/checkout@")]
    assert all(one["with"] == {"persist-credentials": "false"} for one in checkouts)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_gives_nothing_by_itself_and_has_its_runs_wait_for_each_other(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {}
    assert "pull_request_target" not in workflow["on"]
    for job in workflow["jobs"].values():
        group = {**workflow, **job}["concurrency"]
        assert group["group"].startswith("clerk-")
        assert group["cancel-in-progress"] == (
            "true" if "plan" in group["group"] or "validate" in group["group"] else "false"
        )


def test_no_cache_of_an_environment_is_found_by_another_whose_name_begins_alike() -> None:
    found = [one["with"] for one in every_step() if one.get("uses", "").startswith("actions/cache/")]
    assert found
    for one in found:
        begins = (
            f"clerk-production-{one['path'].removeprefix('.reconcile/').replace('live.json', 'snapshot')}-"
        )
        assert one["key"].startswith(begins)
        assert one.get("restore-keys", begins) == begins


def test_every_merge_is_applied_and_none_is_pushed_aside_by_another() -> None:
    group = JOBS["clerk/apply"]["concurrency"]
    assert group == {"group": "clerk-production", "cancel-in-progress": "false", "queue": "max"}
    others = [job for name, job in JOBS.items() if name != "clerk/apply"] + [read(path) for path in WORKFLOWS]
    assert not [one for one in others if one.get("concurrency", {}).get("group") == group["group"]]


@pytest.mark.parametrize("name", JOBS)
def test_a_job_that_has_a_key_has_it_from_an_environment_and_never_for_a_fork(name: str) -> None:
    job = JOBS[name]
    keyed = [one for one in job["steps"] if "secrets." in str(one)]
    assert all(one["uses"] == OURS for one in keyed), "a key is for our own step alone"
    if keyed:
        assert job["environment"].startswith("clerk-")
        own = "github.event.pull_request.head.repo.full_name == github.repository"
        trusted = (
            "needs" in job or name.startswith("clerk-watch/") or "!= 'pull_request'" in job.get("if", "")
        )
        assert trusted or own in job["if"]
    if name in {"clerk/plan-without-key", "clerk-comment/comment"}:
        assert not keyed
        assert "environment" not in job


def test_no_plan_is_asked_for_where_github_gives_no_key() -> None:
    assert "github.event.pull_request.user.login != 'dependabot[bot]'" in JOBS["clerk/plan"]["if"]


def test_the_job_that_comments_checks_nothing_out() -> None:
    assert [one["uses"] for one in JOBS["clerk-comment/comment"]["steps"]] == [OURS]


def test_the_scripts_that_are_checked_are_all_that_there_are() -> None:
    everything = [
        path for name in (".ci", "action", "examples", "tests/e2e") for path in (ROOT / name).glob("*")
    ]
    found = {
        path
        for path in everything
        if path.is_file() and (path.suffix == ".sh" or path.read_bytes().startswith(b"#!/usr/bin/env bash"))
    }
    (line,) = re.findall(r"^SCRIPTS := (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert found == {path for glob in line.split() for path in ROOT.glob(glob)}


# --- the whole way, with the words of the workflows ---


def given(name: str, command: str, **known: str) -> dict[str, str]:
    """What a workflow gives to our step, its expressions filled in."""
    (step,) = steps(JOBS[name], command)
    words = dict(step["with"])
    del words["command"]
    return {
        word: re.sub(
            r"\$\{\{ *([\w.-]+).*?\}\}",
            lambda found: known[found[1].replace(".", "_").replace("-", "_")],
            text,
        )
        for word, text in words.items()
    }


def test_the_workflows_take_a_change_from_the_pull_request_to_the_instance(
    job: Callable[..., Job], proposed: Job, merged: Job, hub: GitHub
) -> None:
    assert (
        job("pull_request", environ={}).step("validate", **given("clerk/validate", "validate"), token="").code
        == 0
    )
    assert proposed.step("plan", **given("clerk/plan", "plan")).code == 0
    words = given("clerk/apply", "apply", inputs_digest="", inputs_allow_delete="")
    ended = merged.step("apply", **words)
    assert ended.code == 0, ended.log
    assert [one["body"].split(" -->")[0] for one in hub.comments[7]] == [
        "<!-- reconcile:plan:production",
        "<!-- reconcile:apply:production",
    ]
    assert TOKEN not in ended.log + ended.summary + str(hub.comments)
    ended = merged.step("snapshot", **given("clerk/snapshot", "snapshot"))
    assert ended.code == 0, ended.log
    head = {"sha": "d" * 40, "ref": "x", "label": "eve:x", "repo": {"full_name": "eve/clerk"}}
    fork = job("pull_request", environ={}, event={"pull_request": {"number": 8, "head": head}})
    ended = fork.step("plan", **given("clerk/plan-without-key", "plan"), token="")
    assert (ended.code, "nothing to do" in ended.summary) == (0, True), ended.log
    assert REPOSITORY in hub.requests[0][1]
