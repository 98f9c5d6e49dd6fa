"""The whole answer: what it holds beside the objects that have drifted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.drift import base_of, classify, drift_of
from reconcile.model import Base, Baseline, Desired, Gate, Ignore, Known, Memory, Policy
from tests.lab import known

if TYPE_CHECKING:
    from reconcile.model import Drift
    from tests.lab import Lab

AT = "2027-01-15T08:00:00Z"
FILES = """\
restrictions: {block_email_subaddresses: true}
redirect_urls: [a://x]
jwt_templates: {pro: {claims: {}}, plain: {claims: {}}}
email_templates: {no_such_template: {subject: x}}
"""


def answer(lab: Lab, text: str, memory: Memory | None = None, policy: Policy | None = None) -> Drift:
    desired = lab.want(text)
    live = lab.live(*desired.sections)
    plan = lab.plan_of(desired, live, memory, policy)
    objects = classify(known().kinds, plan, desired, live, Base())
    rules = (Ignore("redirect_url/a:*", "known", "2027-01-14"),)
    return drift_of(plan, objects, Base(), rules, AT)


def test_it_says_what_could_not_be_compared_and_not_what_could_not_be_applied(lab: Lab) -> None:
    gates = Memory(gated={"jwt_template/pro": Gate(("custom_jwt",), AT)})
    apart = Policy(selected=lambda address: address != "jwt_template/plain")

    drift = answer(lab, FILES, gates, apart)

    assert [item.rule for item in drift.findings] == ["unknown-slug"]
    assert drift.complete is False
    assert (drift.environment, drift.instance.id, drift.at) == ("local", lab.store.instance["id"], AT)


def test_what_cannot_be_read_is_named_with_a_receipt_and_without(lab: Lab) -> None:
    text = "restrictions: {block_email_subaddresses: true}\n"
    unread = (("restrictions", ("block_email_subaddresses",)),)
    assert answer(lab, text).unread == unread

    lab.apply(lab.want(text))

    drift = answer(lab, text)
    assert (drift.unread, drift.objects, drift.in_sync) == (unread, (), 0)


def test_rules_that_have_expired_are_named_also_where_nothing_has_drifted(lab: Lab) -> None:
    assert [rule.address for rule in answer(lab, "redirect_urls: []\n").expired] == ["redirect_url/a:*"]


def test_the_base_is_what_the_last_run_left_if_there_was_one() -> None:
    agreed = Baseline(Desired(), AT, "c0ffee", dirty=True, complete=False)

    assert base_of(agreed) == Base(Known.APPLIED, Desired(), AT, "c0ffee", dirty=True, complete=False)
    assert base_of(None) == Base()
