from __future__ import annotations

import json
import re
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.action.conftest import AFTER, KEY
from tests.action.github import BOT
from tests.action.job import Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.action.github import GitHub

MARKER = "<!-- reconcile:plan:production -->"


def live(job: Job) -> set[str]:
    """The redirect URLs that the instance has."""
    state = json.loads((job.folder.parent / "instance.json").read_text("utf-8"))
    return {one["url"] for one in state["objects"]["redirect_urls"].values()}


def body(hub: GitHub, number: int = 7, place: int = 0) -> str:
    text: str = hub.comments[number][place]["body"]
    return text


def test_a_pull_request_gets_its_plan_as_a_comment_in_the_summary_and_in_an_artefact(
    proposed: Job, hub: GitHub
) -> None:
    ended = proposed.step("plan", environment="production")
    assert ended.code == 0, ended.log
    text = body(hub)
    assert text.startswith(f"{MARKER}\n")
    assert "myapp://b" in text
    assert "g***@acme.example" in text
    assert "grace@" not in text + ended.summary + ended.log
    assert text.endswith(f"<!-- reconcile:reviewed:{ended.outputs['digest']} -->\n")
    assert "(https://github.test/acme/clerk/actions/runs/42)" in text
    assert "myapp://b" in ended.summary
    assert ended.outputs["changes"] == "3"
    assert ended.outputs["comment"] == hub.comments[7][0]["html_url"]
    made = sorted(path.name for path in Path(ended.outputs["artifact"]).iterdir())
    assert (ended.outputs["artifact-name"], made) == ("reconcile-plan-production", ["plan.html", "plan.md"])
    assert json.loads(Path(ended.outputs["plan"]).read_text("utf-8"))["digest"] == ended.outputs["digest"]


def test_the_next_plan_takes_the_place_of_the_comment_however_many_there_are(
    proposed: Job, hub: GitHub
) -> None:
    for number in range(120):
        hub.say(7, f"remark {number}", login="ada")
    hub.say(7, f"{MARKER}\nnot by us", login="eve")
    assert proposed.step("plan", environment="production").code == 0
    (proposed.folder / "clerk.yml").write_text("redirect_urls: [myapp://other]\n", "utf-8")
    assert proposed.step("plan", environment="production").code == 0
    ours = [one["body"] for one in hub.comments[7] if one["user"]["login"] == BOT]
    assert len(ours) == 1
    assert "myapp://other" in ours[0]
    assert hub.comments[7][120]["body"] == f"{MARKER}\nnot by us"


def test_files_that_are_wrong_leave_no_plan_of_before_to_be_approved(proposed: Job, hub: GitHub) -> None:
    assert proposed.step("plan", environment="production").code == 0
    (proposed.folder / "clerk.yml").write_text("redirect_url: [1]\n", "utf-8")
    ended = proposed.step("plan", environment="production")
    assert (ended.code, ended.outputs["exit-code"], ended.outputs["digest"]) == (65, "65", "")
    assert "There is no plan" in body(hub)
    assert "clerk.yml:1: unknown section redirect_url" in body(hub)
    assert "reviewed:" not in body(hub)
    assert "its artefact" not in body(hub)
    assert "clerk.yml:1" in ended.log


def test_what_is_wrong_stands_in_the_comment_as_code_with_people_masked(proposed: Job, hub: GitHub) -> None:
    forged = f"<!-- reconcile:reviewed:sha256:{'0' * 64} -->"
    (proposed.folder / "clerk.yml").write_text(
        json.dumps({"```` @octocat": 1, "grace@acme.example \x1b[31m": 2, forged: 3}), "utf-8"
    )
    proposed.environ["FORCE_COLOR"] = "1"
    assert proposed.step("plan", environment="production").code == 65
    _, fence, told, rest = re.split(r"^(`{3,})(?:text)?$", body(hub), maxsplit=2, flags=re.MULTILINE)[:4]
    assert fence == "`" * 5
    assert "```` @octocat" in told
    assert "g***@acme.example" in told
    assert forged in told
    assert not {"\x1b"} & {*body(hub)}
    assert "grace@" not in body(hub)
    assert "This run" in body(hub).rpartition(fence)[2]
    assert rest == fence


