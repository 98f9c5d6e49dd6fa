from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reconcile.codec import decode_plan, encode_plan
from reconcile.diff import text
from reconcile.model import ABSENT, Action, FieldChange, Severity, Status, Value

if TYPE_CHECKING:
    from reconcile.model import Finding, Plan
    from tests.lab import Lab

SLUG = "verification_code"
TEXT = f"email_templates:\n  {SLUG}:\n"


def stored(lab: Lab, slug: str = SLUG) -> dict[str, Any]:
    answer = lab.api.get(f"/templates/email/{slug}")
    found: dict[str, Any] = answer.json
    return found


def override(lab: Lab, slug: str = SLUG, **fields: Any) -> None:
    """Override a template behind our back."""
    now = stored(lab, slug)
    names = ("name", "subject", "body", "markup", "from_email_name", "reply_to_email_name")
    answer = lab.api.put(f"/templates/email/{slug}", {**{name: now[name] for name in names}, **fields})
    assert answer.status == 200, answer.text


def found(plan: Plan, severity: Severity) -> list[Finding]:
    return [finding for finding in plan.findings if finding.severity is severity]


# --- slugs ---


@pytest.mark.parametrize(
    ("slug", "near"),
    [("verification_cod", "verification_code"), ("passkeys_removed", "passkey_removed")],
)
def test_an_unknown_slug_is_an_error_with_the_nearest_real_one(lab: Lab, slug: str, near: str) -> None:
    plan = lab.plan(lab.want(f"email_templates:\n  {slug}: {{subject: x}}"))

    assert [str(finding) for finding in found(plan, Severity.ERROR)] == [
        f"resources.yml:2: email_template/{slug}: the service has no template with this slug; did you mean {near}?"
    ]
    assert plan.changes == ()


def test_an_unknown_slug_cannot_be_reverted_either(lab: Lab) -> None:
    plan = lab.plan(lab.want("email_templates: {nonsense: {state: default}}"))

    assert [finding.rule for finding in plan.findings] == ["unknown-slug"]


def test_what_is_not_overridden_is_neither_managed_nor_unmanaged(lab: Lab) -> None:
    assert lab.plan(lab.want("email_templates: {}")).unmanaged == ()


def test_an_override_that_is_not_declared_is_reported_and_left_alone(lab: Lab) -> None:
    override(lab, subject="mine")

    plan = lab.plan(lab.want("email_templates: {}"))

    assert (plan.unmanaged, plan.changes) == ((f"email_template/{SLUG}",), ())


def test_templates_cannot_be_pruned(lab: Lab) -> None:
    assert lab.problems("email_templates:\n  .prune: true") == [
        "resources.yml:2: email_templates: templates cannot be pruned; write `state: default` under one to revert it"
    ]


# --- what is sent ---


def test_the_whole_object_is_held_in_the_plan_live_and_declared_merged(lab: Lab) -> None:
    before = stored(lab)
    plan = lab.plan(lab.want(TEXT + "    subject: Mine"))
    body = plan.changes[0].body

    assert plan.changes[0].fields == (FieldChange(("subject",), Value(before["subject"]), Value("Mine")),)
    assert body["subject"] == Value("Mine")
    assert body["body"] == Value(text(before["body"]))
    assert body["markup"] == Value(text(before["markup"]))
    assert set(body) == {
        "name",
        "subject",
        "body",
        "markup",
        "delivered_by_clerk",
        "from_email_name",
        "reply_to_email_name",
    }


def test_nothing_that_is_not_declared_changes(lab: Lab) -> None:
    override(lab, from_email_name="hello", subject="Old", reply_to_email_name="answers")
    lab.api.post(f"/templates/email/{SLUG}/toggle_delivery", {"delivered_by_clerk": False})
    before = stored(lab)

    lab.apply(lab.want(TEXT + "    subject: New"))

    after = stored(lab)
    assert {name for name in after if after[name] != before[name]} <= {"subject", "updated_at"}
    assert after["subject"] == "New"


