"""The way of docs/promote.md, with Acme's files and three instances."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.docs.test_guides import titled
from tests.lab import ROOT

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

NAMES = ("development", "staging", "production")
MAIL, TOKEN = "email_template/reset_password_code", "jwt_template/hasura"
ROLE = ("https://hasura.io/jwt/claims", "x-hasura-default-role")


@pytest.fixture
def acme(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Acme with three embedded instances that are as the files say."""
    monkeypatch.setenv("SUPABASE_JWT_SECRET", "a secret of thirty-two characters")
    shutil.copytree(
        ROOT / "examples" / "acme",
        shell.folder,
        ignore=shutil.ignore_patterns(".reconcile"),
        dirs_exist_ok=True,
    )
    text = (shell.folder / "reconcile.yml").read_text(encoding="utf-8")
    shell.write(
        "reconcile.yml",
        re.sub(r"    instance: .*\n", "", re.sub(r"secret_key: .*", "api_url: embedded", text)),
    )
    for name in NAMES:
        assert shell(f"apply -e {name} --yes --confirm {name} -q").code == 0
    return shell


def edited(shell: Shell) -> None:
    """An email and a token, as somebody works on them in the dashboard of development."""
    state = shell.state("development")
    state["objects"]["templates"]["email/reset_password_code"]["subject"] = "New: {{otp_code}}"
    rows = state["objects"]["jwt_templates"].values()
    hasura: dict[str, Any] = next(one for one in rows if one["name"] == "hasura")
    hasura["claims"][ROLE[0]][ROLE[1]] = "editor"
    shell.write(".reconcile/embedded/development.json", json.dumps(state))


def test_once_all_is_applied_nothing_is_left_to_do_and_no_difference_is_unexpected(acme: Shell) -> None:
    for name in NAMES:
        assert "Nothing to do." in acme(f"plan -e {name}").out
    for pair in ("staging production", "development staging", "production files:production"):
        said = acme(f"compare {pair}")
        assert (said.code, "No unexpected difference" in said.out) == (0, True)
    for way in ("development staging", "staging production"):
        assert acme(f"promote {way} --detailed-exitcode").code == 0


def test_what_was_edited_in_development_comes_to_production_through_the_files(acme: Shell) -> None:
    edited(acme)

    refused = acme("promote development staging")
    assert refused.code == 5
    shown = titled(ROOT / "docs" / "promote.md")["refused"]
    assert [line for line in refused.out.splitlines() if line.startswith("refused")] == shown.splitlines()

    saved = acme("promote development staging --include-drift --out staging.plan --format json")
    assert saved.code == 0
    assert [one["address"] for one in saved.document["changes"]] == [MAIL, TOKEN]
    assert acme("apply staging.plan").code == 0

    assert acme("promote development staging --as patch --write").code == 0
    for name in ("development", "staging"):
        assert acme(f"plan -e {name} --detailed-exitcode").code == 0

    assert acme("compare staging production").code == 2
    assert acme("promote staging production --out production.plan").code == 0
    assert acme("apply production.plan --confirm production").code == 0
    assert acme("compare staging production").code == 0


def test_a_host_of_staging_does_not_get_into_production(acme: Shell) -> None:
    mails = (acme.folder / "resources" / "emails.yml").read_text(encoding="utf-8")
    acme.write(
        "resources/emails.yml", mails.replace("Your link into Acme", "Your link to staging.acme.example")
    )

    said = acme("promote staging production")

    assert said.code == 5
    assert (
        "refused: resources/emails.yml:20: email_template/magic_link_sign_in: subject: still holds staging.acme.example of "
        "staging (the host of variable app); production has app.acme.example"
    ) in said.out
