"""Acme's three instances: each plan shows what the overlays of its environment say, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reconcile import catalogue
from reconcile.load import load_desired, load_project
from reconcile.model import Status
from tests.lab import ROOT, known

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconcile.model import Desired
    from tests.lab import Lab

ACME = ROOT / "examples" / "acme"
EXPECTED = {
    "development": {
        "instance": ["allowed_origins"],
        "redirect_url/exp://127.0.0.1:8081": ["url"],
        "redirect_url/http://localhost:3000/callback": ["url"],
        "restrictions": ["block_disposable_email_domains", "block_email_subaddresses"],
    },
    "staging": {
        "allowlist/*@testers.example": ["identifier"],
        "email_template/invitation": ["subject"],
        "email_template/verification_code": ["subject"],
        "jwt_template/reporting": ["claims"],
        "redirect_url/https://docs.acme.example/callback": ["url"],
    },
    "production": {
        "allowlist/grace@audit.example": ["identifier"],
        "jwt_template/reporting": ["claims", "lifetime"],
        "organization_settings": ["max_allowed_memberships"],
        "redirect_url/https://docs.acme.example/callback": ["url"],
        "redirect_url/https://status.acme.example/callback": ["url"],
    },
}


def wanted(lab: Lab, name: str, *, overlays: bool) -> Desired:
    """What Acme wants of an environment, with its overlays or without."""
    project = load_project(ACME, catalogue.schema("project"))
    environment = project.environment(name)
    rendered = environment if overlays else replace(environment, overlays=())
    desired, findings = load_desired(
        project,
        known(),
        environment.variables,
        lambda name: lab.keys.secret(name, lab.secret(name)),
        rendered,
    )
    assert findings == ()
    return desired


@pytest.mark.parametrize("name", list(EXPECTED))
def test_the_plan_shows_what_the_overlays_say_and_nothing_else(
    open_lab: Callable[..., Lab], name: str
) -> None:
    kind = "development" if name == "development" else "production"
    lab = open_lab(type=kind)
    lab.apply(wanted(lab, name, overlays=False))

    plan = lab.plan(wanted(lab, name, overlays=True))

    assert {
        change.address: sorted({str(field.path[0]) for field in change.fields} & field_names(change.kind))
        for change in plan.changes
    } == {address: sorted(fields) for address, fields in EXPECTED[name].items()}
    assert all(outcome.status is Status.DONE for outcome in lab.apply(wanted(lab, name, overlays=True)))
    assert lab.plan(wanted(lab, name, overlays=True)).changes == ()


def field_names(kind: str) -> set[str]:
    return {name for name, field in known().kinds[kind].fields.items() if not field.read_only}


def test_what_development_leaves_alone_stays_as_it_is(open_lab: Callable[..., Lab]) -> None:
    lab = open_lab()
    lab.apply(wanted(lab, "development", overlays=False))
    before = next(one for one in lab.objects()["jwt_templates"].values() if one["name"] == "supabase")

    lab.apply(wanted(lab, "development", overlays=True))

    assert before in lab.objects()["jwt_templates"].values()
