from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reconcile.calls import calls
from reconcile.model import ABSENT, UNREADABLE, Action, FieldChange, Policy, Secret, Severity, Status, Value
from reconcile.simulator.jwt import fingerprint
from tests.lab import known

if TYPE_CHECKING:
    from reconcile.model import Plan
    from tests.lab import Lab

KEYED = {"custom_signing_key": True, "signing_algorithm": "HS256", "signing_key": "the old key"}
SUPABASE = """
jwt_templates:
  supabase:
    lifetime: 300
    custom_signing_key: true
    signing_algorithm: HS256
    signing_key: "${env:KEY}"
    claims: {role: authenticated}
"""


def live(lab: Lab, name: str, **fields: Any) -> str:
    """Make a template behind our back; its id."""
    answer = lab.api.post("/jwt_templates", {"name": name, "claims": {"role": "user"}, **fields})
    assert answer.status == 200
    found: str = answer.json["id"]
    return found


def stored(lab: Lab, name: str) -> dict[str, Any]:
    return next(one for one in lab.store.all("jwt_templates").values() if one["name"] == name)


def errors(plan: Plan) -> list[str]:
    return [str(finding) for finding in plan.findings if finding.severity is Severity.ERROR]


# --- creating and changing ---


def test_creating_sends_the_name_and_what_is_declared_and_nothing_else(lab: Lab) -> None:
    plan = lab.plan(lab.want("jwt_templates: {hasura: {claims: {role: user}}}"))

    assert [change.action for change in plan.changes] == [Action.CREATE]
    assert plan.changes[0].body == {"name": Value("hasura"), "claims": Value({"role": "user"})}


def test_creating_without_claims_is_an_error_that_names_them(lab: Lab) -> None:
    plan = lab.plan(lab.want("jwt_templates: {hasura: {lifetime: 60}}"))

    assert errors(plan) == ["resources.yml:1: jwt_template/hasura: claims: is needed to create this; add it"]


def test_every_update_carries_name_and_claims(lab: Lab) -> None:
    live(lab, "hasura")

    plan = lab.plan(lab.want("jwt_templates: {hasura: {lifetime: 90}}"))

    assert plan.changes[0].body == {
        "name": Value("hasura"),
        "claims": Value({"role": "user"}),
        "lifetime": Value(90),
    }
    assert plan.changes[0].fields == (FieldChange(("lifetime",), Value(60), Value(90)),)


def test_defaults_of_the_service_are_no_drift(lab: Lab) -> None:
    live(lab, "hasura")

    assert lab.plan(lab.want("jwt_templates: {hasura: {claims: {role: user}}}")).changes == ()


def test_reordered_claims_and_rewritten_numbers_are_no_drift(lab: Lab) -> None:
    desired = lab.want("jwt_templates: {hasura: {claims: {zeta: 1.0, a: {long: [1, 2.5], b: null}}}}")

    lab.apply(desired)

    assert list(stored(lab, "hasura")["claims"]) == ["a", "zeta"]
    assert lab.plan(desired).changes == ()


def test_the_order_of_a_list_in_the_claims_counts(lab: Lab) -> None:
    lab.apply(lab.want("jwt_templates: {hasura: {claims: {roles: [a, b]}}}"))

    plan = lab.plan(lab.want("jwt_templates: {hasura: {claims: {roles: [b, a]}}}"))

    assert [change.action for change in plan.changes] == [Action.UPDATE]


@pytest.mark.parametrize(
    "claims",
    [
        '{"value": 1}',
        '{"value": {"value": {"absent": true}}}',
        '{"secret": "X", "digest": "y"}',
        '{"ref": "organization_role/org:admin", "unreadable": true}',
        '{"{{user.id}}": "{{user.public_metadata.a || \'x\'}}", "": [[], {}]}',
    ],
)
def test_claims_that_look_like_our_own_tags_arrive_as_they_are(lab: Lab, claims: str) -> None:
    desired = lab.want(f"jwt_templates: {{tagged: {{claims: {claims}}}}}")

    lab.apply(desired)

    assert stored(lab, "tagged")["claims"] == json.loads(claims)
    assert lab.plan(desired).changes == ()


