"""What becomes of creates whose answers are lost: nothing is duplicated, and nothing is left half done."""

from __future__ import annotations

from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from reconcile.apply import Manner, apply
from reconcile.errors import UnwrittenError
from reconcile.model import Action, Status, Value
from reconcile.simulator.faults import Fault, Faults, SecondWriter
from tests.lab import known

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.model import Call, Change, Outcome
    from tests.lab import Lab

ENTRY = "blocklist: [a@b.example]"
URL = "redirect_urls: ['a://b']"
TOKEN = "jwt_templates: {a: {claims: {role: admin}, lifetime: 90}}"
KEYED = """
jwt_templates:
  a: {claims: {}, custom_signing_key: true, signing_algorithm: HS256, signing_key: "${env:KEY}"}
"""
BEFORE: dict[str, Any] = {"reset": "before"}
LOSSES: dict[str, dict[str, Any]] = {
    "reset-before": BEFORE,
    "reset-after": {"reset": "after"},
    "lost": {"lost": True},
    "503-before": {"status": 503},
    "503-after": {"status": 503, "after": True},
    "truncated": {"truncate": True},
    "no-json": {"not_json": True},
}
every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)


def misbehave(lab: Lab, *rules: Fault) -> None:
    lab.simulator.faults = Faults(rules)


def posts(lab: Lab, path: str, since: int) -> int:
    return lab.writes(since=since).count(("POST", path))


def only(outcomes: tuple[Outcome, ...]) -> Outcome:
    (outcome,) = outcomes
    return outcome


@every_loss
@pytest.mark.parametrize("wanted", [ENTRY, URL, TOKEN, KEYED], ids=["entry", "url", "token", "keyed"])
def test_one_lost_answer_leaves_one_object_that_is_as_wanted(
    lab: Lab, wanted: str, loss: dict[str, Any]
) -> None:
    desired = lab.want(wanted)
    plan = lab.plan(desired)
    misbehave(lab, Fault(method="POST", **loss))

    outcome = only(lab.carry_out(plan))

    assert lab.simulator.faults is not None
    assert lab.simulator.faults.fired == (1,)
    assert outcome.status is Status.DONE
    assert lab.plan(desired).changes == ()
    assert len(list(lab.store.all(known().kinds[plan.changes[0].kind].path.strip("/")).values())) == 1 + (
        plan.changes[0].kind == "jwt_template"
    )


def test_an_entry_is_simply_sent_again_and_nothing_is_read_for_it(lab: Lab) -> None:
    plan = lab.plan(lab.want(ENTRY))
    misbehave(lab, Fault(method="POST", reset="after"))
    before = len(lab.simulator.log)

    assert only(lab.carry_out(plan)).reason == "was there already"
    assert lab.sent(since=before) == [("POST", "/blocklist_identifiers")] * 2


def test_what_can_be_changed_is_looked_up_before_it_is_sent_again(lab: Lab) -> None:
    plan = lab.plan(lab.want(TOKEN))
    misbehave(lab, Fault(method="POST", reset="after"))
    before = len(lab.simulator.log)

    assert only(lab.carry_out(plan)).reason == "was there already"
    assert [method for method, _ in lab.sent(since=before)] == ["POST", "GET"]


def test_a_key_that_cannot_be_compared_is_sent_to_what_is_found(lab: Lab) -> None:
    plan = lab.plan(lab.want(KEYED))
    misbehave(lab, Fault(method="POST", reset="after"))
    before = len(lab.simulator.log)

    assert only(lab.carry_out(plan)).reason == "was there already, and has been made equal to the plan"
    assert [method for method, _ in lab.sent(since=before)] == ["POST", "GET", "PATCH"]
    assert lab.plan(lab.want(KEYED)).changes == ()


def test_what_another_client_made_in_between_is_taken_over_and_made_equal(lab: Lab) -> None:
    desired = lab.want(TOKEN)
    plan = lab.plan(desired)
    theirs = SecondWriter(body={"name": "a", "claims": {"role": "guest"}})
    misbehave(lab, Fault(method="POST", second_writer=theirs))

    outcome = only(lab.carry_out(plan))

    assert (outcome.status, outcome.action) == (Status.DONE, Action.CREATE)
    assert lab.plan(desired).changes == ()


def test_what_another_client_made_just_so_is_done(lab: Lab) -> None:
    plan = lab.plan(lab.want(TOKEN))
    misbehave(lab, Fault(method="POST", second_writer=SecondWriter()))
    before = len(lab.simulator.log)

    assert only(lab.carry_out(plan)).reason == "was there already"
    assert [method for method, _ in lab.sent(since=before)].count("PATCH") == 0


def test_a_list_that_trails_behind_is_waited_for(open_lab: Callable[..., Lab]) -> None:
    lab = open_lab(lag=2.0)
    desired = lab.want(TOKEN)
    plan = lab.plan(desired)
    misbehave(lab, Fault(method="POST", reset="after"))

    assert only(lab.carry_out(plan)).status is Status.DONE
    lab.clock.sleep(2.0)
    assert lab.plan(desired).changes == ()
    assert len(lab.store.all("jwt_templates")) == 2


def test_an_object_that_is_said_to_be_there_and_never_shows_is_unconfirmed(lab: Lab) -> None:
    plan = lab.plan(lab.want(TOKEN))
    misbehave(lab, Fault(method="POST", status=422, code="form_identifier_exists", times="all"))

    outcome = only(lab.carry_out(plan))

    assert outcome.status is Status.UNCONFIRMED
    assert "is there already, and does not list it" in outcome.reason