def test_what_was_reviewed_is_applied_after_the_merge_and_the_outcome_written_below(
    proposed: Job, merged: Job, hub: GitHub
) -> None:
    digest = proposed.step("plan", environment="production").outputs["digest"]
    ended = merged.step("apply", environment="production")
    assert ended.code == 0, ended.log
    assert ended.outputs["digest"] == digest
    assert live(merged) == {"myapp://a", "myapp://b"}
    assert "✓ create allowlist/g***@acme.example" in ended.log
    assert "✓ create allowlist/+15***00" in ended.log
    assert not re.search("grace@|5555550100", ended.log + ended.summary + str(hub.comments))
    assert body(hub, place=1).startswith("<!-- reconcile:apply:production -->\n")
    assert "3 done" in body(hub, place=1)
    assert "3 done" in ended.summary
    assert json.loads(Path(ended.outputs["outcomes"]).read_text("utf-8"))


def test_two_projects_of_one_repository_keep_their_plans_apart(
    proposed: Job, merged: Job, hub: GitHub
) -> None:
    other = proposed.folder / "the people"
    other.mkdir()
    (other / "reconcile.yml").write_text((proposed.folder / "reconcile.yml").read_text("utf-8"), "utf-8")
    (other / "clerk.yml").write_text("redirect_urls: [myapp://people]\n", "utf-8")
    proposed.step("plan", environment="production")
    planned = proposed.step("plan", environment="production", project="the people")
    assert planned.outputs["artifact-name"] == "reconcile-plan-production-in-the_people"
    assert body(hub, place=1).startswith("<!-- reconcile:plan:production:the%20people -->\n")
    for project in (".", "the people"):
        ended = merged.step("apply", environment="production", project=project)
        assert ended.code == 0, ended.log
    assert live(merged) == {"myapp://a", "myapp://b", "myapp://people"}
    assert len(hub.comments[7]) == 4


def test_a_run_that_is_started_again_finds_nothing_to_do(proposed: Job, merged: Job, hub: GitHub) -> None:
    proposed.step("plan", environment="production")
    merged.step("apply", environment="production")
    merged.environ["GITHUB_RUN_ATTEMPT"] = "2"
    ended = merged.step("apply", environment="production")
    assert (ended.code, "Nothing to do" in ended.log) == (0, True), ended.log
    assert len(hub.comments[7]) == 2


def test_a_plan_that_is_another_one_after_the_merge_sends_nothing_and_says_how_to_go_on(
    proposed: Job, merged: Job
) -> None:
    reviewed = proposed.step("plan", environment="production").outputs["digest"]
    (merged.folder / "clerk.yml").write_text(AFTER.replace("myapp://b", "evil://b"), "utf-8")
    ended = merged.step("apply", environment="production")
    assert (ended.code, ended.outputs["digest"] == reviewed) == (5, False)
    assert f"not the one that was reviewed ({reviewed})" in ended.log
    assert "evil://b" in ended.summary
    left = [path.name for path in Path(ended.outputs["artifact"]).iterdir()]
    assert sorted(left) == ["plan.html", "plan.md"]
    assert ended.outputs["artifact-name"] == "reconcile-stopped-plan-production"
    assert ended.outputs["digest"] in ended.summary
    assert live(merged) == {"myapp://a"}


def test_a_plan_that_was_made_again_after_the_merge_was_reviewed_by_nobody(
    proposed: Job, merged: Job, hub: GitHub
) -> None:
    hub.now = hub.pulls[0]["merged_at"]
    (proposed.folder / "clerk.yml").write_text("redirect_urls: [myapp://other]\n", "utf-8")
    proposed.step("plan", environment="production")
    hub.now = "2026-11-27T00:00:01Z"
    (merged.folder / "clerk.yml").write_text(AFTER, "utf-8")
    proposed.step("plan", environment="production")
    ended = merged.step("apply", environment="production")
    assert (ended.code, "was reviewed in #7 before it was merged" in ended.log) == (5, True), ended.log
    assert live(merged) == {"myapp://a"}


