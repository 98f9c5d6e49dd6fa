from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.model import Severity, Status

if TYPE_CHECKING:
    from tests.lab import Lab

TEXT = "sms_templates:\n  verification_code:\n"


def test_a_text_that_may_not_be_edited_is_found_when_the_plan_is_made(lab: Lab) -> None:
    plan = lab.plan(lab.want(TEXT + "    body: 'Acme: {{otp_code}}'"))

    assert [str(finding) for finding in plan.findings if finding.severity is Severity.ERROR] == [
        (
            "resources.yml:3: sms_template/verification_code: body: the service does not let this text be edited "
            "while it delivers the message; remove body"
        )
    ]


def test_a_text_that_is_as_it_is_may_be_declared(lab: Lab) -> None:
    body = lab.api.get("/templates/sms/verification_code").json["body"]

    plan = lab.plan(lab.want(TEXT + "    body: !file b.txt", {"b.txt": f"{body}\r\n"}))

    assert (plan.changes, plan.findings) == ((), ())


def test_who_delivers_can_be_changed(lab: Lab) -> None:
    desired = lab.want(TEXT + "    delivered_by_clerk: false")
    before = len(lab.simulator.log)

    assert [one.status for one in lab.apply(desired)] == [Status.DONE]
    assert lab.writes(since=before) == [("POST", "/templates/sms/verification_code/toggle_delivery")]
    assert lab.plan(desired).changes == ()


def test_the_label_can_be_changed_and_the_text_goes_along_unchanged(lab: Lab) -> None:
    body = lab.api.get("/templates/sms/verification_code").json["body"]
    desired = lab.want(TEXT + "    name: Code")

    assert [one.status for one in lab.apply(desired)] == [Status.DONE]
    assert lab.api.get("/templates/sms/verification_code").json["body"] == body


def test_fields_of_emails_are_unknown(lab: Lab) -> None:
    assert lab.problems(TEXT + "    subject: x") == [
        (
            "resources.yml:3: sms_template/verification_code: subject: unknown field; "
            "known are body, delivered_by_clerk, name"
        )
    ]


def test_both_channels_have_slugs_of_their_own(lab: Lab) -> None:
    plan = lab.plan(lab.want("sms_templates: {magic_link_sign_in: {delivered_by_clerk: false}}"))

    assert [finding.rule for finding in plan.findings] == ["unknown-slug"]
