from __future__ import annotations

from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import httpx
import pytest

from reconcile.apply import Manner, apply
from reconcile.client import Client
from reconcile.model import ABSENT, Action, Status, Value
from reconcile.simulator.faults import Fault, Faults
from tests.lab import known

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.model import Outcome
    from tests.lab import Lab

FOUR_TEMPLATES = """
email_templates:
  passkey_added: {subject: a}
  password_changed: {subject: b}
  verification_code: {subject: "c {{otp_code}}"}
protect: {rules_enabled: true}
"""
TWO = "redirect_urls: ['a://b', 'c://d']\nprotect: {rules_enabled: true}"


def test_there_is_one_outcome_for_each_change_in_the_order_of_the_plan(lab: Lab) -> None:
    plan = lab.plan(lab.want(TWO))

    outcomes = lab.carry_out(plan)

    assert [(one.address, one.action) for one in outcomes] == [
        (change.address, change.action) for change in plan.changes
    ]
    assert {one.status for one in outcomes} == {Status.DONE}


def test_each_outcome_is_told_at_once(lab: Lab) -> None:
    heard: list[Outcome] = []

    outcomes = apply(lab.plan(lab.want(TWO)), known().kinds, lab.client(), lab.secret, heard.append)

    assert sorted(one.address for one in heard) == sorted(one.address for one in outcomes)


def test_once_somebody_says_stop_nothing_more_is_sent(lab: Lab) -> None:
    stop = Event()
    stop.set()
    plan = lab.plan(lab.want(TWO))
    before = len(lab.simulator.log)

    outcomes = apply(plan, known().kinds, lab.client(), lab.secret, stop=stop)

    assert {one.status for one in outcomes} == {Status.SKIPPED}
    assert lab.sent(since=before) == []


def test_a_refused_key_stops_everything_that_follows(open_lab: Callable[..., Lab]) -> None:
    lab = open_lab(keys=frozenset({"sk_test_abcdefgh12345678"}))
    plan = lab.plan(lab.want("allowlist: [a@b.example]\nrestrictions: {allowlist: true}"))
    lab.simulator.options = replace(lab.simulator.options, keys=frozenset({"sk_test_another1234567"}))

    outcomes = apply(plan, known().kinds, lab.client(), lab.secret)

    assert [one.status for one in outcomes] == [Status.FAILED, Status.SKIPPED]
    assert "401" in outcomes[0].reason
    assert outcomes[1].reason.startswith("the service refused the key")


@pytest.mark.parametrize("wait", [3600, {"date": 3600}], ids=["seconds", "date"])
def test_a_limit_that_asks_for_an_hour_stops_everything_that_follows_at_once(
    lab: Lab, wait: float | dict[str, float]
) -> None:
    plan = lab.plan(
        lab.want("allowlist: [a@b.example]\nprotect: {rules_enabled: true}\nredirect_urls: ['a://b']")
    )
    lab.simulator.faults = Faults(
        [Fault(method=("POST", "PATCH"), status=429, retry_after=wait, times="all")]
    )
    sent, began = len(lab.simulator.log), lab.clock.now()

    outcomes = apply(plan, known().kinds, lab.client(), lab.secret, manner=Manner(parallel=1))

    assert [one.status for one in outcomes] == [Status.FAILED, Status.SKIPPED, Status.SKIPPED]
    assert "asks to wait 3600 seconds; try again then" in outcomes[0].reason
    assert outcomes[1].reason.startswith("the limit of the instance is used up: ")
    assert (len(lab.writes(since=sent)), lab.clock.now()) == (1, began)


def test_a_limit_of_template_writes_is_none_for_other_changes(lab: Lab) -> None:
    plan = lab.plan(
        lab.want("email_templates: {passkey_added: {subject: a}}\nprotect: {rules_enabled: true}")
    )
    code = "email_template_customization_rate_limited"
    lab.simulator.faults = Faults([Fault(method="PUT", status=429, code=code, retry_after=3600, times="all")])

    outcomes = {one.address: one.status for one in lab.carry_out(plan)}

    assert outcomes == {"email_template/passkey_added": Status.FAILED, "protect": Status.DONE}


def test_one_refusal_does_not_stand_in_the_way_of_the_rest(lab: Lab) -> None:
    plan = lab.plan(lab.want(TWO))
    changes = [
        replace(change, body={"url": Value("no url")}) if change.key == "a://b" else change
        for change in plan.changes
    ]

    outcomes = {one.address: one for one in lab.carry_out(replace(plan, changes=tuple(changes)))}

    assert outcomes["redirect_url/a://b"].status is Status.FAILED
    assert "422 form_param_format_invalid" in outcomes["redirect_url/a://b"].reason
    assert outcomes["redirect_url/c://d"].status is Status.DONE
    assert outcomes["protect"].status is Status.DONE


def test_a_value_that_cannot_be_sent_is_an_error_of_the_plan(lab: Lab) -> None:
    plan = lab.plan(lab.want("protect: {rules_enabled: true}"))
    broken = replace(plan.changes[0], body={"rules_enabled": ABSENT})

    outcomes = lab.carry_out(replace(plan, changes=(broken,)))

    assert [(one.status, one.reason) for one in outcomes] == [
        (Status.FAILED, "a plan holds a value that cannot be sent; make a new plan")
    ]


def test_what_the_service_tidies_did_take(lab: Lab) -> None:
    plan = lab.plan(lab.want("email_templates: {passkey_added: {subject: x}}"))
    padded = replace(plan.changes[0], body={**plan.changes[0].body, "body": Value("a\r\nb ")})

    assert [one.status for one in lab.carry_out(replace(plan, changes=(padded,)))] == [Status.DONE]