# --- what may not be declared ---


@pytest.mark.parametrize("claim", ["azp", "exp", "iat", "iss", "jti", "nbf", "sub"])
def test_a_reserved_claim_is_refused_with_its_line(lab: Lab, claim: str) -> None:
    assert lab.problems(f"jwt_templates:\n  a:\n    claims:\n      {claim}: x\n      aud: y") == [
        f"resources.yml:4: jwt_template/a: claims.{claim}: is set by the service in every token; remove it"
    ]


@pytest.mark.parametrize("claim", ["sid", "v", "pla", "fea"])
def test_a_claim_of_session_tokens_is_refused(lab: Lab, claim: str) -> None:
    assert lab.problems(f"jwt_templates:\n  a:\n    claims:\n      {claim}: x") == [
        f"resources.yml:4: jwt_template/a: claims.{claim}: belongs to session tokens and is refused in a template; remove it"
    ]


def test_an_audience_and_nested_reserved_names_are_allowed(lab: Lab) -> None:
    desired = lab.want("jwt_templates: {a: {claims: {aud: x, nested: {sub: y}}}}")

    assert [one.status for one in lab.apply(desired)] == [Status.DONE]


def test_a_lifetime_of_nothing_is_refused(lab: Lab) -> None:
    assert lab.problems("jwt_templates: {a: {claims: {}, lifetime: null}}") == [
        "resources.yml:1: jwt_template/a: lifetime: must be a whole number, not nothing"
    ]


def test_claims_that_are_no_map_are_refused_once(lab: Lab) -> None:
    assert lab.problems("jwt_templates: {a: {claims: [sub]}}") == [
        "resources.yml:1: jwt_template/a: claims: must be a map, not a list"
    ]


# --- keys of one's own ---


def test_a_key_needs_the_switch_beside_it(lab: Lab) -> None:
    assert lab.problems('jwt_templates: {a: {claims: {}, signing_key: "${env:KEY}"}}') == [
        "resources.yml:1: jwt_template/a: signing_key: needs custom_signing_key: true beside it; add it"
    ]


def test_the_switch_needs_an_algorithm_beside_it(lab: Lab) -> None:
    text = 'jwt_templates: {a: {claims: {}, custom_signing_key: true, signing_key: "${env:KEY}"}}'

    assert lab.problems(text) == [
        "resources.yml:1: jwt_template/a: custom_signing_key: needs signing_algorithm beside it, such as HS256 or RS256; add it"
    ]


def test_a_key_that_stands_in_the_file_is_refused(lab: Lab) -> None:
    text = (
        "jwt_templates: {a: {claims: {}, custom_signing_key: true, signing_algorithm: HS256, signing_key: x}}"
    )

    assert lab.problems(text) == [
        (
            "resources.yml:1: jwt_template/a: signing_key: is a secret and must not stand in a file; "
            "write '${env:NAME}' and set NAME; then rotate this one"
        )
    ]


def test_creating_with_the_switch_and_no_key_is_an_error_that_names_it(lab: Lab) -> None:
    text = "jwt_templates: {a: {claims: {}, custom_signing_key: true, signing_algorithm: HS256}}"

    assert errors(lab.plan(lab.want(text))) == [
        "resources.yml:1: jwt_template/a: signing_key: is needed to create this; add it"
    ]


def test_the_key_goes_along_in_every_update(lab: Lab) -> None:
    desired = lab.want(SUPABASE)
    lab.apply(desired)

    plan = lab.plan(lab.want(SUPABASE.replace("300", "600")))
    seal = lab.keys.secret("KEY", lab.secret("KEY"))

    assert [change.action for change in plan.changes] == [Action.UPDATE]
    assert plan.changes[0].fields == (FieldChange(("lifetime",), Value(300), Value(600)),)
    assert plan.changes[0].body["signing_key"] == seal
    assert plan.changes[0].body["signing_algorithm"] == Value("HS256")
    assert [one.status for one in lab.carry_out(plan)] == [Status.DONE]
    assert stored(lab, "supabase")["signing_key"] == fingerprint(lab.secret("KEY"))


