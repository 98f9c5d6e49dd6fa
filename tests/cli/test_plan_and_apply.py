from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest

from reconcile import catalogue

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

TWO = """\
jwt_templates:
  one: {claims: {a: 1}, lifetime: 60}
redirect_urls:
  prune: true
  urls: ["https://a.example/x", "myapp://b"]
"""
CHANGED = TWO.replace("lifetime: 60", "lifetime: 90").replace("myapp://b", "myapp://c")


def test_json_is_one_document_that_fits_its_schema_and_nothing_else(shell: Shell) -> None:
    shell.project(TWO)
    shell("apply -e local --yes")
    shell.project(CHANGED)
    document = shell("plan -e local --format json --all").document
    jsonschema.Draft202012Validator(catalogue.schema("plan")).validate(document)
    assert [change["action"] for change in document["changes"]] == ["update", "create", "delete"]
    assert document["in_sync"] == ["redirect_url/https://a.example/x"]


def test_pending_changes_are_an_exit_code_only_where_it_is_asked_for(shell: Shell) -> None:
    shell.project(TWO)
    assert shell("plan -e local").code == 0
    assert shell("plan -e local --detailed-exitcode").code == 2


def test_a_saved_plan_is_applied_exactly_and_shown_again(shell: Shell) -> None:
    shell.project(TWO)
    planned = shell("plan -e local --out plan.json --format json")
    assert json.loads((shell.folder / "plan.json").read_text(encoding="utf-8")) == planned.document
    assert (shell.folder / "plan.json").stat().st_mode & 0o077 == 0
    assert "Plan: 3 to create" in shell("show plan.json").out
    assert shell("apply plan.json").code == 0
    assert shell("plan -e local --detailed-exitcode").code == 0


def test_applying_asks_for_nothing_only_with_yes(shell: Shell) -> None:
    shell.project(TWO)
    said = shell("apply -e local")
    assert said.code == 64
    assert "--yes" in said.err
    assert "myapp://b" not in json.dumps(shell.state())


def test_json_of_an_apply_is_its_outcomes(shell: Shell) -> None:
    shell.project(TWO)
    document = shell("apply -e local --yes --format json -q").document
    assert {row["status"] for row in document["outcomes"]} == {"done"}
    assert document["pending"] == 0


def test_a_protected_environment_wants_its_name_once_more(shell: Shell) -> None:
    shell.project(TWO, "local: {api_url: embedded, protected: true}")
    assert shell("apply -e local --yes").code == 5
    assert shell("apply -e local --yes --confirm wrong").code == 5
    assert shell("apply -e local --confirm local").code == 0


def test_an_instance_that_is_not_the_pinned_one_is_not_even_shown(shell: Shell) -> None:
    shell.project(TWO, "local: {api_url: embedded, instance: ins_another}")
    said = shell("plan -e local")
    assert said.code == 5
    assert said.out == ""
    assert "ins_another" in said.err


def test_a_selection_is_all_that_is_planned_and_applied(shell: Shell) -> None:
    shell.project(TWO)
    document = shell("plan -e local --format json --target redirect_url/*").document
    assert document["complete"] is False
    assert {change["kind"] for change in document["changes"]} == {"redirect_url"}
    assert shell("apply -e local --yes --exclude redirect_url/*").code == 0
    assert shell("plan -e local --detailed-exitcode --target jwt_template/one").code == 0
    assert shell("plan -e local --detailed-exitcode").code == 2


def test_a_selection_that_matches_nothing_is_a_mistake(shell: Shell) -> None:
    shell.project(TWO)
    assert shell("plan -e local --target jwt_templates/*").code == 64
    assert shell("plan -e local --rotate jwt_template/none").code == 64


def test_a_selection_that_tears_apart_what_belongs_together_is_refused(shell: Shell) -> None:
    shell.project(TWO)
    shell("apply -e local --yes")
    shell.project(CHANGED)
    said = shell("plan -e local --target redirect_url/myapp://b")
    assert said.code == 5
    assert "needs redirect_url/*, which is left out" in said.out


