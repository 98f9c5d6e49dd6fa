from __future__ import annotations

from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from reconcile.apply import apply
from reconcile.model import ABSENT, Action, Status, Value
from tests.lab import known

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.model import Outcome
    from tests.lab import Lab

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
