"""Receipts while a run is under way."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.apply import Manner, apply
from reconcile.model import Status, Value
from reconcile.simulator.faults import Fault, Faults
from reconcile.state.keeper import Keeper
from reconcile.state.keys import Keys
from reconcile.state.receipts import Ledger
from tests.lab import known

if TYPE_CHECKING:
    from pathlib import Path

    from reconcile.model import Outcome, Plan
    from tests.lab import Lab

WANTED = "restrictions: {blocklist: true}\ninstance_settings: {progressive_sign_up: true}\nprotect: {rules_enabled: true}"
SHOUTED = "email_templates: {passkey_added: {subject: hello}}"


def keeper(lab: Lab, plan: Plan) -> Keeper:
    return Keeper(lab.ledger, plan, known().kinds, lab.clock)


def carry_out(lab: Lab, plan: Plan, *, accept: bool) -> tuple[Outcome, ...]:
    """Apply, with the consent to other forms that is remembered or given now."""
    keeps = keeper(lab, plan)
    manner = Manner(accepts=lambda *words: accept or keeps.ledger.memory.rewritten(*words))
    return apply(plan, known().kinds, lab.client(), lab.secret, keeps.note, manner=manner)


def shout(lab: Lab) -> None:
    lab.simulator.faults = Faults([Fault(method="PUT", rewrite={"subject": "upper"}, times="all")])


def test_each_receipt_is_on_disk_before_the_next_change_ends(lab: Lab) -> None:
    plan = lab.plan(lab.want(WANTED))
    keeps = keeper(lab, plan)
    seen: list[set[str]] = []

    def hear(outcome: Outcome) -> None:
        keeps.note(outcome)
        written = json.loads(lab.ledger.path.read_text(encoding="utf-8"))["receipts"]
        seen.append({outcome.address} - set(written) if outcome.address != "protect" else set())

    apply(plan, known().kinds, lab.client(), lab.secret, hear, manner=Manner(parallel=1))

    assert seen == [set()] * 3
    assert lab.ledger == keeps.ledger


def test_what_needs_no_receipt_writes_no_file(lab: Lab) -> None:
    plan = lab.plan(lab.want("protect: {rules_enabled: true}"))

    carry_out(lab, plan, accept=False)

    assert not lab.ledger.path.exists()


def test_a_folder_that_cannot_be_written_is_said_and_stops_nothing(lab: Lab, tmp_path: Path) -> None:
    plan = lab.plan(lab.want(WANTED))
    (tmp_path / "file").write_text("")
    keeps = Keeper(replace(lab.ledger, path=tmp_path / "file" / "x.json"), plan, known().kinds, lab.clock)

    outcomes = apply(plan, known().kinds, lab.client(), lab.secret, keeps.note)

    assert {one.status for one in outcomes} == {Status.DONE}
    assert keeps.trouble.startswith(str(tmp_path / "file"))


def test_another_form_is_a_failure_each_time_until_it_is_accepted(lab: Lab) -> None:
    shout(lab)
    desired = lab.want(SHOUTED)

    for _ in range(2):
        (outcome,) = carry_out(lab, lab.plan(desired), accept=False)
        assert outcome.status is Status.FAILED

    (outcome,) = carry_out(lab, lab.plan(desired), accept=True)
    assert (outcome.status, outcome.reason) == (Status.DONE, "subject: the service's own form is accepted")
    assert lab.plan(desired).changes == ()


def test_an_accepted_form_is_accepted_when_it_goes_along_again(lab: Lab) -> None:
    shout(lab)
    carry_out(lab, lab.plan(lab.want(SHOUTED)), accept=True)
    desired = lab.want(SHOUTED.replace("hello", "hello, body: other"))

    (outcome,) = carry_out(lab, lab.plan(desired), accept=False)

    assert outcome.status is Status.DONE
    assert lab.plan(desired).changes == ()


def test_only_the_accepted_pair_is_the_same(lab: Lab) -> None:
    shout(lab)
    carry_out(lab, lab.plan(lab.want(SHOUTED)), accept=True)

    assert len(lab.plan(lab.want(SHOUTED.replace("hello", "bye"))).changes) == 1
    lab.simulator.faults = None
    lab.api.put("/templates/email/passkey_added", {"name": "N", "subject": "Hello", "body": "b"})
    assert len(lab.plan(lab.want(SHOUTED)).changes) == 1


def test_without_the_folder_an_accepted_form_is_a_difference_again(lab: Lab) -> None:
    shout(lab)
    carry_out(lab, lab.plan(lab.want(SHOUTED)), accept=True)
    lab.forget()

    assert len(lab.plan(lab.want(SHOUTED)).changes) == 1


def test_no_form_is_in_the_file_and_another_key_forgets_them(lab: Lab) -> None:
    shout(lab)
    carry_out(lab, lab.plan(lab.want(SHOUTED)), accept=True)

    assert "hello" not in lab.ledger.path.read_text(encoding="utf-8").lower()
    assert Ledger.open(lab.folder / "state", lab.store.instance["id"], Keys("sk_test_rotated")).rewrites == {}


def test_a_form_is_forgotten_once_the_value_takes_as_it_is(lab: Lab) -> None:
    shout(lab)
    carry_out(lab, lab.plan(lab.want(SHOUTED)), accept=True)
    lab.simulator.faults = None

    carry_out(lab, lab.plan(lab.want(SHOUTED.replace("hello", "bye"))), accept=False)

    assert lab.ledger.rewrites == {}
    assert lab.ledger.memory.rewritten("email_template/passkey_added", "subject", "hello", "HELLO") is False


def test_a_value_that_is_no_json_value_is_never_taken_for_a_rewrite(lab: Lab) -> None:
    keyed = """
jwt_templates:
  a: {claims: {}, custom_signing_key: true, signing_algorithm: HS256, signing_key: "${env:KEY}"}
"""
    carry_out(lab, lab.plan(lab.want(keyed)), accept=True)

    assert lab.ledger.rewrites == {}
    assert lab.ledger.memory.rewritten("jwt_template/a", "signing_key", Value(1).value, None) is False
