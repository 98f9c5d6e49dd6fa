"""Limits, lag and answers from the future."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.clock import Clock
    from reconcile.simulator.client import Client

SLUG = "/templates/email/password_changed"


@pytest.mark.parametrize(("kind", "most", "wait"), [("development", 100, 10), ("production", 1000, 7)])
def test_requests_are_limited_in_a_sliding_window(
    instance: Callable[..., Client], clock: Clock, kind: str, most: int, wait: int
) -> None:
    api = instance(type=kind, rate_limit=True)
    for _ in range(most):
        assert api.get("/instance").status == 200
        clock.sleep(1 / 256)
    reply = api.get("/instance")
    assert (reply.status, reply.codes, reply.headers["retry-after"]) == (
        429,
        ["too_many_requests"],
        str(wait),
    )
    assert reply.json["errors"][0]["meta"]["reset"] == wait
    clock.sleep(wait)
    assert api.get("/instance").status == 200


def test_what_is_refused_at_the_door_does_not_count(instance: Callable[..., Client]) -> None:
    api = instance(rate_limit=True)
    good, api.key = api.key, "sk_test_wrong"
    for _ in range(150):
        api.get("/instance")
    api.key = good
    assert api.get("/instance").status == 200


def test_a_refused_request_does_not_prolong_the_wait(instance: Callable[..., Client], clock: Clock) -> None:
    api = instance(rate_limit=True)
    for _ in range(150):
        api.get("/instance")
    clock.sleep(10)
    assert api.get("/instance").status == 200


def test_template_writes_have_a_lower_limit_of_their_own(
    instance: Callable[..., Client], clock: Clock
) -> None:
    api = instance(rate_limit=True)
    for number in range(10):
        assert api.put(SLUG, {"name": str(number), "subject": "x", "body": "y"}).status == 200
    reply = api.post(SLUG + "/toggle_delivery", {"delivered_by_clerk": True})
    assert (reply.status, reply.codes) == (429, ["email_template_customization_rate_limited"])
    assert reply.headers["retry-after"] == "10"
    assert api.get(SLUG).status == 200
    assert api.post(SLUG + "/revert").status == 200
    clock.sleep(10)
    assert api.put(SLUG, {"name": "x", "subject": "x", "body": "y"}).status == 200


def test_both_limits_can_be_lifted(api: Client) -> None:
    for _ in range(120):
        assert api.put(SLUG, {"name": "x", "subject": "x", "body": "y"}).status == 200


def test_reads_of_an_object_may_trail_behind_its_write_and_not_monotonically(
    instance: Callable[..., Client], clock: Clock
) -> None:
    api = instance(lag=0.8)
    made = api.post("/jwt_templates", {"name": "a", "claims": {}}).json
    clock.sleep(1)
    assert api.patch(f"/jwt_templates/{made['id']}", {"name": "b", "claims": {}}).json["name"] == "b"
    names = [api.get(f"/jwt_templates/{made['id']}").json["name"] for _ in range(20)]
    assert set(names) == {"a", "b"}
    assert "a" in names[names.index("b") :]
    clock.sleep(0.8)
    assert {api.get(f"/jwt_templates/{made['id']}").json["name"] for _ in range(20)} == {"b"}


def test_lists_trail_behind_as_well(instance: Callable[..., Client], clock: Clock) -> None:
    api = instance(lag=0.8)
    made = api.post("/redirect_urls", {"url": "a://b"}).json
    assert {len(api.everything("/redirect_urls")) for _ in range(20)} == {0, 1}
    clock.sleep(1)
    assert len(api.everything("/redirect_urls")) == 1
    api.delete(f"/redirect_urls/{made['id']}")
    assert {len(api.everything("/redirect_urls")) for _ in range(20)} == {0, 1}
    clock.sleep(1)
    assert api.everything("/redirect_urls") == []


def test_an_object_that_nobody_wrote_never_trails(instance: Callable[..., Client]) -> None:
    api = instance(lag=0.8)
    api.post("/redirect_urls", {"url": "a://b"})
    assert {len(api.everything("/jwt_templates")) for _ in range(20)} == {1}


def test_settings_and_templates_trail_behind_as_well(instance: Callable[..., Client]) -> None:
    api = instance(lag=0.8)
    api.patch("/instance/protect", {"rules_enabled": True})
    assert {api.get("/instance/protect").json["rules_enabled"] for _ in range(20)} == {False, True}
    api.put(SLUG, {"name": "x", "subject": "x", "body": "y"})
    assert {api.get(SLUG).json["resource_type"] for _ in range(20)} == {"system", "user"}


def test_writes_work_on_the_truth_however_reads_trail(instance: Callable[..., Client]) -> None:
    api = instance(lag=0.8)
    for _ in range(5):
        made = api.post("/redirect_urls", {"url": "a://b"}).json
        assert api.post("/redirect_urls", {"url": "a://b"}).status == 422
        assert api.delete(f"/redirect_urls/{made['id']}").status == 200
    echoes = [
        api.patch("/instance/restrictions", {"blocklist": on}).json["blocklist"] for on in (True, False, True)
    ]
    assert echoes == [True, False, True]


def test_answers_from_the_future_hold_more_fields_everywhere_but_in_free_form_objects(
    instance: Callable[..., Client],
) -> None:
    api = instance(future=True)
    made = api.post("/jwt_templates", {"name": "a", "claims": {"b": {"c": 1}}}).json
    assert "introduced_later" in made
    assert made["claims"] == {"b": {"c": 1}}
    page = api.get("/jwt_templates", paginated="true").json
    assert "introduced_later" in page
    assert all("introduced_later" in one for one in page["data"])
    error = api.get("/jwt_templates/x").json
    assert "introduced_later" in error
    assert "introduced_later" in error["errors"][0]
    assert "introduced_later" in api.get("/instance").json
    assert "introduced_later" in api.delete(f"/jwt_templates/{made['id']}").json
    assert api.patch("/instance", {}).text == ""


def test_answers_from_the_future_hold_values_that_no_version_names(instance: Callable[..., Client]) -> None:
    api = instance(future=True)
    assert (
        api.post("/allowlist_identifiers", {"identifier": "a@x.example"}).json["identifier_type"]
        == "passkey_holder"
    )
    assert api.store.all("allowlist_identifiers").popitem()[1]["identifier_type"] == "email_address"
    api.patch("/instance/organization_settings", {"enabled": True})
    role = api.get("/organization_roles").json["data"][0]
    assert {one["type"] for one in role["permissions"]} == {"delegated"}


def test_the_future_brings_templates_that_nobody_knows_yet(instance: Callable[..., Client]) -> None:
    api = instance(future=True)
    slugs = {one["slug"] for one in api.everything("/templates/email")}
    assert "introduced_later" in slugs
    assert api.get("/templates/email/introduced_later").json["resource_type"] == "system"


def test_nothing_from_the_future_is_shown_unasked(api: Client) -> None:
    assert "introduced_later" not in api.get("/templates/email", limit="500").text
