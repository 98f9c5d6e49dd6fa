"""Lists longer than a page: nothing is created twice, nothing is missed, and no call is made in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconcile.model import Action

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab import Lab

PAGES = 2 + 1 + 1  # of the allow list, the redirect URLs and the JWT templates
ENTRIES = [f"user{number:03}@acme.example" for number in range(600)]
URLS = [f"https://app.acme.example/callback/{number}" for number in range(25)]
TEMPLATES = [f"template-{number}" for number in range(12)]


def files(entries: list[str], urls: list[str], templates: list[str]) -> str:
    return "\n".join(
        [
            "allowlist:",
            "  prune: true",
            f"  identifiers: {entries}",
            "redirect_urls:",
            "  prune: true",
            f"  urls: {urls}",
            "jwt_templates:",
            *(f"  {name}: {{claims: {{name: {name}}}}}" for name in templates),
        ]
    )


@pytest.fixture
def full(lab: Lab) -> Lab:
    """An instance that has all of it already."""
    for entry in ENTRIES:
        lab.api.post("/allowlist_identifiers", {"identifier": entry})
    for url in URLS:
        lab.api.post("/redirect_urls", {"url": url})
    for name in TEMPLATES:
        lab.api.post("/jwt_templates", {"name": name, "claims": {"name": name}})
    return lab


def test_nothing_that_is_there_is_created_again(full: Lab) -> None:
    plan = full.plan(full.want(files(ENTRIES, URLS, TEMPLATES)))

    assert plan.changes == ()
    assert len(plan.in_sync) == 600 + 25 + 12
    assert plan.unmanaged == ("jwt_template/session",)


def test_a_plan_takes_one_call_a_page_and_one_for_the_instance(full: Lab) -> None:
    desired = full.want(files(ENTRIES, URLS, TEMPLATES))
    before = len(full.simulator.log)

    full.plan(desired)

    assert len(full.sent(since=before)) == PAGES + 1


def test_nothing_is_missed_anywhere_in_the_list(full: Lab) -> None:
    gone = {ENTRIES[0], ENTRIES[499], ENTRIES[500], ENTRIES[599]}
    entries = [entry for entry in ENTRIES if entry not in gone] + ["new@acme.example"]
    desired = full.want(files(entries, [*URLS[1:], "acme://new"], TEMPLATES))

    plan = full.plan(desired)

    assert {change.key for change in plan.changes if change.action is Action.DELETE} == gone | {URLS[0]}
    assert {change.key for change in plan.changes if change.action is Action.CREATE} == {
        "new@acme.example",
        "acme://new",
    }


@pytest.mark.parametrize("lag", [0.0, 0.8])
def test_a_list_longer_than_a_page_is_created_once_and_then_in_sync(
    open_lab: Callable[..., Lab], lag: float
) -> None:
    lab = open_lab(lag=lag)
    desired = lab.want(files(ENTRIES, URLS, TEMPLATES))

    lab.apply(desired)
    lab.clock.sleep(lag)

    assert lab.plan(desired).changes == ()
    stored = [one["identifier"] for one in lab.store.all("allowlist_identifiers").values()]
    assert sorted(stored) == ENTRIES
    assert len(lab.store.all("redirect_urls")) == 25
    assert len(lab.store.all("jwt_templates")) == 12 + 1


def test_a_change_of_one_entry_is_one_create_and_one_delete(full: Lab) -> None:
    desired = full.want(files([*ENTRIES[1:], "changed@acme.example"], URLS, TEMPLATES))
    before = len(full.simulator.log)

    full.apply(desired)

    assert [method for method, _ in full.writes(since=before)] == ["POST", "DELETE"]
    assert full.plan(desired).changes == ()