def test_a_change_is_one_put(lab: Lab) -> None:
    desired = lab.want(TEXT + "    subject: Mine")
    before = len(lab.simulator.log)

    lab.apply(desired)

    assert lab.writes(since=before) == [("PUT", f"/templates/email/{SLUG}")]


def test_a_field_that_the_template_lacks_and_nobody_declares_is_left_out(lab: Lab) -> None:
    lab.store.put("templates", f"email/{SLUG}", {**stored(lab), "resource_type": "user", "markup": None})

    plan = lab.plan(lab.want(TEXT + "    subject: Mine"))

    assert "markup" not in plan.changes[0].body


# --- the visual editor ---


def test_a_new_body_without_markup_empties_the_editors_source_and_says_so(lab: Lab) -> None:
    override(lab, markup="<re-html>old</re-html>")

    plan = lab.plan(lab.want(TEXT + "    body: 'Code {{otp_code}}'"))

    assert plan.changes[0].body["markup"] == Value("")
    assert FieldChange(("markup",), Value("<re-html>old</re-html>"), Value("")) in plan.changes[0].fields
    assert [str(finding) for finding in found(plan, Severity.WARNING)] == [
        (
            f"resources.yml:3: email_template/{SLUG}: body: the visual editor loses its source: "
            "markup is emptied, because only body is declared"
        )
    ]
    assert [one.status for one in lab.carry_out(plan)] == [Status.DONE]
    assert stored(lab)["markup"] == ""


def test_where_the_editor_has_no_source_nothing_is_lost(lab: Lab) -> None:
    override(lab, markup="")

    plan = lab.plan(lab.want(TEXT + "    body: 'Code {{otp_code}}'"))

    assert plan.changes[0].body["markup"] == Value("")
    assert [field.path for field in plan.changes[0].fields] == [("body",)]
    assert plan.findings == ()


def test_a_body_with_its_markup_keeps_both(lab: Lab) -> None:
    desired = lab.want(TEXT + "    body: 'Code {{otp_code}}'\n    markup: '<re-html>Code</re-html>'")
    plan = lab.plan(desired)

    assert plan.findings == ()
    lab.carry_out(plan)
    assert stored(lab)["markup"] == "<re-html>Code</re-html>"
    assert lab.plan(desired).changes == ()


def test_markup_without_the_body_that_it_compiles_to_is_an_error(lab: Lab) -> None:
    assert lab.problems(TEXT + "    markup: '<re-html/>'") == [
        f"resources.yml:3: email_template/{SLUG}: markup: needs the body that it compiles to beside it; add body"
    ]


# --- bodies ---


@pytest.mark.parametrize("body", ["no code", "{{ otp_codes }}", "otp_code"])
def test_a_body_without_a_required_variable_is_found_before_anything_is_sent(lab: Lab, body: str) -> None:
    plan = lab.plan(lab.want(TEXT + f"    body: '{body}'"))

    assert [str(finding) for finding in found(plan, Severity.ERROR)] == [
        (
            f"resources.yml:3: email_template/{SLUG}: body: must contain {{{{otp_code}}}}; "
            "the service refuses this text without it"
        )
    ]


@pytest.mark.parametrize("body", ["{{otp_code}}", "{{ otp_code }}", "{{{otp_code}}}", "{{~ otp_code ~}}"])
def test_a_required_variable_counts_in_each_of_its_forms(lab: Lab, body: str) -> None:
    desired = lab.want(TEXT + f"    body: '{body}'")

    assert [one.status for one in lab.apply(desired)] == [Status.DONE]


BYTES = "a\u200fb\u00a0\x0cc👋\u2028d\u200bé {{otp_code}} \u0085 <p>ü</p>"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("outer", ["", "\n", " \t\r\n"])
def test_every_character_of_a_body_survives_but_line_ends_and_outer_space(
    lab: Lab, end: str, outer: str
) -> None:
    raw = f"{outer}{BYTES}{end}\u00a0second\u00a0line{outer}".encode()
    desired = lab.want(TEXT + "    body: !file bodies/code.html", {"bodies/code.html": raw})

    lab.apply(desired)

    assert stored(lab)["body"] == f"{BYTES}\n\u00a0second\u00a0line"
    assert lab.plan(desired).changes == ()


