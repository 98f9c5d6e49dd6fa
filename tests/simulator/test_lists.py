from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from reconcile.simulator.client import Client


@pytest.fixture
def urls(api: Client) -> Client:
    for number in range(25):
        assert api.post("/redirect_urls", {"url": f"app://number/{number}"}).status == 200
    return api


def test_an_unflagged_list_is_a_bare_array_cut_at_ten(urls: Client) -> None:
    found = urls.get("/redirect_urls").json
    assert isinstance(found, list)
    assert len(found) == 10


def test_an_unflagged_list_obeys_limit_and_offset(urls: Client) -> None:
    assert len(urls.get("/redirect_urls", limit="500").json) == 25
    assert len(urls.get("/redirect_urls", limit="20", offset="20").json) == 5


def test_a_paginated_list_is_wrapped_and_counts_everything(urls: Client) -> None:
    found = urls.get("/redirect_urls", paginated="true", limit="5", offset="22").json
    assert found.keys() == {"data", "total_count"}
    assert (len(found["data"]), found["total_count"]) == (3, 25)


def test_pages_hold_everything_once_newest_first(urls: Client) -> None:
    pages = [urls.get("/redirect_urls", limit="10", offset=str(at)).json for at in (0, 10, 20)]
    assert [one["url"] for page in pages for one in page] == [
        f"app://number/{n}" for n in reversed(range(25))
    ]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"limit": "0"}, 422),
        ({"limit": "501"}, 422),
        ({"offset": "-1"}, 422),
        ({"limit": "many"}, 400),
        ({"limit": "1.5"}, 400),
        ({"paginated": "maybe"}, 400),
    ],
)
def test_paging_parameters_out_of_bounds_are_refused(api: Client, query: dict[str, str], status: int) -> None:
    assert api.get("/redirect_urls", **query).status == status


def test_the_largest_page_is_five_hundred(api: Client) -> None:
    assert api.get("/redirect_urls", limit="500").status == 200


def test_the_blocklist_takes_no_paging_and_returns_everything_wrapped(api: Client) -> None:
    for number in range(12):
        api.post("/blocklist_identifiers", {"identifier": f"a{number}@x.example"})
    found = api.get("/blocklist_identifiers", limit="0", offset="5", paginated="false").json
    assert (len(found["data"]), found["total_count"]) == (12, 12)


def test_roles_are_always_wrapped(api: Client) -> None:
    api.patch("/instance/organization_settings", {"enabled": True})
    found = api.get("/organization_roles", limit="1").json
    assert (len(found["data"]), found["total_count"]) == (1, 2)


def test_templates_are_cut_at_ten_as_well_and_stand_by_position(api: Client) -> None:
    assert len(api.get("/templates/email").json) == 10
    positions = [one["position"] for one in api.everything("/templates/email")]
    assert positions == list(range(27))