def test_an_unknown_slug_is_found_when_planning_and_nothing_is_sent(shell: Shell) -> None:
    shell.project("email_templates: {verification_cod: {subject: x}}\nredirect_urls: ['a://b']\n")
    assert shell("plan -e local").code == 65
    before = shell.state()
    said = shell("apply -e local --yes")
    assert said.code == 65
    assert "did you mean verification_code?" in said.out
    assert "did you mean verification_code?" in said.err
    assert shell.state() == before


def test_rotating_sends_a_secret_again_and_then_there_is_nothing_to_do(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNING", "a-secret-value")
    key = "custom_signing_key: true, signing_algorithm: HS256, signing_key: '${env:SIGNING}'"
    shell.project(f"jwt_templates: {{one: {{claims: {{}}, {key}}}}}\n")
    shell("apply -e local --yes")
    assert "1 field cannot be read back" in shell("plan -e local").out
    assert shell("plan -e local --rotate jwt_template/one --detailed-exitcode").code == 2
    assert "1 done" in shell("apply -e local --yes --rotate jwt_template/one").err
    assert shell("plan -e local --detailed-exitcode").code == 0
    everything = "".join(said.out + said.err for said in shell.history)
    kept = "".join(path.read_text() for path in (shell.folder / ".reconcile" / "receipts").iterdir())
    assert "a-secret-value" not in everything + kept


def test_a_state_folder_may_be_elsewhere(shell: Shell) -> None:
    shell.project("restrictions: {blocklist: true}\n")
    shell("apply -e local --yes --state-dir elsewhere")
    assert "Nothing to do. 1 field" in shell("plan -e local --state-dir elsewhere").out
    assert not (shell.folder / ".reconcile").exists()


def test_a_damaged_state_is_said_and_not_overwritten(shell: Shell) -> None:
    shell.project("restrictions: {blocklist: true}\n")
    shell("apply -e local --yes")
    ledger = next((shell.folder / ".reconcile" / "receipts").iterdir())
    ledger.write_text("{")
    said = shell("plan -e local")
    assert said.code == 1
    assert "damaged" in said.err
    assert ledger.read_text() == "{"


LOCK_OUT = "allowlist: [ada@a.example]\nrestrictions: {allowlist: true}\n"


@pytest.mark.parametrize(
    ("resources", "line", "code"),
    [
        (LOCK_OUT, "plan -e local --target restrictions --out plan.json", 5),
        ("email_templates: {verification_cod: {subject: x}}\n", "plan -e local --out plan.json", 65),
    ],
)
def test_a_plan_that_is_refused_stays_refused_when_it_was_saved(
    shell: Shell, resources: str, line: str, code: int
) -> None:
    shell.project(resources)
    said = shell(line)
    assert said.code == code
    assert "will refuse it" in said.err
    before = shell.state()
    assert shell("apply plan.json").code == code
    assert shell.state() == before


def test_json_of_a_refused_apply_is_one_document_with_the_reasons(shell: Shell) -> None:
    shell.project("email_templates: {verification_cod: {subject: x}}\n")
    said = shell("apply -e local --yes --format json")
    assert said.code == 65
    assert said.document["findings"][0]["rule"] == "unknown-slug"


def test_a_role_that_the_instance_lacks_is_an_error_of_the_plan_and_costs_a_call_where_it_would_change(
    shell: Shell,
) -> None:
    shell.project("organization_settings: {enabled: true, creator_role: org:boss}\n")
    assert shell("plan -e local").code == 0, "nobody can tell before organizations are on"
    shell.project("organization_settings: {enabled: true, creator_role: org:admin}\n")
    assert shell("apply -e local --yes").code == 0
    assert "/organization_roles" not in shell("plan -e local -v").err
    shell.project("organization_settings: {domains_default_role: org:boss}\n")

    planned, applied = shell("plan -e local -v"), shell("apply -e local --yes")

    assert (planned.code, applied.code) == (65, 65)
    assert (
        "error: clerk.yml:1: organization_settings: domains_default_role: the instance has no organization role org:boss; "
        "it has: org:admin, org:member. Create it there first"
    ) in planned.out
    assert planned.err.count("/organization_roles") == 1
    assert "Nothing was sent" in applied.err
