from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from reconcile.simulator.client import Client

SLUG = "/templates/email/verification_code"
FULL = {"name": "Code", "subject": "Your code", "body": "<b>{{otp_code}}</b>", "markup": ""}


def test_both_types_are_listed_and_any_other_is_refused(api: Client) -> None:
    assert {one["template_type"] for one in api.everything("/templates/email")} == {"email"}
    assert {one["template_type"] for one in api.everything("/templates/sms")} == {"sms"}
    for reply in (api.get("/templates/fax"), api.get("/templates/fax/x"), api.put("/templates/fax/x", FULL)):
        assert (reply.status, reply.codes) == (400, ["template_type_unsupported"])


def test_a_new_instance_uses_the_texts_of_clerk(api: Client) -> None:
    found = api.everything("/templates/email")
    assert {one["resource_type"] for one in found} == {"system"}
    assert {one["instance_id"] for one in found} == {None}
    assert not any(one["can_revert"] for one in found)


def test_every_catalogue_text_would_be_accepted_as_an_override(api: Client) -> None:
    for one in api.everything("/templates/email"):
        body = {name: one[name] for name in ("name", "subject", "body", "markup")}
        assert api.put(f"/templates/email/{one['slug']}", body).status == 200


def test_an_override_belongs_to_the_instance(api: Client) -> None:
    system = api.get(SLUG).json
    mine = api.put(SLUG, FULL).json
    assert (mine["resource_type"], mine["can_revert"]) == ("user", True)
    assert mine["instance_id"] == api.get("/instance").json["id"]
    assert mine["id"] != system["id"]
    assert api.get(SLUG).json == mine


def test_put_resets_what_is_left_out(api: Client) -> None:
    api.put(
        SLUG, {**FULL, "from_email_name": "hello", "reply_to_email_name": "help", "delivered_by_clerk": False}
    )
    bare = api.put(SLUG, {"body": "{{otp_code}}"}).json
    assert (bare["name"], bare["subject"], bare["markup"]) == ("Verification code", None, "")
    assert (bare["from_email_name"], bare["reply_to_email_name"]) == ("noreply", "")
    assert bare["delivered_by_clerk"] is True


def test_put_takes_null_for_a_reset(api: Client) -> None:
    api.put(SLUG, {**FULL, "markup": "<re-text>", "delivered_by_clerk": False})
    bare = api.put(SLUG, {**FULL, "subject": None, "markup": None, "delivered_by_clerk": None}).json
    assert (bare["subject"], bare["markup"], bare["delivered_by_clerk"]) == (None, "", True)


def test_put_without_a_body_misses_the_required_variable(api: Client) -> None:
    reply = api.put(SLUG, {"name": "x", "subject": "y"})
    assert (reply.status, reply.codes, reply.params) == (422, ["required_variable_missing"], ["body"])


@pytest.mark.parametrize(
    "body", ["{{ otp_code }}", "{{{otp_code}}}", "{{~otp_code~}}", "{{#if x}}{{otp_code}}{{/if}}"]
)
def test_a_required_variable_may_be_printed_in_any_form(api: Client, body: Any) -> None:
    assert api.put(SLUG, {**FULL, "body": body}).status == 200


@pytest.mark.parametrize("body", ["otp_code", "\\{{otp_code}}", "{{!otp_code}}", "{{#if otp_code}}x{{/if}}"])
def test_a_required_variable_that_is_not_printed_is_missing(api: Client, body: Any) -> None:
    assert api.put(SLUG, {**FULL, "body": body}).codes == ["required_variable_missing"]


@pytest.mark.parametrize(
    "body",
    [
        "{{otp_code",
        "{{#if a}}{{otp_code}}",
        "{{otp_code}}{{/if}}",
        "{{otp_code}}{{}}",
        "{{#if a}}{{otp_code}}{{/each}}",
        "{{else}}{{otp_code}}",
        "{{{otp_code}}",
    ],
)
def test_a_body_that_does_not_compile_is_refused(api: Client, body: Any) -> None:
    reply = api.put(SLUG, {**FULL, "body": body})
    assert (reply.status, reply.codes, reply.params) == (422, ["invalid_template_body"], ["body"])


@pytest.mark.parametrize(
    "body",
    [
        "}} {{otp_code}}",
        "{{!-- {{x}} --}}{{otp_code}}",
        "{{> app_logo}}{{otp_code}}",
        "{{#if a}}{{otp_code}}{{else if b}}{{^}}{{/if}}",
        "@media{a{b:c}}{{otp_code}}",
    ],
)
def test_a_body_that_compiles_is_taken(api: Client, body: Any) -> None:
    assert api.put(SLUG, {**FULL, "body": body}).status == 200


def test_body_and_markup_lose_outer_white_space_and_carriage_returns_and_nothing_else(api: Client) -> None:
    kept = "\u00a0\u200f{{otp_code}}\f 🙂\n\n x\u2028y\u00a0"
    stored = api.put(
        SLUG, {**FULL, "body": " \r\n\t" + kept.replace("\n", "\r\n") + "\r\n", "markup": "a\rb\n"}
    ).json
    assert (stored["body"], stored["markup"]) == (kept, "a\nb")