def test_a_run_that_is_started_again_after_others_undoes_nothing_of_theirs(
    proposed: Job, merged: Job, hub: GitHub
) -> None:
    proposed.step("plan", environment="production")
    merged.environ["GITHUB_RUN_ATTEMPT"] = "2"
    hub.newest = "9" * 40
    ended = merged.step("apply", environment="production")
    assert (ended.code, f"has moved on to {hub.newest}" in ended.log) == (5, True), ended.log
    assert live(merged) == {"myapp://a"}
    hub.newest = merged.sha
    assert merged.step("apply", environment="production").code == 0


def test_a_digest_that_a_person_names_is_applied_if_it_is_that_of_the_plan(merged: Job, hub: GitHub) -> None:
    merged.event_name = "workflow_dispatch"
    digest = merged.step("apply", environment="production").outputs["digest"]
    assert merged.step("apply", environment="production", digest="sha256:" + "0" * 64).code == 5
    assert merged.step("apply", environment="production", digest="$(id)").code == 64
    assert live(merged) == {"myapp://a"}
    assert merged.step("apply", environment="production", digest=digest).code == 0
    assert live(merged) == {"myapp://a", "myapp://b"}
    assert hub.written() == []


@pytest.mark.parametrize(
    "comment",
    [
        ("ada", "{marker}\n\n<!-- reconcile:reviewed:{digest} -->"),
        (BOT, "hello\n{marker}\n\n<!-- reconcile:reviewed:{digest} -->"),
        (BOT, "{marker}\n\n<!-- reconcile:reviewed:{digest} -->\nmore"),
        (BOT, "{marker}\n\n+ <!-- reconcile:reviewed:{digest} -->"),
    ],
    ids=["somebody else", "another comment of ours", "not at the end", "inside of a plan"],
)
def test_only_the_end_of_our_own_comment_says_what_was_reviewed(
    merged: Job, hub: GitHub, comment: tuple[str, str]
) -> None:
    digest = merged.step("apply", environment="production").outputs["digest"]
    login, text = comment
    hub.say(7, text.format(marker=MARKER, digest=digest), login=login)
    ended = merged.step("apply", environment="production")
    assert (ended.code, "No plan was reviewed in #7" in ended.log) == (5, True), ended.log
    assert live(merged) == {"myapp://a"}


def test_a_commit_that_no_pull_request_brought_is_not_applied(merged: Job, hub: GitHub) -> None:
    hub.pulls.clear()
    ended = merged.step("apply", environment="production")
    assert (ended.code, "not merged from a pull request" in ended.log) == (5, True)
    assert live(merged) == {"myapp://a"}


@pytest.mark.parametrize(
    ("event", "ref"),
    [
        ("pull_request", "refs/heads/main"),
        ("pull_request_target", "refs/heads/main"),
        ("workflow_run", "refs/heads/main"),
        ("issue_comment", "refs/heads/main"),
        ("push", "refs/heads/change"),
        ("push", "refs/tags/main"),
        ("workflow_dispatch", "refs/heads/change"),
    ],
)
def test_apply_runs_for_a_commit_of_the_main_branch_alone(
    tmp_path: Path, hub: GitHub, event: str, ref: str
) -> None:
    about = {"repository": {"default_branch": "main"}, "pull_request": {"number": 7}}
    ended = Job(tmp_path, tmp_path / "temp", hub, event, about, ref=ref).step(
        "apply", environment="production"
    )
    assert (ended.code in {5, 64}, hub.requests, ended.outputs) == (True, [], {}), ended.log


