from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconcile.model import Desired, Origin, Secret
from reconcile.render.effective import effective_document, effective_text
from tests.lab import known

if TYPE_CHECKING:
    from tests.lab import Lab

TEXT = """
jwt_templates:
  .prune: true
  supabase:
    claims: {role: "ü"}
    custom_signing_key: true
    signing_algorithm: HS256
    signing_key: "${env:KEY}"
email_templates:
  verification_code: {state: default}
redirect_urls: ["${var.app}/cb"]
"""


def test_every_value_stands_with_the_place_where_it_was_written(lab: Lab) -> None:
    assert effective_text(known().kinds, lab.want(TEXT)).splitlines() == [
        "email_template/verification_code  # resources.yml:10",
        "    state: default  # resources.yml:10",
        "jwt_template/supabase  # resources.yml:4",
        '    claims: {"role": "ü"}  # resources.yml:5',
        "    custom_signing_key: true  # resources.yml:6",
        '    signing_algorithm: "HS256"  # resources.yml:7',
        "    signing_key: ${env:KEY}  # resources.yml:8",
        "redirect_url/https://app.acme.example/cb  # resources.yml:11",
    ]


def test_what_several_files_say_of_one_value_is_shown_part_by_part(lab: Lab) -> None:
    desired = lab.want("jwt_templates: {a: {claims: {role: user, teams: [x, y]}}}\n")
    section = desired.sections["jwt_template"]
    over = Origin("production.yml", 3)
    lines = {**section.objects["a"].lines, ("claims", "teams", 1): over}
    mixed = replace(
        section,
        objects={"a": replace(section.objects["a"], lines=lines)},
        unset={"b": Origin("production.yml", 5)},
    )

    assert effective_text(known().kinds, Desired({"jwt_template": mixed})).splitlines() == [
        "jwt_template/a  # resources.yml:1",
        "    claims:  # resources.yml:1",
        '        role: "user"  # resources.yml:1',
        "        teams:  # resources.yml:1",
        '            0: "x"  # resources.yml:1',
        '            1: "y"  # production.yml:3',
        "jwt_template/b: left alone here  # production.yml:5",
    ]


def test_the_document_says_the_same_for_programs(lab: Lab) -> None:
    document = effective_document(known().kinds, lab.want(TEXT))

    assert document["sections"] == [
        {"section": "email_templates", "prune": False, "origin": {"file": "resources.yml", "line": 9}},
        {"section": "jwt_templates", "prune": True, "origin": {"file": "resources.yml", "line": 2}},
        {"section": "redirect_urls", "prune": False, "origin": {"file": "resources.yml", "line": 11}},
    ]
    objects = document["objects"]
    assert isinstance(objects, list)
    assert objects[0] == {
        "address": "email_template/verification_code",
        "origin": {"file": "resources.yml", "line": 10},
        "default": True,
        "fields": {},
    }


def test_no_secret_is_shown(lab: Lab) -> None:
    desired = lab.want(TEXT)
    seal = desired.sections["jwt_template"].objects["supabase"].fields["signing_key"]

    assert isinstance(seal, Secret)
    assert lab.secret("KEY") not in effective_text(known().kinds, desired)
    assert lab.secret("KEY") not in str(effective_document(known().kinds, desired))
