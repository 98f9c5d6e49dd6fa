"""Whatever stands in an instance, the files of a first pull say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconcile.model import Instance, Live, Object
from reconcile.plan import make_plan
from tests.first import first, written
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


def tokens(found: dict[str, dict[str, Json]]) -> Live:
    rows: dict[str, dict[str, Any]] = {
        name: {"name": name, "claims": claims, "lifetime": 60} for name, claims in found.items()
    }
    objects = {name: Object(name, f"jtmp_{name}", row) for name, row in rows.items()}
    return Live(WHO, {"jwt_template": objects})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.dictionaries(NAMES, maps, max_size=3))
def test_whatever_stands_in_a_template_the_file_says_the_same(
    lab: Lab, found: dict[str, dict[str, Json]]
) -> None:
    kept = {
        name: {claim: value for claim, value in claims.items() if claim not in RESERVED}
        for name, claims in found.items()
    }
    live = tokens(kept)

    plan = make_plan(known().kinds, first(lab, live), live)

    assert (plan.changes, plan.unmanaged) == ((), ())
    assert len(plan.in_sync) == len(kept)


def test_what_is_read_stands_by_kind_without_ids_and_time_stamps(lab: Lab) -> None:
    lab.api.post("/jwt_templates", {"name": "hasura", "claims": {"role": "user"}})
    lab.api.post("/redirect_urls", {"url": "a://b"})

    root = written(lab, lab.live("jwt_template", "redirect_url", "protect", "email_template"))

    assert {path.name: path.read_text() for path in (root / "resources").iterdir()} == {
        "jwt_templates.yml": "jwt_templates:\n  hasura:\n    claims:\n      role: user\n\n  session:\n    claims: {}\n",
        "protect.yml": "protect:\n  rules_enabled: false\n  specter_enabled: false\n",
        "redirect_urls.yml": "redirect_urls:\n  urls: [a://b]\n",
    }


@pytest.mark.parametrize("text", ["a ${env:HOME} b", "${var.x}", "$${", "{{user.id}}"])
def test_live_text_is_never_taken_for_a_variable_of_ours(lab: Lab, text: str) -> None:
    live = tokens({"a": {"claim": text}})

    assert make_plan(known().kinds, first(lab, live), live).changes == ()


@pytest.mark.parametrize(
    "body",
    ["<p>x</p>", "a\nb\n\n  c  \n", "\n \n x\n", "x\ty", "\u2028\x00\ufeffx", "<b>\r\n</b>\r", "${x} $${y}"],
)
def test_any_text_comes_back_from_its_own_file(lab: Lab, body: str) -> None:
    row = {"slug": "verification_code", "resource_type": "user", "subject": body, "body": body}
    live = Live(WHO, {"email_template": {"verification_code": Object("verification_code", "1", row)}})

    assert make_plan(known().kinds, first(lab, live), live).changes == ()