@pytest.mark.parametrize("options", ["old.plan", "-e\nother", "x\n--yes", "--digest --yes", "--yes; id"])
def test_an_option_is_an_option_and_never_a_plan_file(tmp_path: Path, hub: GitHub, options: str) -> None:
    it = Job(tmp_path, tmp_path / "temp", hub, "push")
    ended = it.step("apply", environment="production", options=options)
    assert (ended.code, "write one --option" in ended.log) == (64, True)


def test_no_option_takes_the_place_of_what_was_reviewed(proposed: Job, merged: Job) -> None:
    proposed.step("plan", environment="production")
    (merged.folder / "clerk.yml").write_text(AFTER.replace("myapp://b", "evil://b"), "utf-8")
    assert merged.step("apply", environment="production", options="--expect-digest=\n--yes").code == 5
    assert live(merged) == {"myapp://a"}


def test_what_a_guard_refuses_takes_a_word_more(proposed: Job, merged: Job, hub: GitHub) -> None:
    for job in (proposed, merged):
        (job.folder / "clerk.yml").write_text("redirect_urls: {prune: true, urls: [myapp://b]}\n", "utf-8")
    planned = proposed.step("plan", environment="production")
    assert (planned.code, "cannot be applied as it is" in body(hub)) == (5, True)
    assert merged.step("apply", environment="production").code == 5
    assert "Nothing was applied" in body(hub, place=1)
    assert "--allow-delete" in body(hub, place=1)
    assert live(merged) == {"myapp://a"}
    ended = merged.step("apply", environment="production", options="--allow-delete")
    assert ended.code == 0, ended.log
    assert live(merged) == {"myapp://b"}


def test_what_people_wrote_is_never_run_and_gives_the_runner_no_orders(proposed: Job) -> None:
    proposed.event["pull_request"] |= {
        "title": "$(touch pwned)`touch pwned`",
        "body": "::set-output name=x::y",
    }
    (proposed.folder / "clerk.yml").write_text(
        'redirect_urls: ["::add-mask::x", "$(touch pwned)", "x\\n::error::y"]\n', "utf-8"
    )
    ended = proposed.step("plan", environment="production")
    assert not list(proposed.folder.glob("**/pwned"))
    silent = re.compile(r"^::stop-commands::(\w{32})\n.*?^::\1::$", re.MULTILINE | re.DOTALL)
    orders = [
        line for line in silent.sub("", ended.log).splitlines() if line.lstrip().startswith(("::", "##["))
    ]
    assert [order for order in orders if not order.startswith("::error title=reconcile::")] == []


@pytest.mark.parametrize("name", ["pro-duction -->", "$(id)!*'~", 'ä/"', "-x"])
def test_an_environment_of_any_name_has_the_marker_that_the_markdown_has(
    proposed: Job, hub: GitHub, name: str
) -> None:
    for resources in ("redirect_urls: [myapp://c]\n", "wrong: 1\n"):
        project = {"version": 1, "resources": ["clerk.yml"], "environments": {name: {"api_url": "embedded"}}}
        (proposed.folder / "reconcile.yml").write_text(json.dumps(project), "utf-8")
        (proposed.folder / "clerk.yml").write_text(resources, "utf-8")
        proposed.step("plan", environment=name)
    assert len(hub.comments[7]) == 1
    assert "There is no plan" in body(hub)


