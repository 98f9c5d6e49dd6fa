from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconcile.model import Action, Status, Value

if TYPE_CHECKING:
    from tests.lab import Lab


@pytest.mark.parametrize(
    "url",
    [
        "https://app.acme.example/callback",
        "https://APP.acme.example:443/%7ea?b=c#d",
        "myapp://callback",
        "myapp://callback/",
        "http://localhost:3000",
        "https://app.acme.example/ü",
        "com.acme.app://oauth",
        "http://[::1]:3000/cb",
    ],
)
def test_a_url_is_taken_as_it_is_written(lab: Lab, url: str) -> None:
    desired = lab.want(f"redirect_urls: ['{url}']")
    plan = lab.plan(desired)

    assert [change.body for change in plan.changes] == [{"url": Value(url)}]
    assert [one.status for one in lab.carry_out(plan)] == [Status.DONE]
    assert lab.plan(desired).in_sync == (f"redirect_url/{url}",)


def test_a_slash_at_the_end_makes_another_url(lab: Lab) -> None:
    lab.api.post("/redirect_urls", {"url": "myapp://callback"})

    plan = lab.plan(lab.want("redirect_urls: ['myapp://callback/']"))

    assert [change.action for change in plan.changes] == [Action.CREATE]
    assert plan.unmanaged == ("redirect_url/myapp://callback",)


def test_urls_are_added_before_others_are_removed(lab: Lab) -> None:
    lab.api.post("/redirect_urls", {"url": "a://old"})
    desired = lab.want("redirect_urls: {prune: true, urls: ['z://new', 'y://new']}")
    before = len(lab.simulator.log)

    lab.apply(desired)

    assert [method for method, _ in lab.writes(since=before)] == ["POST", "POST", "DELETE"]


def test_a_url_that_appeared_meanwhile_counts_as_there(lab: Lab) -> None:
    plan = lab.plan(lab.want("redirect_urls: ['a://b']"))
    lab.api.post("/redirect_urls", {"url": "a://b"})

    assert [(one.status, one.reason) for one in lab.carry_out(plan)] == [(Status.DONE, "was there already")]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("/callback", "has no scheme; write a full URL"),
        ("app.acme.example", "has no scheme; write a full URL"),
        ("https:", "has no scheme; write a full URL"),
        ("localhost:3000/callback", "has no scheme; write a full URL"),
        ("https://*.acme.example/callback", "wildcards are not supported, URLs are matched exactly"),
        ("http://[::1/callback", "is no URL (Invalid IPv6 URL)"),
        ("https://acme.example/a b", "holds white space"),
        (" https://acme.example", "holds white space"),
    ],
)
def test_what_would_never_match_is_refused(lab: Lab, url: str, why: str) -> None:
    problems = lab.problems(f"redirect_urls: ['{url}']")

    assert len(problems) == 1
    assert why in problems[0]


def test_the_same_url_twice_is_named_with_both_lines(lab: Lab) -> None:
    assert lab.problems("redirect_urls:\n  - a://b\n  - c://d\n  - a://b\n") == [
        "resources.yml:4: redirect_url/a://b: is already declared at resources.yml:2; remove one of them"
    ]


def test_variables_are_filled_in(lab: Lab) -> None:
    plan = lab.plan(lab.want('redirect_urls: ["${var.app}/callback"]'))

    assert [change.key for change in plan.changes] == ["https://app.acme.example/callback"]
