"""Overlays as people meet them: what is shown, what is refused, and environments that live for a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

BASE = """\
redirect_urls:
  prune: true
  urls:
    - ${var.app}/callback
    - old://callback
jwt_templates:
  .prune: true
  hasura:
    lifetime: 60
    claims:
      role: user
      team: "{{org.slug}}"
restrictions:
  allowlist: false
"""
PROJECT = """\
version: 1
resources: [clerk.yml]
environments:
  local: {api_url: embedded, vars: {app: "https://app.acme.example"}, overlays: [over.yml]}
  preview: {api_url: embedded, overlays: [preview.yml]}
policy:
  locked: [restrictions.*]
"""
OVER = """\
redirect_urls: !unset
  - old://callback
jwt_templates:
  hasura:
    claims:
      role: admin
"""


@pytest.fixture
def project(shell: Shell) -> Shell:
    shell.write("reconcile.yml", PROJECT)
    shell.write("clerk.yml", BASE)
    shell.write("over.yml", OVER)
    shell.write("preview.yml", "redirect_urls: !remove [old://callback]\n")
    return shell


def test_config_shows_where_each_value_comes_from(project: Shell) -> None:
    assert project("config -e local").out == (
        "jwt_template/hasura  # clerk.yml:8\n"
        "    lifetime: 60  # clerk.yml:9\n"
        "    claims:  # clerk.yml:10\n"
        '        role: "admin"  # over.yml:6\n'
        '        team: "{{org.slug}}"  # clerk.yml:12\n'
        "redirect_url/https://app.acme.example/callback  # clerk.yml:4\n"
        "restrictions  # clerk.yml:13\n"
        "    allowlist: false  # clerk.yml:14\n"
        "redirect_url/old://callback: left alone here  # over.yml:2\n"
    )


def test_config_says_the_same_to_programs(project: Shell) -> None:
    document = project("config -e local --format json").document

    hasura = next(one for one in document["objects"] if one["address"] == "jwt_template/hasura")
    assert hasura["fields"]["claims"]["parts"] == [
        {"path": ["role"], "origin": {"file": "over.yml", "line": 6}},
        {"path": ["team"], "origin": {"file": "clerk.yml", "line": 12}},
    ]
    assert document["left_alone"] == [
        {"address": "redirect_url/old://callback", "origin": {"file": "over.yml", "line": 2}}
    ]


def test_what_is_left_alone_survives_though_its_section_is_authoritative(project: Shell) -> None:
    project.write("over.yml", "")
    assert project("apply -e local --yes").code == 0
    project.write("over.yml", "redirect_urls: !unset [old://callback]\njwt_templates: {hasura: !unset}\n")

    said = project("plan -e local --format json").document

    assert said["changes"] == []
    assert said["unmanaged"] == ["jwt_template/hasura", "redirect_url/old://callback"]


def test_a_plan_names_the_overlay_that_a_change_comes_from(project: Shell) -> None:
    project.write("over.yml", "jwt_templates:\n  hasura: {lifetime: 5}\n")

    said = project("plan -e local")

    assert said.code == 65
    assert "error: over.yml:2: jwt_template/hasura: lifetime: 5 is less than 30" in said.err


def test_an_overlay_that_changes_a_locked_rule_is_refused_with_both_places(project: Shell) -> None:
    project.write("over.yml", "restrictions:\n  allowlist: true\n")

    for line in ("plan -e local", "apply -e local --yes", "validate", "config -e local"):
        said = project(line)
        assert said.code == 65, line
        assert (
            "over.yml:2: restrictions: allowlist: no overlay may change what policy.locked names at reconcile.yml:7 "
            "(restrictions.*); change it at clerk.yml:14 for every environment, or take it off that list"
            in said.err
        )


def test_an_undefined_variable_is_refused_where_it_is_used(project: Shell) -> None:
    said = project("plan -e preview")

    assert said.code == 65
    assert said.err.startswith(
        "error: clerk.yml:4: redirect_urls: variable app has no value; set it under vars, with --var app=… or RECONCILE_VAR_app"
    )


def test_validate_checks_every_environment_and_names_the_one_that_is_wrong(project: Shell) -> None:
    said = project("validate")

    assert said.code == 65
    assert said.err == (
        "error: clerk.yml:4: redirect_urls: variable app has no value; set it under vars, with --var app=… or "
        "RECONCILE_VAR_app (in preview)\n1 problem.\n"
    )
    assert project("validate -e local").code == 0
    assert project("validate", "--var", "app=https://pr-1.acme.example").code == 0


def test_an_environment_may_be_filled_in_for_a_preview(
    project: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILE_VAR_app", "https://pr-12.acme.example")
    assert "redirect_url/https://pr-12.acme.example/callback" in project("config -e preview").out

    said = project("config -e preview", "--var", "app=https://pr-13.acme.example")
    assert "redirect_url/https://pr-13.acme.example/callback" in said.out
    assert project("apply -e preview --yes").code == 0
    urls = [url["url"] for url in project.state("preview")["objects"]["redirect_urls"].values()]
    assert urls == ["https://pr-12.acme.example/callback"]


def test_guards_judge_what_comes_out_of_the_overlays(project: Shell) -> None:
    shell = project
    shell.write(
        "reconcile.yml", PROJECT.replace("locked: [restrictions.*]", "protected: [jwt_template/hasura]")
    )
    shell.write("over.yml", "")
    assert shell("apply -e local --yes").code == 0
    shell.write("over.yml", OVER)

    said = shell("plan -e local")

    assert said.code == 5
    assert "jwt_template/hasura" in said.err + said.out


def test_a_literal_that_looks_like_a_secret_is_never_shown(project: Shell) -> None:
    secret = "sk" + "_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    for name, text in (
        ("over.yml", f"jwt_templates: {{hasura: {{claims: {{key: {secret}}}}}}}\n"),
        ("reconcile.yml", PROJECT.replace("local: {", f'local: {{secret_key: "{secret}", ')),
    ):
        before = (project.folder / name).read_text(encoding="utf-8")
        project.write(name, text)
        for line in ("validate", "plan -e local", "config -e local", "validate --format json"):
            said = project(line)
            assert said.code == 65
            assert "looks like a secret key of Clerk or Stripe" in said.err + said.out
            assert secret not in said.err + said.out
        project.write(name, before)


def test_a_literal_that_may_be_a_secret_is_a_warning(project: Shell) -> None:
    secret = "whsec" + "_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    project.write("over.yml", f"# {secret}\n")

    said = project("validate -e local")

    assert said.code == 0
    assert said.err.startswith("warning: over.yml:1: looks like a signing secret of a webhook; ")
    assert secret not in said.err