def test_unknown_names_are_refused_in_a_template(api: Client) -> None:
    reply = api.put(SLUG, {**FULL, "slug": "x", "resource_type": "user"})
    assert (reply.status, reply.codes) == (422, ["form_param_unknown", "form_param_unknown"])


def test_an_unknown_slug_is_not_found_whatever_is_done_to_it(api: Client) -> None:
    path = "/templates/email/verification_cod"
    replies = [
        api.get(path),
        api.put(path, FULL),
        api.post(path + "/revert"),
        api.post(path + "/toggle_delivery", {"delivered_by_clerk": True}),
    ]
    assert {(reply.status, *reply.codes) for reply in replies} == {(404, "resource_not_found")}


def test_a_slug_of_one_type_is_not_one_of_the_other(api: Client) -> None:
    assert api.get("/templates/sms/billing_receipt").status == 404


@pytest.mark.parametrize("name", ["a b", "a@b", ".a", "a..b", "ü", " a"])
@pytest.mark.parametrize("field", ["from_email_name", "reply_to_email_name"])
def test_sender_and_reply_address_take_local_parts_only(api: Client, field: str, name: str) -> None:
    reply = api.put(SLUG, {**FULL, field: name})
    assert (reply.status, reply.codes, reply.params) == (422, ["form_param_format_invalid"], [field])


def test_sender_and_reply_address_may_be_empty(api: Client) -> None:
    assert api.put(SLUG, {**FULL, "from_email_name": "", "reply_to_email_name": ""}).status == 200


def test_revert_brings_back_the_text_of_clerk(api: Client) -> None:
    system = api.get(SLUG).json
    api.put(SLUG, FULL)
    assert api.post(SLUG + "/revert").json == system
    assert api.get(SLUG).json == system


def test_there_is_nothing_to_revert_on_a_template_of_clerk(api: Client) -> None:
    reply = api.post(SLUG + "/revert")
    assert (reply.status, reply.codes) == (400, ["template_revert_error"])


def test_toggle_delivery_sets_the_wanted_state_and_makes_an_override(api: Client) -> None:
    system = api.get(SLUG).json
    for _ in range(2):
        assert (
            api.post(SLUG + "/toggle_delivery", {"delivered_by_clerk": False}).json["delivered_by_clerk"]
            is False
        )
    mine = api.get(SLUG).json
    assert (mine["resource_type"], mine["body"], mine["subject"]) == (
        "user",
        system["body"],
        system["subject"],
    )


def test_toggle_delivery_needs_to_be_told_the_wanted_state(api: Client) -> None:
    reply = api.post(SLUG + "/toggle_delivery", {})
    assert (reply.status, reply.codes, reply.params) == (422, ["form_param_missing"], ["delivered_by_clerk"])


def test_the_text_of_an_sms_cannot_be_changed(api: Client) -> None:
    path = "/templates/sms/verification_code"
    assert api.get(path).json["can_edit_body"] is False
    reply = api.put(path, {"name": "x", "body": "{{otp_code}}!"})
    assert (reply.status, reply.codes) == (400, ["template_body_modification_restricted"])


def test_everything_else_of_an_sms_can_be_sent_back_as_it_was(api: Client) -> None:
    path = "/templates/sms/verification_code"
    live = api.get(path).json
    sent = {name: live[name] for name in ("name", "subject", "body", "markup", "from_email_name")}
    mine = api.put(path, {**sent, "subject": "ignored", "delivered_by_clerk": False}).json
    assert (mine["body"], mine["subject"], mine["delivered_by_clerk"]) == (live["body"], None, False)


def test_the_scanner_blocks_a_body_with_a_script(api: Client) -> None:
    reply = api.put(SLUG, {**FULL, "body": "{{otp_code}}<SCRIPT>alert(1)</SCRIPT>"})
    assert (reply.status, reply.codes) == (403, ["email_template_suspicious_blocked"])


def test_locked_templates_can_be_reverted_only(api: Client) -> None:
    api.put(SLUG, FULL)
    api.store.instance["templates_locked"] = True
    assert api.put(SLUG, FULL).codes == ["email_template_customization_locked"]
    assert api.post(SLUG + "/toggle_delivery", {"delivered_by_clerk": True}).status == 423
    assert api.post(SLUG + "/revert").status == 200


def test_production_without_the_feature_refuses_overrides_and_reverts_but_not_delivery(
    production: Client,
) -> None:
    reply = production.put(SLUG, FULL)
    assert (reply.status, reply.codes) == (402, ["unsupported_subscription_plan_features"])
    assert reply.json["errors"][0]["meta"]["unsupported_features"] == ["custom_email_template"]
    assert production.post(SLUG + "/toggle_delivery", {"delivered_by_clerk": False}).status == 200
    assert production.post(SLUG + "/revert").status == 402
    assert production.get(SLUG).status == 200
