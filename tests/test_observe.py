"""Kinds that an instance does not offer, told apart from instances that do not work."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest

from reconcile.client import Client
from reconcile.errors import AnswerError, ApiError, RefusedError
from reconcile.model import Instance, Severity
from reconcile.observe import observe
from tests.lab import FakeClock, Lab, known


@dataclass
class Retired(httpx.BaseTransport):
    """An instance in front of which some paths answer with one status."""

    inner: httpx.BaseTransport
    path: str
    status: int

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.path in request.url.path:
            return httpx.Response(self.status, json={"errors": [{"code": "operation_deprecated"}]})
        return self.inner.handle_request(request)


WANTED = """\
email_templates: {verification_code: {subject: "{{otp_code}}"}}
redirect_urls: ["https://app.acme.example/callback"]
"""


def retire(lab: Lab, path: str, status: int) -> Client:
    inner = lab.client()._http._transport
    return Client("http://127.0.0.1/v1", lab.keys.secret_key, Retired(inner, path, status), FakeClock())


@pytest.mark.parametrize("status", [404, 410])
def test_operations_that_are_gone_leave_their_kind_alone_and_the_rest_goes_on(lab: Lab, status: int) -> None:
    desired = lab.want(WANTED)
    kinds = [known().kinds[name] for name in desired.sections]
    live = observe(retire(lab, "/templates/", status), kinds)
    plan = lab.plan_of(desired, live)
    assert [change.address for change in plan.changes] == ["redirect_url/https://app.acme.example/callback"]
    (finding,) = plan.findings
    assert finding.severity is Severity.WARNING
    assert str(finding).startswith("resources.yml:1: email_templates: left as they are, because the service")
    assert "operation_deprecated" in finding.message


def test_a_list_that_nobody_announced_to_go_away_and_is_not_found_is_an_error(lab: Lab) -> None:
    with pytest.raises(ApiError, match="404"):
        observe(retire(lab, "/redirect_urls", 404), [known().kinds["redirect_url"]])


def test_an_instance_that_is_not_found_is_an_error(lab: Lab) -> None:
    with pytest.raises(ApiError, match="410"):
        observe(retire(lab, "/instance", 410), [known().kinds["email_template"]])


def test_an_instance_that_is_not_meant_is_left_at_once_and_nothing_is_sent_to_it(lab: Lab) -> None:
    def refuse(who: Instance) -> None:
        raise RefusedError(who.id)

    kinds = [known().kinds[name] for name in ("restrictions", "redirect_url")]
    with pytest.raises(RefusedError, match=lab.store.instance["id"]):
        observe(retire(lab, "/redirect_urls", 500), kinds, probe=True, identify=refuse)
    assert lab.writes() == []


@pytest.mark.parametrize("name", ["", "../../x", "ins_1/..", "sk test", None])
def test_an_answer_without_an_id_of_an_instance_is_nobody(name: str | None) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"id": name, "environment_type": "development"} if name else {})

    client = Client("http://127.0.0.1/v1", "sk_test_abcdefgh", httpx.MockTransport(answer), FakeClock())
    with pytest.raises(AnswerError, match="GET /instance: the answer has no id of an instance"):
        observe(client, [])