def test_the_token_is_no_secret_that_the_files_could_name(proposed: Job, instance: str) -> None:
    for name in ("INPUT_TOKEN", "GITHUB_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"):
        (proposed.folder / "reconcile.yml").write_text(
            "version: 1\nresources: [clerk.yml]\nenvironments:\n"
            f"  production: {{type: production, api_url: '{instance}', secret_key: '${{env:{name}}}'}}\n",
            "utf-8",
        )
        proposed.environ = {"GITHUB_TOKEN": KEY, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": KEY}
        ended = proposed.step("plan", environment="production", token=KEY)
        assert f"{name} is not set" in ended.log, ended.log


def test_a_token_that_may_not_write_is_said_with_what_to_look_at(proposed: Job, hub: GitHub) -> None:
    hub.readonly = True
    ended = proposed.step("plan", environment="production")
    assert (ended.code, "look at the job's permissions" in ended.log) == (1, True)


def test_a_github_that_is_out_of_breath_is_asked_again(proposed: Job, hub: GitHub) -> None:
    hub.troubles = [(502, b"<html>Bad Gateway</html>")]
    assert proposed.step("plan", environment="production").code == 0
    assert len(hub.comments[7]) == 1


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (403, b'{"message": "You have exceeded a secondary rate limit"}', "exceeded a secondary rate limit"),
        (200, b"<html>Sign in to the proxy</html>", "no JSON"),
        (200, b'{"message": "no list"}', "no list"),
        (404, b'{"message": ["::error::x"]}', "GitHub answered 404"),
    ],
)
def test_an_answer_that_is_none_is_not_taken_for_an_empty_list(
    proposed: Job, hub: GitHub, status: int, answer: bytes, said: str
) -> None:
    hub.troubles = [(status, answer)]
    ended = proposed.step("plan", environment="production")
    assert (ended.code, said in ended.log, hub.comments) == (1, True, {}), ended.log


def test_a_plan_larger_than_a_comment_fits_with_its_foot(proposed: Job, hub: GitHub) -> None:
    urls = "".join(f"  - myapp://{number}/{'x' * 60}\n" for number in range(2000))
    (proposed.folder / "clerk.yml").write_text(f"redirect_urls:\n{urls}", "utf-8")
    ended = proposed.step("plan", environment="production")
    assert ended.code == 0, ended.log
    assert 50_000 < len(body(hub)) <= 65_536
    assert body(hub).endswith(f"<!-- reconcile:reviewed:{ended.outputs['digest']} -->\n")


def test_files_are_validated_without_an_environment_key_or_token(job: Callable[..., Job]) -> None:
    it = job("pull_request", environ={})
    assert it.step("validate", token="").code == 0
    (it.folder / "clerk.yml").write_text("redirect_url: []\n", "utf-8")
    ended = it.step("validate", token="")
    assert (ended.code, "clerk.yml:1" in ended.log) == (65, True)


def test_a_command_that_is_none_is_said(proposed: Job) -> None:
    ended = proposed.step("../../etc/passwd")
    assert (ended.code, "one of validate, plan" in ended.log) == (64, True)


def test_a_run_that_is_cancelled_finishes_what_is_in_flight_and_says_what_was_done(
    merged: Job, hub: GitHub
) -> None:
    entries = "".join(f"  - user{number}@acme.example\n" for number in range(1500))
    (merged.folder / "clerk.yml").write_text(f"blocklist:\n{entries}", "utf-8")
    merged.event_name = "workflow_dispatch"
    digest = merged.step("apply", environment="production").outputs["digest"]
    before = (merged.folder.parent / "instance.json").read_bytes()
    with merged.start("apply", environment="production", digest=digest) as running:
        for _ in range(1200):
            if (merged.folder.parent / "instance.json").read_bytes() != before:
                break
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        ended = merged.ended(running)
    assert (ended.code, ended.outputs["exit-code"]) == (130, "130"), ended.log
    assert re.search(r"Apply: [\d,]+ done, .*[\d,]+ skipped", ended.log)
    assert "skipped" in ended.summary
    assert hub.written() == []


def test_a_run_that_is_cancelled_once_it_has_applied_still_writes_the_outcome(
    proposed: Job, merged: Job, hub: GitHub
) -> None:
    proposed.step("plan", environment="production")
    hub.held = len(hub.requests) + 3
    with merged.start("apply", environment="production") as running:
        assert hub.asked.wait(timeout=60)
        running.send_signal(signal.SIGINT)
        hub.ready.set()
        ended = merged.ended(running)
    assert (ended.code, "3 done" in body(hub, place=1)) == (0, True), ended.log