def test_a_body_of_no_break_spaces_keeps_its_ends(lab: Lab) -> None:
    desired = lab.want(TEXT + '    body: "\\u00a0{{otp_code}}\\x0c"')

    lab.apply(desired)

    assert stored(lab)["body"] == "\u00a0{{otp_code}}\x0c"
    assert lab.plan(desired).changes == ()


def test_a_body_survives_the_plan_file(lab: Lab) -> None:
    plan = lab.plan(lab.want(TEXT + "    body: !file b.html", {"b.html": BYTES}))
    rows = encode_plan(plan, tool_version="0", calls=1, seconds=0.0, every=True)

    assert decode_plan(rows) == plan


# --- who delivers ---


def test_who_delivers_alone_goes_through_a_call_of_its_own(lab: Lab) -> None:
    desired = lab.want(TEXT + "    delivered_by_clerk: false")
    before = len(lab.simulator.log)

    lab.apply(desired)

    assert lab.writes(since=before) == [("POST", f"/templates/email/{SLUG}/toggle_delivery")]
    assert stored(lab)["delivered_by_clerk"] is False
    assert lab.plan(desired).changes == ()


def test_together_with_other_fields_it_is_one_put(lab: Lab) -> None:
    desired = lab.want(TEXT + "    delivered_by_clerk: false\n    subject: Mine")
    before = len(lab.simulator.log)

    lab.apply(desired)

    assert lab.writes(since=before) == [("PUT", f"/templates/email/{SLUG}")]
    assert stored(lab)["delivered_by_clerk"] is False


# --- the vendor's own text ---


def test_state_default_reverts_an_override(lab: Lab) -> None:
    override(lab, subject="mine")
    desired = lab.want(TEXT + "    state: default")
    plan = lab.plan(desired)

    assert [change.action for change in plan.changes] == [Action.REVERT]
    assert plan.changes[0].fields == (FieldChange(("resource_type",), Value("user"), ABSENT),)
    before = len(lab.simulator.log)
    lab.apply(desired)
    assert lab.writes(since=before) == [("POST", f"/templates/email/{SLUG}/revert")]
    assert stored(lab)["resource_type"] == "system"
    assert lab.plan(desired).changes == ()


def test_state_default_of_a_default_is_nothing(lab: Lab) -> None:
    plan = lab.plan(lab.want(TEXT + "    state: default"))

    assert (plan.changes, plan.in_sync) == ((), (f"email_template/{SLUG}",))


def test_state_default_stands_alone(lab: Lab) -> None:
    assert lab.problems(TEXT + "    state: default\n    subject: x") == [
        f"resources.yml:3: email_template/{SLUG}: state: default stands alone; remove the other fields or the state"
    ]


def test_there_is_no_other_state(lab: Lab) -> None:
    assert lab.problems(TEXT + "    state: absent") == [
        f"resources.yml:3: email_template/{SLUG}: state: the only state is `default`, which reverts the template"
    ]


# --- limits of the service ---


def test_writes_go_one_at_a_time_and_a_lock_stops_the_rest(lab: Lab) -> None:
    lab.store.instance["templates_locked"] = True
    slugs = ("verification_code", "passkey_added", "mfa_enabled")
    desired = lab.want("email_templates:\n" + "".join(f"  {slug}: {{subject: x}}\n" for slug in slugs))
    before = len(lab.simulator.log)

    outcomes = lab.carry_out(lab.plan(desired))

    assert sorted(one.status for one in outcomes) == [Status.FAILED, Status.SKIPPED, Status.SKIPPED]
    assert len(lab.writes(since=before)) == 1


def test_an_address_where_only_its_local_part_is_wanted_is_refused(lab: Lab) -> None:
    assert lab.problems(TEXT + "    from_email_name: hello@acme.example") == [
        (
            f"resources.yml:3: email_template/{SLUG}: from_email_name: "
            r"'hello@acme.example' does not have the form ^[^@\s]*$"
        )
    ]