def test_a_refusal_under_an_unknown_code_after_a_lost_answer_is_looked_into(lab: Lab) -> None:
    plan = lab.plan(lab.want(URL))
    misbehave(
        lab,
        Fault(method="POST", reset="after"),
        Fault(method="POST", status=422, code="form_param_value_invalid"),
    )

    assert only(lab.carry_out(plan)).status is Status.DONE


def test_a_refusal_after_a_lost_answer_says_nothing_of_the_first_try(lab: Lab) -> None:
    plan = lab.plan(lab.want(URL))
    misbehave(
        lab,
        Fault(method="POST", reset="before"),
        Fault(method="POST", status=422, code="form_param_value_invalid"),
    )

    outcome = only(lab.carry_out(plan))

    assert (outcome.status, outcome.touched) == (Status.UNCONFIRMED, True)
    assert "422" in outcome.reason


@pytest.mark.parametrize("wanted", [ENTRY, TOKEN], ids=["entry", "token"])
def test_a_service_that_never_answers_leaves_it_unconfirmed(lab: Lab, wanted: str) -> None:
    plan = lab.plan(lab.want(wanted))
    misbehave(lab, Fault(method="POST", status=503, times="all"))
    before = len(lab.simulator.log)

    outcome = only(lab.carry_out(plan))

    assert (outcome.status, outcome.touched) == (Status.UNCONFIRMED, True)
    assert posts(lab, known().kinds[plan.changes[0].kind].path, before) == 5


class Full:
    """A journal that has room for so many calls."""

    def __init__(self, room: int) -> None:
        self.room = room

    def intend(self, _change: Change, _call: Call) -> int:
        if not self.room:
            raise UnwrittenError("not sent, because it could not be written down first: disk full")
        self.room -= 1
        return self.room

    def answered(self, _number: int, _error: str | None) -> None:
        """Forget it."""


@pytest.mark.parametrize("wanted", [URL, KEYED], ids=["to be sent again", "found, to be made equal"])
def test_a_create_that_may_have_taken_is_never_called_unsent_because_no_more_can_be_sent(
    lab: Lab, wanted: str
) -> None:
    lab.environ["KEY"] = "a-signing-key"
    plan = lab.plan(lab.want(wanted))
    misbehave(lab, Fault(method="POST", reset="after"))

    outcome = only(apply(plan, known().kinds, lab.client(), lab.secret, manner=Manner(journal=Full(1))))

    assert (outcome.status, outcome.touched) == (Status.UNCONFIRMED, True)
    assert "no answer" in outcome.reason


def test_what_cannot_be_written_down_before_is_not_sent_nor_anything_after_it(lab: Lab) -> None:
    plan = lab.plan(lab.want("redirect_urls: ['a://b', 'a://c', 'a://d']"))
    before = len(lab.simulator.log)

    outcomes = apply(
        plan, known().kinds, lab.client(), lab.secret, manner=Manner(parallel=1, journal=Full(1))
    )

    assert [one.status for one in outcomes] == [Status.DONE, Status.SKIPPED, Status.SKIPPED]
    assert {one.reason for one in outcomes[1:]} == {
        "not sent, because it could not be written down first: disk full"
    }
    assert posts(lab, "/redirect_urls", before) == 1


def test_once_somebody_says_stop_a_lost_create_is_not_sent_again(lab: Lab) -> None:
    stop = Event()
    plan = lab.plan(lab.want(ENTRY))
    misbehave(lab, Fault(method="POST", status=503, times="all"))
    before = len(lab.simulator.log)
    client = lab.client()
    send = client.send

    def stopping(*words: Any, **more: Any) -> Any:
        stop.set()
        return send(*words, **more)

    client.send = stopping  # type: ignore[method-assign]
    outcomes = apply(plan, known().kinds, client, lab.secret, stop=stop)

    assert only(outcomes).status is Status.UNCONFIRMED
    assert posts(lab, "/blocklist_identifiers", before) == 1


def test_a_list_that_cannot_be_read_does_not_keep_a_create_from_being_sent_again(lab: Lab) -> None:
    desired = lab.want(TOKEN)
    plan = lab.plan(desired)
    misbehave(lab, Fault(method="POST", reset="before"), Fault(method="GET", status=402))

    assert only(lab.carry_out(plan)).status is Status.DONE
    assert lab.plan(desired).changes == ()


def test_a_deleted_object_that_is_gone_already_is_done(lab: Lab) -> None:
    made = lab.api.post("/redirect_urls", {"url": "a://b"}).json["id"]
    plan = lab.plan(lab.want("redirect_urls: {prune: true, urls: []}"))
    lab.api.delete(f"/redirect_urls/{made}")

    outcome = only(lab.carry_out(plan))

    assert (outcome.status, outcome.reason) == (Status.DONE, "was gone already")


def test_what_is_replaced_is_not_taken_for_its_successor(lab: Lab) -> None:
    """The list may still show the old object after it was deleted."""
    lab.api.post("/jwt_templates", {"name": "a", "claims": {}})
    plan = lab.plan(lab.want(TOKEN))
    change = replace(
        plan.changes[0],
        action=Action.REPLACE,
        body={"name": Value("a"), "claims": Value({"role": "admin"}), "lifetime": Value(90)},
    )
    misbehave(lab, Fault(method="POST", reset="before"), Fault(method="GET", stale=60.0))

    outcome = only(lab.carry_out(replace(plan, changes=(change,))))

    assert lab.simulator.faults is not None
    assert lab.simulator.faults.fired == (1, 1)
    assert outcome.status is Status.DONE
    assert lab.plan(lab.want(TOKEN)).changes == ()