def test_a_template_that_went_in_the_meantime_fails_and_nothing_is_made_up(lab: Lab) -> None:
    made = lab.api.post("/jwt_templates", {"name": "a", "claims": {}}).json["id"]
    plan = lab.plan(lab.want("jwt_templates: {a: {lifetime: 90}}"))
    lab.api.delete(f"/jwt_templates/{made}")

    outcomes = lab.carry_out(plan)

    assert [(one.action, one.status) for one in outcomes] == [(Action.UPDATE, Status.FAILED)]
    assert "404" in outcomes[0].reason


def test_one_refused_entry_keeps_its_list_out_of_force_and_says_why(lab: Lab) -> None:
    lab.api.post("/allowlist_identifiers", {"identifier": "old@b.example"})
    wanted = """
allowlist: {prune: true, identifiers: [a@b.example, c@d.example]}
restrictions: {allowlist: true}
"""
    plan = lab.plan(lab.want(wanted))
    lab.simulator.faults = Faults([Fault(method="POST", status=422, param="identifier")])

    outcomes = {one.address: one for one in lab.carry_out(plan)}

    assert [one.status for one in outcomes.values()].count(Status.DONE) == 1
    refused = next(one for one in outcomes.values() if one.status is Status.FAILED)
    for address in ("restrictions", "allowlist/old@b.example"):
        assert outcomes[address].status is Status.SKIPPED
        assert (
            f"{refused.address} did not take: POST /v1/allowlist_identifiers: 422" in outcomes[address].reason
        )
    assert lab.store.all("settings")["restrictions"]["allowlist"] is False


@pytest.mark.parametrize(
    "lock",
    [
        Fault(method="PUT", status=423),
        Fault(method="PUT", status=423, body="empty"),
        Fault(method="PUT", status=403, code="email_template_suspicious_blocked"),
    ],
    ids=["locked", "locked-without-a-word", "scanner"],
)
def test_the_first_lock_of_template_writes_is_the_last_one_tried(lab: Lab, lock: Fault) -> None:
    plan = lab.plan(lab.want(FOUR_TEMPLATES))
    lab.simulator.faults = Faults([lock])
    before = len(lab.simulator.log)

    outcomes = lab.carry_out(plan)

    assert sorted(one.status for one in outcomes) == [
        Status.DONE,
        Status.FAILED,
        Status.SKIPPED,
        Status.SKIPPED,
    ]
    assert [method for method, path in lab.writes(since=before) if "templates" in path] == ["PUT"]
    assert all("locked these writes" in one.reason for one in outcomes if one.status is Status.SKIPPED)


def test_any_other_refusal_of_a_template_write_concerns_it_alone(lab: Lab) -> None:
    plan = lab.plan(lab.want(FOUR_TEMPLATES))
    lab.simulator.faults = Faults([Fault(method="PUT", status=403, code="authorization_invalid")])

    assert [one.status for one in lab.carry_out(plan)].count(Status.DONE) == 3


def test_a_write_that_is_never_answered_is_unconfirmed_and_leaves_no_receipt(lab: Lab) -> None:
    desired = lab.want("restrictions: {blocklist: true}")
    plan = lab.plan(desired)
    lab.simulator.faults = Faults([Fault(method="PATCH", status=503, after=True, times="all")])

    (outcome,) = lab.carry_out(plan)

    assert (outcome.status, outcome.touched) == (Status.UNCONFIRMED, True)
    lab.simulator.faults = None
    assert [change.action for change in lab.plan(desired).changes] == [Action.ASSERT]


def test_a_value_that_may_have_been_overwritten_has_no_receipt_any_more(lab: Lab) -> None:
    off, on = lab.want("restrictions: {blocklist: false}"), lab.want("restrictions: {blocklist: true}")
    lab.apply(off)
    plan = lab.plan(on)
    lab.simulator.faults = Faults([Fault(method="PATCH", status=503, after=True, times="all")])
    lab.carry_out(plan)
    lab.simulator.faults = None

    assert [change.action for change in lab.plan(off).changes] == [Action.ASSERT]


def test_a_second_call_that_fails_leaves_the_first_one_in_force_and_says_so(lab: Lab) -> None:
    wanted = "organization_settings: {enabled: true, creator_role: 'org:admin'}"
    plan = lab.plan(lab.want(wanted))
    lab.simulator.faults = Faults([Fault(method="PATCH", nth=2, status=422, param="creator_role_id")])

    (outcome,) = lab.carry_out(plan)

    assert (outcome.status, outcome.touched) == (Status.FAILED, True)
    assert lab.store.all("settings")["organization_settings"]["enabled"] is True


def test_a_field_that_did_not_take_is_named(lab: Lab) -> None:
    plan = lab.plan(lab.want("email_templates: {passkey_added: {subject: hello}}"))
    lab.simulator.faults = Faults([Fault(method="PUT", rewrite={"subject": "upper"})])

    (outcome,) = lab.carry_out(plan)

    assert (outcome.status, outcome.touched) == (Status.FAILED, True)
    assert outcome.reason == "subject did not take: sent 'hello', the service answered 'HELLO'"


def test_a_service_that_is_out_of_reach_is_not_asked_for_every_change(lab: Lab) -> None:
    plan = lab.plan(lab.want("redirect_urls: [" + ", ".join(f"'a://{number}'" for number in range(40)) + "]"))
    nobody = Client("http://127.0.0.1:9/v1", lab.keys.secret_key, httpx.HTTPTransport(), lab.clock)

    outcomes = apply(plan, known().kinds, nobody, lambda _: "")

    tried = [one for one in outcomes if one.status is Status.FAILED]
    rest = [one for one in outcomes if one.status is Status.SKIPPED]
    assert 1 <= len(tried) <= 8
    assert len(tried) + len(rest) == 40
    assert all("the service is out of reach" in one.reason for one in rest)
