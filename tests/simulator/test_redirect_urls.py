from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from reconcile.simulator.client import Client


@pytest.mark.parametrize(
    "url",
    ["https://acme.example/callback", "myapp://callback", "myapp://callback/", "https://EXAMPLE.com:443/a/?b=c#d",
     "http://localhost:3000/cb", "com.acme.app://oauth", "http://127.0.0.1/x", "http://[::1]:80/x"],
)  # fmt: skip
def test_a_url_is_kept_exactly_as_it_was_sent(api: Client, url: str) -> None:
    made = api.post("/redirect_urls", {"url": url}).json
    assert made["url"] == url
    assert api.get(f"/redirect_urls/{made['id']}").json == made


def test_a_trailing_slash_makes_another_url(api: Client) -> None:
    assert api.post("/redirect_urls", {"url": "myapp://callback"}).status == 200
    assert api.post("/redirect_urls", {"url": "myapp://callback/"}).status == 200


def test_a_duplicate_url_is_refused_with_422(api: Client) -> None:
    api.post("/redirect_urls", {"url": "myapp://callback"})
    reply = api.post("/redirect_urls", {"url": "myapp://callback"})
    assert (reply.status, reply.codes, reply.params) == (422, ["form_identifier_exists"], ["url"])
    assert "already exists" in reply.json["errors"][0]["long_message"]


@pytest.mark.parametrize("url", ["*", "https://*.acme.example/cb", "https://acme.example/*", "myapp://*"])
def test_wildcards_are_refused(api: Client, url: str) -> None:
    assert api.post("/redirect_urls", {"url": url}).codes == ["form_param_format_invalid"]


@pytest.mark.parametrize("url", ["", "acme.example/cb", "/cb", "localhost:3000/cb", "com.acme:/cb", "myapp://",
                                 "https://a b.example", " https://acme.example", "https://acme.example\n"])  # fmt: skip
def test_a_url_without_a_scheme_or_with_white_space_is_refused(api: Client, url: str) -> None:
    reply = api.post("/redirect_urls", {"url": url})
    assert (reply.status, reply.codes, reply.params) == (422, ["form_param_format_invalid"], ["url"])


@pytest.mark.parametrize("url", ["javascript://x/%0aalert(1)", "data://text/html", "file:///etc/passwd"])
def test_dangerous_schemes_are_refused(api: Client, url: str) -> None:
    assert api.post("/redirect_urls", {"url": url}).codes == ["insecure_url"]


def test_plain_http_to_another_machine_is_refused_in_production_only(api: Client, production: Client) -> None:
    body = {"url": "http://acme.example/cb"}
    assert api.post("/redirect_urls", body).status == 200
    assert production.post("/redirect_urls", body).codes == ["insecure_url"]


def test_a_url_can_be_deleted_but_not_changed(api: Client) -> None:
    made = api.post("/redirect_urls", {"url": "myapp://callback"}).json
    assert api.patch(f"/redirect_urls/{made['id']}", {"url": "x://y"}).status == 405
    assert api.delete(f"/redirect_urls/{made['id']}").json == {
        "object": "redirect_url",
        "id": made["id"],
        "deleted": True,
    }
    assert api.get(f"/redirect_urls/{made['id']}").status == 404


def test_unknown_names_vanish_from_a_redirect_url(api: Client) -> None:
    assert api.post("/redirect_urls", {"url": "a://b", "name": "x"}).status == 200
