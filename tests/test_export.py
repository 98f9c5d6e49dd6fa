from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconcile.export import export
from reconcile.model import Instance, Live, Object
from reconcile.plan import make_plan
from tests.lab import known
from tests.values import maps

if TYPE_CHECKING:
    from reconcile.model import Json
    from tests.lab import Lab

WHO = Instance("ins_1", "development")
NAMES = st.sampled_from(
    [
        "<<",
        "null",
        "NO",
        "on",
        "~",
        "1e3",
        "a: b",
        "#x",
        "- a",
        "*@x",
        "&a",
        "!file x",
        "${var.x}",
        "'",
        '"',
        "a b",
    ]
) | st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=6).filter(
    lambda name: not name.startswith(".")
)
RESERVED = {"azp", "exp", "iat", "iss", "jti", "nbf", "sub", "sid", "v", "pla", "fea"}


def templates(found: dict[str, dict[str, Json]]) -> Live:
    rows: dict[str, dict[str, Any]] = {
        name: {"name": name, "claims": claims, "lifetime": 60} for name, claims in found.items()
    }
    objects = {name: Object(name, f"jtmp_{name}", row) for name, row in rows.items()}
    return Live(WHO, {"jwt_template": objects})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES, maps, max_size=3))
def test_whatever_stands_in_a_template_the_file_says_the_same(
    lab: Lab, found: dict[str, dict[str, Json]]
) -> None:
    kept = {
        name: {claim: value for claim, value in claims.items() if claim not in RESERVED}
        for name, claims in found.items()
    }
    live = templates(kept)

    plan = make_plan(known().kinds, lab.want(export(known().kinds, live)), live)

    assert (plan.changes, plan.unmanaged) == ((), ())
    assert len(plan.in_sync) == len(kept)


def test_nothing_read_is_an_empty_file() -> None:
    assert export(known().kinds, Live(WHO)) == "{}\n"


def test_what_is_read_stands_by_section_without_ids_and_time_stamps(lab: Lab) -> None:
    lab.api.post("/jwt_templates", {"name": "hasura", "claims": {"role": "user"}})
    lab.api.post("/redirect_urls", {"url": "a://b"})

    assert export(known().kinds, lab.live("jwt_template", "redirect_url", "protect")) == (
        """\
jwt_templates:
  hasura:
    claims:
      role: "user"
    lifetime: 60
    allowed_clock_skew: 5
    custom_signing_key: false
    signing_algorithm: "RS256"
  session:
    claims: {}
    lifetime: 60
    allowed_clock_skew: 5
    custom_signing_key: false
    signing_algorithm: "RS256"
protect:
  rules_enabled: false
  specter_enabled: false
redirect_urls:
  urls:
    - "a://b"
"""
    )


def test_a_template_that_is_not_overridden_is_not_listed(lab: Lab) -> None:
    assert export(known().kinds, lab.live("email_template")) == "email_templates: {}\n"


@pytest.mark.parametrize("text", ["a ${env:HOME} b", "${var.x}", "$${", "{{user.id}}"])
def test_live_text_is_never_taken_for_a_variable_of_ours(lab: Lab, text: str) -> None:
    live = templates({"a": {"claim": text}})

    plan = make_plan(known().kinds, lab.want(export(known().kinds, live)), live)

    assert plan.changes == ()
