from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconcile.model import Declared, Instance, Live, Object, Value
from reconcile.plan import make_plan
from reconcile.wishes import LIVE, declarable, wish, wishes
from tests.lab import known

if TYPE_CHECKING:
    from reconcile.model import Json
    from tests.lab import Lab

KINDS = known().kinds


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("jwt_template", "id", "jtmp_1"),  # no field of ours
        ("jwt_template", "signing_key", "a key that nobody should have answered"),
        ("jwt_template", "name", "hasura"),  # the key
        ("email_template", "can_edit_body", True),  # the service's own
        ("email_template", "subject", None),  # cannot be set to nothing
        ("organization_settings", "domains_default_role", ""),  # names nobody
    ],
)
def test_what_cannot_be_declared_is_not_wished_for(kind: str, name: str, value: Json) -> None:
    assert not declarable(KINDS[kind], name, value)
    assert wish(KINDS[kind], "key", {"resource_type": "user", name: value}).fields == {}


def test_a_role_and_a_lifetime_can_be_wished_for() -> None:
    assert declarable(KINDS["organization_settings"], "creator_role", "org:admin")
    assert declarable(KINDS["jwt_template"], "lifetime", 60)


def test_what_the_service_adds_by_itself_is_not_wished_for() -> None:
    fields: dict[str, Json] = {"domains_enrollment_modes": ["automatic_invitation", "manual_invitation"]}

    one = wish(KINDS["organization_settings"], "", fields)

    assert one.fields == {"domains_enrollment_modes": Value(["automatic_invitation"])}


def test_a_template_without_an_override_is_wished_back_to_what_the_service_sends() -> None:
    fields: dict[str, Json] = {"resource_type": "system", "subject": "Welcome"}
    assert wish(KINDS["email_template"], "invitation", fields) == Declared("invitation", LIVE, default=True)
    ours = wish(KINDS["email_template"], "invitation", {**fields, "resource_type": "user"})
    assert ours == Declared("invitation", LIVE, {"subject": Value("Welcome")})


def test_what_could_not_be_read_is_no_wish() -> None:
    live = Live(Instance("ins_1", "development"), {"redirect_url": {}}, {"sms_template": "gone"})
    assert set(wishes(KINDS, live).sections) == {"redirect_url"}


def test_a_live_state_is_what_it_wishes_for(lab: Lab) -> None:
    lab.api.post("/jwt_templates", {"name": "hasura", "claims": {"role": "user"}, "lifetime": 60})
    lab.api.post("/redirect_urls", {"url": "myapp://callback"})
    lab.api.put("/templates/email/verification_code", {"name": "V", "subject": "S", "body": "{{otp_code}}"})
    live = lab.live(probe=True)

    plan = make_plan(KINDS, wishes(KINDS, live), live)

    assert [change.address for change in plan.changes] == []
    assert plan.unmanaged == ()


def test_of_two_live_states_the_wishes_of_one_make_a_plan_for_the_other() -> None:
    who = Instance("ins_1", "development")

    def live(claims: Json, *urls: str) -> Live:
        hasura = Object("hasura", "jtmp_1", {"name": "hasura", "claims": claims})
        return Live(
            who,
            {
                "jwt_template": {"hasura": hasura},
                "redirect_url": {url: Object(url, f"ru_{url}", {"url": url}) for url in urls},
            },
        )

    one, other = live({"role": "admin"}, "myapp://a"), live({"role": "user"}, "myapp://b")
    plan = make_plan(KINDS, wishes(KINDS, one), other)

    assert {change.address: change.action.value for change in plan.changes} == {
        "jwt_template/hasura": "update",
        "redirect_url/myapp://a": "create",
    }
    assert plan.unmanaged == ("redirect_url/myapp://b",)