def test_a_key_that_was_sent_is_not_sent_again_and_never_called_in_sync(lab: Lab) -> None:
    desired = lab.want(SUPABASE)
    lab.apply(desired)

    plan = lab.plan(desired)

    assert plan.changes == ()
    assert [(item.address, item.path, item.at) for item in plan.unverified] == [
        ("jwt_template/supabase", ("signing_key",), "2027-01-15T08:00:00Z")
    ]


def test_without_a_receipt_the_key_is_asserted(lab: Lab) -> None:
    desired = lab.want(SUPABASE)
    lab.apply(desired)
    lab.forget()

    plan = lab.plan(desired)

    assert [change.action for change in plan.changes] == [Action.ASSERT]
    assert [field.before for field in plan.changes[0].fields] == [UNREADABLE]


def test_another_key_is_a_change(lab: Lab) -> None:
    lab.apply(lab.want(SUPABASE))
    lab.environ["KEY"] = "the new key"
    desired = lab.want(SUPABASE)

    assert [change.action for change in lab.plan(desired).changes] == [Action.UPDATE]
    lab.apply(desired)
    assert stored(lab, "supabase")["signing_key"] == fingerprint("the new key")
    assert lab.plan(desired).changes == ()


def test_a_key_can_be_sent_again_on_request(lab: Lab) -> None:
    desired = lab.want(SUPABASE)
    lab.apply(desired)
    rotate = Policy(rotate=frozenset({"jwt_template/supabase"}))

    assert [change.address for change in lab.plan(desired, policy=rotate).changes] == [
        "jwt_template/supabase"
    ]
    assert lab.plan(desired, policy=Policy(rotate=frozenset({"jwt_template/other"}))).changes == ()
    assert len(lab.plan(desired, policy=Policy(reassert=True)).changes) == 1


def test_no_plan_holds_the_key_itself(lab: Lab) -> None:
    plan = lab.plan(lab.want(SUPABASE))
    secrets = [value for value in plan.changes[0].body.values() if isinstance(value, Secret)]

    assert [secret.name for secret in secrets] == ["KEY"]
    assert lab.secret("KEY") not in repr(plan)


def test_a_live_template_with_a_key_that_is_not_declared_can_be_planned(lab: Lab) -> None:
    live(lab, "supabase", **KEYED)

    plan = lab.plan(lab.want("jwt_templates: {supabase: {claims: {role: user}}}"))

    assert (plan.changes, errors(plan)) == ((), [])


def test_a_live_template_with_a_key_that_is_not_declared_cannot_be_updated(lab: Lab) -> None:
    live(lab, "supabase", **KEYED)

    plan = lab.plan(lab.want("jwt_templates:\n  supabase:\n    claims: {role: other}"))

    assert errors(plan) == [
        (
            "resources.yml:2: jwt_template/supabase: signing_key: the service wants it with every update "
            "of this object and never returns it; add it"
        )
    ]


def test_giving_up_the_key_needs_none(lab: Lab) -> None:
    live(lab, "supabase", **KEYED)
    desired = lab.want("jwt_templates: {supabase: {claims: {role: user}, custom_signing_key: false}}")

    assert [one.status for one in lab.apply(desired)] == [Status.DONE]
    assert stored(lab, "supabase")["signing_key"] is None


# --- names ---


def test_a_rename_is_one_update_of_the_same_object(lab: Lab) -> None:
    kept = live(lab, "old")
    desired = lab.want(
        "jwt_templates: {.prune: true, new: {renamed_from: old, claims: {role: user}}, session: {}}"
    )
    plan = lab.plan(desired)

    assert [(change.address, change.action, change.id) for change in plan.changes] == [
        ("jwt_template/new", Action.UPDATE, kept)
    ]
    assert plan.changes[0].fields == (FieldChange(("name",), Value("old"), Value("new")),)
    before = len(lab.simulator.log)
    lab.carry_out(plan)
    assert lab.sent(since=before) == [("PATCH", f"/jwt_templates/{kept}")]
    assert stored(lab, "new")["id"] == kept
    assert lab.plan(desired).changes == ()


def test_a_rename_without_other_fields_is_one_update_too(lab: Lab) -> None:
    live(lab, "old")

    plan = lab.plan(lab.want("jwt_templates: {new: {renamed_from: old}}"))

    assert [change.action for change in plan.changes] == [Action.UPDATE]
    assert plan.changes[0].body == {"name": Value("new"), "claims": Value({"role": "user"})}


def test_a_rename_that_happened_long_ago_is_nothing(lab: Lab) -> None:
    live(lab, "new")

    assert lab.plan(lab.want("jwt_templates: {new: {renamed_from: old, claims: {role: user}}}")).changes == ()


def test_a_rename_of_a_template_with_a_key_carries_the_key(lab: Lab) -> None:
    lab.apply(lab.want(SUPABASE))
    desired = lab.want(SUPABASE.replace("  supabase:", "  storage:\n    renamed_from: supabase"))

    assert [one.status for one in lab.apply(desired)] == [Status.DONE]
    assert stored(lab, "storage")["signing_key"] == fingerprint(lab.secret("KEY"))


def test_two_templates_cannot_have_been_the_same_one(lab: Lab) -> None:
    text = "jwt_templates:\n  a: {renamed_from: old, claims: {}}\n  b: {renamed_from: old, claims: {}}"

    assert lab.problems(text) == [
        "resources.yml:3: jwt_template/b: renamed_from: old is spoken for at resources.yml:2; keep one of them"
    ]


def test_a_template_cannot_have_been_one_that_is_still_declared(lab: Lab) -> None:
    text = "jwt_templates:\n  old: {claims: {}}\n  new: {renamed_from: old, claims: {}}"

    assert lab.problems(text) == [
        "resources.yml:3: jwt_template/new: renamed_from: old is spoken for at resources.yml:2; keep one of them"
    ]


def test_a_name_is_one_part_of_the_path_whatever_stands_in_it(lab: Lab) -> None:
    desired = lab.want('jwt_templates: {"a/b ü": {claims: {}}}')
    lab.apply(desired)

    assert lab.plan(desired).in_sync == ("jwt_template/a/b ü",)


# --- the template of the session token ---


PRUNED = "jwt_templates: {.prune: true, hasura: {claims: {role: user}}}"


def test_the_session_token_is_planned_once_and_then_known_as_not_ours(lab: Lab) -> None:
    desired = lab.want(PRUNED)
    first = lab.plan(desired)

    assert [change.address for change in first.changes if change.action is Action.DELETE] == [
        "jwt_template/session"
    ]
    outcomes = {one.address: one for one in lab.carry_out(first)}
    assert outcomes["jwt_template/session"].status is Status.SKIPPED
    assert "belongs to the service" in outcomes["jwt_template/session"].reason
    assert stored(lab, "session")

    again = lab.plan(desired)
    assert (again.changes, again.unmanaged) == ((), ())


def test_without_that_memory_it_is_planned_again(lab: Lab) -> None:
    desired = lab.want(PRUNED)
    lab.carry_out(lab.plan(desired))
    lab.forget()

    assert [change.address for change in lab.plan(desired).changes] == ["jwt_template/session"]


def test_a_template_that_is_removed_from_an_authoritative_section_is_deleted(lab: Lab) -> None:
    kept = live(lab, "gone")
    change = next(one for one in lab.plan(lab.want(PRUNED)).changes if one.key == "gone")

    assert change.action is Action.DELETE
    assert FieldChange(("claims",), Value({"role": "user"}), ABSENT) in change.fields
    assert calls(known().kinds[change.kind], change)[0].path == f"/jwt_templates/{kept}"
